/**
 * One day, told in order: read the sources and find out what is new, choose what is trending and freeze it
 * as an edition, publish feeds and pages, send the mails. Each step has a folder of its own.
 */
import type { Digest } from './domain/digest.ts';
import type { Paper } from './domain/paper.ts';
import type { PublishedDocument } from './domain/site.ts';
import type { CalendarDate, Instant } from './domain/time.ts';
import type { View } from './domain/view.ts';
import { learnWhenDue, type Lesson } from './edition/learn.ts';
import { publishEdition, type EditionOutcome, type EditionOrder } from './edition/publish.ts';
import { publishViews } from './edition/views.ts';
import { ingest, type SourceReport } from './ingest/ingest.ts';
import { ingestSignals, type SignalReport } from './ingest/signals.ts';
import { compileTopics, matchTopics, matchingVersion } from './rank/topics.ts';
import type { Logger } from './log.ts';
import { sendMails, type MailParts, type MailReport } from './mailing.ts';
import { basisOf } from './render/basis.ts';
import { editionHtml } from './render/feed/edition-html.ts';
import { renderFeeds } from './render/feed/publish.ts';
import { renderPages } from './render/web/pages.ts';
import { line } from './render/web/prose.ts';
import type { Pages } from './render/web/templates.ts';
import type { HttpClient } from './sources/http.ts';
import type { SignalSource } from './sources/signal-source.ts';
import type { Source } from './sources/source.ts';
import { lastEditionId } from './store/editions.ts';
import type { Move } from './store/departed.ts';
import { writePublished, type PublishResult } from './store/published.ts';
import { indexPapers } from './store/search-index.ts';
import { siteInputs } from './store/site-inputs.ts';
import type { Announcement } from './websub/announce.ts';

/** The parts a day works with; `app.ts` builds them from the configuration. */
export interface Parts extends MailParts {
  readonly sources: readonly Source[];
  /** Each with the age in days of the papers it is asked about. */
  readonly signals: readonly { readonly source: SignalSource; readonly days: number }[];
  readonly http: HttpClient;
  /** Notes which feeds changed, for whoever listens to the hub. */
  readonly hub?: { announce(): Promise<Announcement> };
  readonly pages: Pages;
  readonly log: Pick<Logger, 'error'>;
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

/**
 * The whole day for the given digests, each with the local date of its slot. Safe to repeat at any point. With `found`
 * the sources are not read again.
 */
export async function runDay(
  parts: Parts,
  day: Day,
  slots: readonly { readonly digest: Digest; readonly editionDate: CalendarDate }[],
  found?: ReadReport,
): Promise<DayReport> {
  const read = found ?? (await readSources(parts, day));
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
