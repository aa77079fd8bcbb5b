/**
 * One day, told in order: read the sources and find out what is new, choose what is trending and freeze it
 * as an edition, publish feeds and pages, send the mails. Each step has a folder of its own.
 */
import type { MailLimitsConfig } from './config/mail-config.ts';
import { staleAfterMs } from './deliver/back-off.ts';
import { dispatch, type DispatchResult } from './deliver/dispatch.ts';
import { ledgerMailer } from './deliver/edition-mail.ts';
import { prepareDeliveries, type PreparedAudience } from './deliver/prepare.ts';
import { limitsOf } from './deliver/limits.ts';
import type { Sender } from './deliver/message.ts';
import { resolveInDoubt, type InDoubtPolicy } from './deliver/resolve.ts';
import { createThrottle } from './deliver/throttle.ts';
import { editionMails, type EditionMails } from './deliver/standings.ts';
import type { Transport } from './deliver/transport.ts';
import type { Digest } from './domain/digest.ts';
import type { Paper } from './domain/paper.ts';
import type { PublishedDocument, Site } from './domain/site.ts';
import type { CalendarDate, Instant } from './domain/time.ts';
import type { View } from './domain/view.ts';
import { learnWhenDue, type Lesson } from './edition/learn.ts';
import { publishEdition, type EditionOutcome, type EditionOrder } from './edition/publish.ts';
import { publishViews } from './edition/views.ts';
import { countRefusals } from './inbound/refusals.ts';
import { ingest, type SourceReport } from './ingest/ingest.ts';
import { ingestSignals, type SignalReport } from './ingest/signals.ts';
import { compileTopics, matchTopics, matchingVersion } from './rank/topics.ts';
import type { Logger } from './log.ts';
import { basisOf } from './render/basis.ts';
import { editionHtml } from './render/feed/edition-html.ts';
import { renderFeeds } from './render/feed/publish.ts';
import type { DigestMail } from './render/mail/digest-mail.ts';
import { renderPages } from './render/web/pages.ts';
import { line } from './render/web/prose.ts';
import type { Pages } from './render/web/templates.ts';
import type { HttpClient } from './sources/http.ts';
import type { SignalSource } from './sources/signal-source.ts';
import type { Source } from './sources/source.ts';
import type { Database } from './store/database.ts';
import { troubledDeliveries, type TroubledDelivery } from './store/deliveries.ts';
import { editionsSince, lastEditionId } from './store/editions.ts';
import type { Move } from './store/departed.ts';
import { hasReport } from './store/inbound-events.ts';
import { writePublished, type PublishResult } from './store/published.ts';
import { indexPapers } from './store/search-index.ts';
import { siteInputs } from './store/site-inputs.ts';
import { watchAudience, type RowFault } from './subscribers/audience.ts';
import { readersOf, watchReaders } from './subscribers/readers.ts';
import { preferencesPath } from './subscribers/preferences.ts';
import { syncSubscribers } from './subscribers/sync.ts';
import type { Tokens } from './subscribers/tokens.ts';
import type { Announcement } from './websub/announce.ts';

/** The parts a day works with; `app.ts` builds them from the configuration. */
export interface Parts {
  readonly site: Site;
  readonly digests: readonly Digest[];
  readonly sources: readonly Source[];
  /** Each with the age in days of the papers it is asked about. */
  readonly signals: readonly { readonly source: SignalSource; readonly days: number }[];
  readonly http: HttpClient;
  readonly db: Database;
  /** Notes which feeds changed, for whoever listens to the hub. */
  readonly hub?: { announce(): Promise<Announcement> };
  readonly tokens: Tokens;
  readonly pages: Pages;
  /** Compiled when it is asked for the first time. */
  mail(): Promise<DigestMail>;
  readonly transport: Transport;
  /** Submissions at once. */
  readonly connections: number;
  readonly mailLimits?: MailLimitsConfig;
  /** What becomes of mail whose answer stayed out; undefined where no answer can stay out. */
  readonly inDoubt?: InDoubtPolicy;
  readonly sender: Sender;
  readonly log: Pick<Logger, 'error'>;
  /** Folder of the operator's subscriber files. */
  readonly subscribersDir: string;
  /** Folder of the published site. */
  readonly publishedDir: string;
  /** Addresses of the site that changed for good. */
  readonly moves: readonly Move[];
  /** Whether the authors' past counts for the chance of a fresh paper. */
  readonly authorHistory: boolean;
}

export interface Day {
  /** The clock: a constant when `--now` is given. */
  readonly now: () => Instant;
  readonly signal: AbortSignal;
  /** Told how far a stage is. */
  watch?(stage: Stage, done: number, total: number): void;
}

export type Stage = 'sources' | 'editions' | 'site' | 'mails';

/** What the reading came to: what was announced, and what was counted about papers we know. */
export interface ReadReport {
  readonly sources: readonly SourceReport[];
  readonly signals: readonly SignalReport[];
}

export interface DayReport extends ReadReport {
  /** What ranking learned anew of the past, on the days on which it did. */
  readonly lesson?: Lesson;
  readonly editions: readonly EditionOutcome[];
  readonly site: SiteReport;
  readonly mails: MailReport;
}

/** The whole day for the given digests, each with the local date of its slot. Safe to repeat at any point. */
export async function runDay(
  parts: Parts,
  day: Day,
  slots: readonly { readonly digest: Digest; readonly editionDate: CalendarDate }[],
): Promise<DayReport> {
  const read = await readSources(parts, day);
  const lesson = await learnWhenDue(parts.db, day.now(), parts.authorHistory);
  const editions: EditionOutcome[] = [];
  for (const slot of slots) editions.push(await makeEdition(parts, day, slot));
  await makeViews(parts, day);
  const site = await publishSite(parts, day);
  const mails = await sendMails(parts, day);
  await indexForSearch(parts, day);
  return { ...read, ...(lesson && { lesson }), editions, site, mails };
}

/**
 * Sources -> store: every listing that changed, diffed against what is known; after that the signals, so that
 * those of new papers are among them. A signal source that fails is reported and stops nothing.
 */
export async function readSources(parts: Parts, day: Day): Promise<ReadReport> {
  const total = parts.sources.length + parts.signals.length;
  const context = { db: parts.db, http: parts.http, now: day.now(), signal: day.signal };
  day.watch?.('sources', 0, total);
  const sources = await ingest(parts.sources, {
    ...context,
    onProgress: (done) => day.watch?.('sources', done, total),
  });
  const signals: SignalReport[] = [];
  for (const { source, days } of parts.signals) {
    signals.push(...(await ingestSignals([source], { ...context, days })));
    day.watch?.('sources', sources.length + signals.length, total);
  }
  return { sources, signals };
}

/** Store -> edition: candidates ranked by topic, the best picked, the result frozen. */
export async function makeEdition(
  parts: Parts,
  day: Day,
  slot: { readonly digest: Digest; readonly editionDate: CalendarDate },
): Promise<EditionOutcome> {
  day.signal.throwIfAborted();
  day.watch?.('editions', 0, 1);
  const outcome = await publishEdition(parts.db, editionOrder(parts, day, slot));
  day.watch?.('editions', 1, 1);
  return outcome;
}

/** Store -> views: what is trending over several days, the week, the month; anew after each edition, then frozen. */
export async function makeViews(parts: Parts, day: Day): Promise<readonly View[]> {
  day.signal.throwIfAborted();
  const zone = parts.digests[0]?.zone ?? 'Etc/UTC';
  return publishViews(parts.db, { topics: parts.site.topics, zone, now: day.now() });
}

export function editionOrder(
  parts: Parts,
  day: Day,
  slot: { readonly digest: Digest; readonly editionDate: CalendarDate },
): EditionOrder {
  return {
    ...slot,
    topics: parts.site.topics,
    sources: parts.sources.map((source) => source.name),
    now: day.now(),
  };
}

export interface SiteReport {
  readonly written: number;
  readonly unchanged: number;
  readonly removed: number;
  /** What the hub is to be told, where there is one; nothing was sent yet. */
  readonly announcement?: Announcement;
}

/** Writes the documents of the site; `newestAt` is when its newest edition was published, 0 without one. */
export type WriteSite = (
  documents: readonly PublishedDocument[],
  newestAt: Instant,
) => Promise<PublishResult>;

/**
 * Editions -> feeds and pages, as files. Made from the frozen editions alone; an unchanged file is not
 * touched. When another process stored an edition meanwhile it is done again, so that the last word is whole.
 * `write` puts the files elsewhere than into the folder that is served.
 */
export async function publishSite(
  parts: Parts,
  day: Day,
  write: WriteSite = (documents, at) =>
    writePublished(parts.publishedDir, documents, { moves: parts.moves, at }),
): Promise<SiteReport> {
  day.signal.throwIfAborted();
  day.watch?.('site', 0, 1);
  const total = { written: 0, unchanged: 0, removed: 0 };
  for (;;) {
    const lastId = await lastEditionId(parts.db);
    const inputs = await siteInputs(parts.db);
    const { editions } = inputs;
    const documents = [
      ...renderPages(parts.pages, parts.site, parts.digests, editions, inputs),
      ...renderFeeds(
        parts.site,
        parts.digests,
        editions,
        (edition) => editionHtml(parts.site, edition),
        parts.pages.name,
        inputs.trending,
      ),
    ];
    const newestAt = Math.max(0, ...editions.map(({ publishedAt }) => publishedAt));
    const report = await write(documents, newestAt);
    total.written += report.written;
    total.unchanged = report.unchanged;
    total.removed += report.removed;
    if ((await lastEditionId(parts.db)) === lastId) break;
  }
  day.watch?.('site', 1, 1);
  const announcement = await parts.hub?.announce();
  return { ...total, ...(announcement && { announcement }) };
}

/**
 * Papers -> search index: those that are new or changed since the last time; a change of the topics makes it all of them.
 * Last of all, and it never throws: what could not be read is logged, and read the next time.
 */
export async function indexForSearch({ db, site, log }: Parts, day: Day): Promise<void> {
  const topics = compileTopics(site.topics);
  const names = new Map(site.topics.map(({ key, name }) => [key, [key, name]]));
  const topicsOf = (paper: Paper): readonly string[] =>
    matchTopics(paper, topics).flatMap(({ topic }) => names.get(topic) ?? []);
  // Seeds decide nothing.
  const rules = site.topics.map((topic) => ({ ...topic, seeds: undefined }));
  const basis = basisOf([matchingVersion, rules]);
  try {
    await indexPapers(db, { basis, topicsOf, shown: line }, day.signal);
  } catch (thrown) {
    if (!day.signal.aborted) log.error({ err: thrown }, 'papers could not be read for the search');
  }
}

const troublesShown = 5;

export interface MailReport {
  /** What happened in this run. */
  readonly sent: DispatchResult;
  /** The editions whose mails can still go out, and where every reader of each stands. */
  readonly editions: readonly EditionMails[];
  /** A few of the mails that did not get through, and why. Holds addresses: for the operator, not for the log. */
  readonly troubled: readonly TroubledDelivery[];
  /** Rows of the subscriber files that could not be used. */
  readonly faults: readonly RowFault[];
}

/**
 * Editions -> mails: freezes who gets each edition that is young enough to be sent, then sends whatever is
 * due. An audience is frozen once; whoever joins later gets the next edition. The reader files are looked
 * at again before each mail; while one of them cannot be read nothing is frozen and nothing is sent.
 */
export async function sendMails(parts: Parts, day: Day): Promise<MailReport> {
  const audience = watchAudience(parts.subscribersDir, parts.digests, parts.site.topics);
  const files = await audience();
  const { faults } = files;
  if (!files.isComplete) return unsentFor(faults);
  await syncSubscribers(parts.db, parts.tokens, files, day.now());
  if (parts.inDoubt) await settleDoubts(parts, parts.inDoubt, day);
  const editions = await editionsSince(parts.db, day.now() - staleAfterMs);
  const audiences = new Map<number, PreparedAudience>();
  for (const { id, edition, isPrepared } of editions) {
    if (isPrepared) continue;
    const prepared = await prepareDeliveries({
      db: parts.db,
      editionId: id,
      edition,
      subscribers: await readersOf(parts.db, edition),
      tokens: parts.tokens,
      fromAddress: parts.sender.from.address,
      now: day.now(),
    });
    audiences.set(id, prepared);
  }
  const due = totalPrepared(audiences);
  day.watch?.('mails', 0, due);
  let ended = 0;
  const wants = watchReaders(parts.db, parts.tokens, audience, day.now);
  const zones = new Map(parts.digests.map(({ key, zone }) => [key, zone]));
  await using throttle = createThrottle(
    parts.db,
    limitsOf(parts.mailLimits, parts.transport.name, day.now()),
  );
  const sent = await dispatch({
    db: parts.db,
    transport: parts.transport,
    concurrency: parts.connections,
    render: ledgerMailer({
      ...parts,
      unsubscribeToken: (to) => parts.tokens.sign('unsubscribe', to),
      preferencesPath: (to) => preferencesPath(parts.tokens, to.addressHash),
    }),
    throttle,
    isSubscribed: (delivery) => wants(delivery, zones.get(delivery.digest) ?? 'Etc/UTC'),
    now: day.now,
    signal: day.signal,
    onProgress: () => day.watch?.('mails', (ended += 1), Math.max(ended, due)),
  });
  await countRefusals(parts.db, day.now());
  const troubled = await troubledDeliveries(
    parts.db,
    editions.map(({ id }) => id),
    troublesShown,
  );
  return { sent, editions: await editionMails(parts.db, editions, audiences), troubled, faults };
}

/** What was handed over without an answer long ago: a report about it shows that it arrived, else the rule holds. */
async function settleDoubts(parts: Parts, policy: InDoubtPolicy, day: Day): Promise<void> {
  await resolveInDoubt(parts.db, {
    policy,
    arrived: async ({ deliveryId }) =>
      (await hasReport(parts.db, deliveryId)) ? 'something came back about it' : undefined,
    now: day.now(),
  });
}

/** A no may stand in the file that cannot be read: everything waits until it is mended. */
function unsentFor(faults: readonly RowFault[]): MailReport {
  const [first] = faults;
  const blocked = `a subscriber file cannot be read whole${first ? `: ${first.file}` : ''}; "broadsheet subscribers list" says why`;
  const none = { accepted: 0, deferred: 0, rejected: 0, expired: 0, suppressed: 0, inDoubt: 0, held: 0 };
  return { sent: { ...none, blocked }, editions: [], troubled: [], faults };
}

function totalPrepared(audiences: ReadonlyMap<number, PreparedAudience>): number {
  return [...audiences.values()].reduce((sum, audience) => sum + audience.prepared, 0);
}
