import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../app.ts';
import { editionMailer } from '../deliver/edition-mail.ts';
import { carriedWith, coversFor, type Covers } from '../domain/covers.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { Digest } from '../domain/digest.ts';
import type { Edition } from '../domain/edition.ts';
import type { ShownEdition } from '../domain/edition-span.ts';
import { cadences, type Cadence } from '../domain/subscriber.ts';
import { calendarDate, type Instant } from '../domain/time.ts';
import { monthOf, weekOf } from '../domain/view.ts';
import { hasNews } from '../edition/assemble.ts';
import { draftEdition } from '../edition/publish.ts';
import { combined } from '../edition/shown-editions.ts';
import { UsageError } from '../errors.ts';
import { editionOrder } from '../pipeline.ts';
import { editionHtml } from '../render/feed/edition-html.ts';
import { feedPaths } from '../render/feed/paths.ts';
import { renderFeeds } from '../render/feed/publish.ts';
import { editionsBefore } from '../store/audience.ts';
import { allEditions, findEdition } from '../store/editions.ts';
import { preferencesPath } from '../subscribers/preferences.ts';
import { openDay, withApp, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';

/** A reader who exists only here: RFC 2606 keeps the name free. */
const previewAddress = 'reader@example.org';

/**
 * Writes today's edition as readers get it: the frozen one when it is published, else the one that would be
 * frozen now; for readers of weeks or months those of the period that goes out with it, or that grows until then. The mail
 * is made by the code that sends it.
 */
export async function preview(
  context: Context,
  options: { readonly topics?: readonly string[]; readonly cadence?: string; readonly open?: boolean },
): Promise<ExitCode> {
  const cadence = cadenceOf(options.cadence);
  const files = await withApp(context, async (app) => {
    checkTopics(app, options.topics);
    using day = await openDay(context);
    const written: string[] = [];
    for (const digest of app.digests) {
      const { edition, state } = await todaysEdition(app, digest, day);
      if (state === 'draft' && !hasNews(edition)) {
        context.note(
          `${digest.key}: no paper that is new, so there would be no edition; "broadsheet ingest" reads the sources`,
        );
        continue;
      }
      const shown = await shownTo(app, edition, cadence);
      if (!shown) {
        context.note(`${digest.key}: no edition yet that a ${cadence} mail could cover`);
        continue;
      }
      written.push(...(await writePreview(app, edition, shown, options.topics, day.now())));
      context.note(`${digest.key} ${edition.editionDate}: ${editionWords(edition, shown)}, ${state}`);
    }
    return written;
  });
  if (context.options.json) context.print(JSON.stringify({ files }, undefined, 2));
  else for (const file of files) context.print(file);
  const [mail] = files;
  if (options.open && mail !== undefined) openInBrowser(mail);
  return 0;
}

function cadenceOf(text = 'every'): Cadence {
  const cadence = cadences.find((one) => one === text);
  if (cadence) return cadence;
  throw new UsageError(`there is no cadence ${text}: expected one of ${cadences.join(', ')}`);
}

function editionWords(edition: Edition, { span }: ShownEdition): string {
  return span ? `editions of ${span.fromDate} to ${span.toDate}` : `edition ${edition.number}`;
}

/**
 * What a reader gets who has had no mail yet: the period that goes out with this edition, or else the one that it belongs
 * to, as far as it is out. Undefined where there is none.
 */
async function shownTo(app: App, edition: Edition, cadence: Cadence): Promise<ShownEdition | undefined> {
  if (cadence === 'every' || cadence === 'weekdays') return edition;
  const earlier = await editionsBefore(app.db, edition);
  const now = coversFor(cadence, carriedWith(edition.editionDate, earlier), undefined);
  const covers = now === 'nothing' || now === 'alone' ? growing(edition, cadence) : now;
  const { fromDate, toDate } = covers;
  const stored = earlier.some(({ editionDate }) => editionDate >= fromDate && editionDate <= toDate);
  if (!stored && !(await findEdition(app.db, edition.digest, edition.editionDate))) return undefined;
  return combined(app.db, edition, covers);
}

function growing({ editionDate }: Edition, cadence: 'weekly' | 'monthly'): Covers {
  const { fromDate, toDate } = cadence === 'weekly' ? weekOf(editionDate) : monthOf(editionDate);
  return { fromDate, toDate };
}

function checkTopics(app: App, topics: readonly string[] | undefined): void {
  const known = app.site.topics.map((topic) => topic.key);
  const unknown = (topics ?? []).filter((topic) => !known.includes(topic));
  if (unknown.length > 0) {
    throw new UsageError(`there is no topic ${unknown.join(', ')}: expected some of ${known.join(', ')}`);
  }
}

async function todaysEdition(
  app: App,
  digest: Digest,
  day: { now(): Instant; readonly signal: AbortSignal },
): Promise<{ edition: Edition; state: 'published' | 'draft' }> {
  const editionDate = calendarDate(day.now(), digest.zone);
  const stored = await findEdition(app.db, digest.key, editionDate);
  if (stored) return { edition: stored.edition, state: 'published' };
  const { edition } = await draftEdition(app.db, editionOrder(app, day, { digest, editionDate }));
  return { edition, state: 'draft' };
}

async function writePreview(
  app: App,
  edition: Edition,
  shown: ShownEdition,
  topics: readonly string[] | undefined,
  now: Instant,
): Promise<readonly string[]> {
  const addressHash = app.tokens.addressHash(previewAddress);
  const delivery: Delivery = {
    id: 0,
    editionId: 0,
    digest: edition.digest,
    address: previewAddress,
    addressHash,
    ...(topics && { topics }),
    state: 'pending',
    attempts: 0,
    nextAttemptAt: now,
    leaseEpoch: 0,
    messageId: `<${app.tokens.messageKey(edition, addressHash)}@preview.invalid>`,
  };
  const mailer = editionMailer({
    edition,
    shown,
    site: app.site,
    mail: await app.mail(),
    sender: app.sender,
    unsubscribeToken: (to) => app.tokens.sign('unsubscribe', to),
    preferencesPath: (to) => preferencesPath(app.tokens, to.addressHash),
  });
  const message = await mailer.message(delivery);
  const { html, text } = mailer.bodies(delivery);
  const others = (await allEditions(app.db))
    .map((stored) => stored.edition)
    .filter((other) => other.digest !== edition.digest || other.editionDate !== edition.editionDate);
  const feedPath = feedPaths({ kind: 'digest', key: edition.digest }).rss;
  const feed = renderFeeds(app.site, app.digests, [edition, ...others], (one) =>
    editionHtml(app.site, one),
  ).find((document) => document.path === feedPath);
  const folder = join(app.config.dataDir, 'preview');
  await mkdir(folder, { recursive: true });
  const files = [
    { name: `${edition.digest}.html`, body: html },
    { name: `${edition.digest}.txt`, body: text },
    { name: `${edition.digest}.eml`, body: message.raw },
    { name: `${edition.digest}.rss.xml`, body: feed?.body ?? '' },
  ];
  for (const file of files) await writeFile(join(folder, file.name), file.body);
  return files.map((file) => join(folder, file.name));
}

function openInBrowser(path: string): void {
  const opener =
    process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : 'xdg-open';
  spawn(opener, [path], { detached: true, stdio: 'ignore' })
    .on('error', () => process.stderr.write(`no browser could be opened: open ${path}\n`))
    .unref();
}
