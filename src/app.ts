import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config, SignalConfig, SourceConfig } from './config/config.ts';
import type { MailLimitsConfig } from './config/mail-config.ts';
import type { Sender } from './deliver/message.ts';
import type { InDoubtPolicy } from './deliver/resolve.ts';
import { timed, type SendTimes } from './deliver/send-times.ts';
import { openSender, signedOnly } from './deliver/sender.ts';
import type { Transport } from './deliver/transport.ts';
import { openWayOut } from './deliver/ways-out.ts';
import type { Digest } from './domain/digest.ts';
import type { Site } from './domain/site.ts';
import { calendarDate, dayMs, type Instant } from './domain/time.ts';
import { createLogger, type Logger } from './log.ts';
import type { DigestMail } from './render/mail/digest-mail.ts';
import type { NoticeMail } from './render/mail/notice-mail.ts';
import { programFolder, userAgent } from './program-files.ts';
import { compilePages, type Pages } from './render/web/templates.ts';
import { arxivApi } from './sources/arxiv-api.ts';
import { arxivFeed } from './sources/arxiv-feed.ts';
import { arxivListingPages } from './sources/arxiv-listing-page.ts';
import { arxivMail } from './sources/arxiv-mail.ts';
import { arxivOai } from './sources/arxiv-oai.ts';
import { biorxiv } from './sources/biorxiv.ts';
import { feedSource } from './sources/feed.ts';
import { fileSource } from './sources/file.ts';
import { githubStars } from './sources/github-stars.ts';
import { hfDailyPapers } from './sources/hf-daily-papers.ts';
import { hfPaperSearch } from './sources/hf-paper-search.ts';
import { createHttpClient, type HttpClient } from './sources/http.ts';
import { semanticScholar } from './sources/semantic-scholar.ts';
import type { SignalSource } from './sources/signal-source.ts';
import type { Source } from './sources/source.ts';
import { databasePath, publishedDir } from './store/data-folder.ts';
import { openDatabase, type Database } from './store/database.ts';
import { installation } from './store/installation.ts';
import { endTurn, takeTurn } from './store/paces.ts';
import { openSearcher, type Searcher } from './store/searcher.ts';
import { openTemplates } from './templates.ts';
import { createTokens, type Tokens } from './subscribers/tokens.ts';
import { openHub, type OpenHub } from './websub/open-hub.ts';

/** The real parts that a configuration asks for. Close it with `await using`. */
export interface App extends AsyncDisposable {
  readonly config: Config;
  readonly site: Site;
  readonly digests: readonly Digest[];
  readonly sources: readonly Source[];
  /** Each with the age in days of the papers it is asked about. */
  readonly signals: readonly { readonly source: SignalSource; readonly days: number }[];
  readonly db: Database;
  /** Starts its process with the first search. */
  readonly searcher: Searcher;
  readonly http: HttpClient;
  /** Only where the configuration has one. */
  readonly hub?: OpenHub;
  readonly tokens: Tokens;
  readonly transport: Transport;
  readonly pages: Pages;
  /** Compiles the mail templates when they are asked for the first time: it costs a second. */
  mail(): Promise<DigestMail>;
  /** The same for mails about subscriptions. */
  noticeMail(): Promise<NoticeMail>;
  /** How long submissions took since this was opened. */
  sendTimes(): readonly SendTimes[];
  readonly connections: number;
  readonly mailLimits?: MailLimitsConfig;
  readonly inDoubt?: InDoubtPolicy;
  readonly sender: Sender;
  readonly subscribersDir: string;
  readonly log: Logger;
  /** Folder of the published site. */
  readonly publishedDir: string;
  /** Addresses of the site that changed for good. */
  readonly moves: Config['moved'];
  /** Whether the authors' past counts for the chance of a fresh paper. */
  readonly authorHistory: boolean;
  /** Folder of the `.eml` files. */
  readonly outboxDir: string;
}

export interface OpenOptions {
  /** Dates the authority of `tag:` ids on the very first opening. */
  readonly now: Instant;
  /** The clock on the wall, whatever `--now` says: other people's servers live by it. */
  readonly clock: () => Instant;
  readonly isSample?: boolean;
}

/**
 * Opens everything that the configuration names: the only place that picks an implementation.
 */
export async function openApp(config: Config, { now, clock, isSample = false }: OpenOptions): Promise<App> {
  const log = createLogger(config.logLevel);
  const templates = await openTemplates(config);
  // Closed in the end, the last first; and at once where something after it cannot be opened.
  await using opened = new AsyncDisposableStack();
  const db = await openDatabase(databasePath(config.dataDir));
  opened.defer(() => db.destroy());
  const { tagAuthority, secret, rotated } = await installation(db, proposedTagAuthority(config, now));
  const outboxDir = join(config.dataDir, 'outbox');
  const tokens = createTokens(secret, rotated);
  const sender = openSender(config.mail, tokens);
  const way = openWayOut(config.mail, {
    outboxDir,
    clock,
    onDown: (relay, reply) => log.warn(`the relay ${relay} is left alone for a while: ${reply}`),
  });
  const { transport, times } = timed(sender.dkim ? signedOnly(way.transport) : way.transport);
  opened.defer(() => transport.close());
  const owner = randomUUID();
  const http = createHttpClient({
    userAgent,
    ...(config.site.contact !== undefined && { contact: `mailto:${config.site.contact}` }),
    allowedHosts: [...config.sources, ...config.signals].flatMap(hostOf),
    timeoutMs: config.http.timeoutMs,
    maxBytes: config.http.maxBytes,
    onNotice: (text) => log.warn(text),
    // With --now of another day our dates are not meant to be those of servers.
    ...(Math.abs(clock() - now) < dayMs && { clock }),
    paceKeeper: {
      take: ({ group, minIntervalMs }) => takeTurn(db, group, owner, minIntervalMs, clock()),
      release: ({ group }) => endTurn(db, group, owner),
    },
  });
  opened.use(http);
  const hub =
    config.websub &&
    openHub({
      websub: config.websub,
      site: config.site,
      db,
      publishedDir: publishedDir(config.dataDir),
      userAgent,
      clock,
      log,
    });
  if (hub) opened.use(hub);
  const searcher = opened.use(openSearcher(databasePath(config.dataDir)));
  const pages = compilePages(templates.web, await programName());
  const open = opened.move();
  return {
    config,
    site: {
      ...config.site,
      tagAuthority,
      topics: config.topics,
      follows: config.follows,
      ...(hub && { hubUrl: hub.url }),
      isSample,
      hasOutbox: config.mail.transport === 'outbox' && isLoopback(config.serve.host),
      hasSearch: true,
      hasSignUp: config.signUp.open && !isSample,
    },
    digests: config.digests,
    sources: config.sources.map(openSource),
    signals: config.signals.map((signal) => ({ source: openSignalSource(signal), days: signal.days })),
    db,
    searcher,
    http,
    ...(hub && { hub }),
    tokens,
    transport,
    pages,
    mail: templates.mail,
    noticeMail: templates.noticeMail,
    sendTimes: times,
    connections: way.connections,
    ...(config.mail.transport !== 'outbox' && {
      inDoubt: config.mail.inDoubt,
      ...(config.mail.limits && { mailLimits: config.mail.limits }),
    }),
    sender,
    subscribersDir: config.subscribersDir,
    log,
    publishedDir: publishedDir(config.dataDir),
    moves: config.moved,
    authorHistory: config.ranking.authorHistory,
    outboxDir,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** The outbox holds addresses and ways to unsubscribe: only who sits at the machine may look into it. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function openSource(source: SourceConfig): Source {
  switch (source.type) {
    case 'hf-daily-papers':
      return hfDailyPapers(source);
    case 'hf-paper-search':
      return hfPaperSearch(source);
    case 'arxiv-feed':
      return arxivFeed(source);
    case 'arxiv-listing':
      return arxivListingPages(source);
    case 'arxiv-api':
      return arxivApi(source);
    case 'arxiv-oai':
      return arxivOai(source);
    case 'arxiv-mail':
      return arxivMail(source);
    case 'biorxiv':
    case 'medrxiv':
      return biorxiv({ ...source, server: source.type });
    case 'feed':
      return feedSource(source);
    case 'file':
      return fileSource(source);
  }
}

function openSignalSource({ type, name, baseUrl, secret }: SignalConfig): SignalSource {
  switch (type) {
    case 'semantic-scholar':
      return semanticScholar({ name, baseUrl, ...(secret !== undefined && { apiKey: secret }) });
    case 'github':
      return githubStars({ name, baseUrl, ...(secret !== undefined && { token: secret }) });
  }
}

/** A host that the configuration names may be private: that is how a recorded answer is served. */
function hostOf(source: SourceConfig | SignalConfig): readonly string[] {
  if ('baseUrl' in source) return [new URL(source.baseUrl).hostname];
  return 'url' in source ? [new URL(source.url).hostname] : [];
}

/** RFC 4151: a name that belonged to the operator on a day; of the site's host and the year of installation. */
function proposedTagAuthority(config: Config, now: Instant): string {
  return `${new URL(config.site.baseUrl).hostname},${calendarDate(now, 'Etc/UTC').slice(0, 4)}`;
}

/** One hash over the program's own text: pages and feeds that another version made are made again. */
async function programName(): Promise<string> {
  const files = await readdir(programFolder, { recursive: true, withFileTypes: true });
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  const sum = createHash('sha256');
  for (const path of paths.toSorted()) sum.update(await readFile(path));
  return sum.digest('base64url').slice(0, 16);
}
