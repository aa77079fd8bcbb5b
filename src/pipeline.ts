/**
 * One day, told in order: read the sources and find out what is new, choose what is trending and freeze it
 * as an edition, publish feeds and pages, send the mails. Each step has a folder of its own.
 */
import { dispatch, type DispatchResult } from './deliver/dispatch.ts';
import { editionMailer } from './deliver/edition-mail.ts';
import { prepareDeliveries, type PreparedAudience } from './deliver/prepare.ts';
import type { Mailbox } from './deliver/message.ts';
import type { OutgoingMessage, Transport } from './deliver/transport.ts';
import type { Delivery, DeliveryState } from './domain/delivery.ts';
import type { Digest } from './domain/digest.ts';
import type { Site } from './domain/site.ts';
import type { CalendarDate, Instant } from './domain/time.ts';
import { publishEdition, type EditionOutcome, type EditionOrder } from './edition/publish.ts';
import { ingest, type SourceReport } from './ingest/ingest.ts';
import { editionHtml } from './render/feed/edition-html.ts';
import { renderFeeds } from './render/feed/publish.ts';
import type { DigestMail } from './render/mail/digest-mail.ts';
import { renderPages } from './render/web/pages.ts';
import type { Pages } from './render/web/templates.ts';
import type { HttpClient } from './sources/http.ts';
import type { Source } from './sources/source.ts';
import type { Database } from './store/database.ts';
import { countDeliveries } from './store/deliveries.ts';
import { allEditions, type StoredEdition } from './store/editions.ts';
import { writePublished } from './store/published.ts';
import { readAudience, type RowFault } from './subscribers/audience.ts';
import type { Tokens } from './subscribers/tokens.ts';

/** The parts a day works with; `app.ts` builds them from the configuration. */
export interface Parts {
  readonly site: Site;
  readonly digests: readonly Digest[];
  readonly sources: readonly Source[];
  readonly http: HttpClient;
  readonly db: Database;
  readonly tokens: Tokens;
  readonly pages: Pages;
  /** Compiled when it is asked for the first time. */
  mail(): Promise<DigestMail>;
  readonly transport: Transport;
  /** Submissions at once. */
  readonly connections: number;
  readonly from: Mailbox;
  readonly replyTo?: Mailbox;
  /** Folder of the operator's subscriber files. */
  readonly subscribersDir: string;
  /** Folder of the published site. */
  readonly publishedDir: string;
}

export interface Day {
  /** The clock: a constant when `--now` is given. */
  readonly now: () => Instant;
  readonly signal: AbortSignal;
  /** Told how far a stage is. */
  watch?(stage: Stage, done: number, total: number): void;
}

export type Stage = 'sources' | 'editions' | 'site' | 'mails';

export interface DayReport {
  readonly sources: readonly SourceReport[];
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
  const sources = await readSources(parts, day);
  const editions: EditionOutcome[] = [];
  for (const slot of slots) editions.push(await makeEdition(parts, day, slot));
  const site = await publishSite(parts, day);
  const mails = await sendMails(parts, day, storedEditions(editions));
  return { sources, editions, site, mails };
}

/** Sources -> store: every listing that changed, diffed against what is known. */
export async function readSources(parts: Parts, day: Day): Promise<readonly SourceReport[]> {
  day.watch?.('sources', 0, parts.sources.length);
  return ingest(parts.sources, {
    db: parts.db,
    http: parts.http,
    now: day.now(),
    signal: day.signal,
    onProgress: (done, total) => day.watch?.('sources', done, total),
  });
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
}

/** Editions -> feeds and pages, as files. Made from the frozen editions alone; an unchanged file is not touched. */
export async function publishSite(parts: Parts, day: Day): Promise<SiteReport> {
  day.signal.throwIfAborted();
  day.watch?.('site', 0, 1);
  const editions = (await allEditions(parts.db)).map((stored) => stored.edition);
  const report = await writePublished(parts.publishedDir, [
    ...renderPages(parts.pages, parts.site, parts.digests, editions),
    ...renderFeeds(parts.site, parts.digests, editions, (edition) => editionHtml(parts.site, edition)),
  ]);
  day.watch?.('site', 1, 1);
  return report;
}

export interface MailReport {
  /** What happened in this run. */
  readonly sent: DispatchResult;
  /** Where every reader of each edition stands. */
  readonly editions: readonly {
    readonly digest: string;
    readonly editionDate: CalendarDate;
    /** Undefined when the audience had been frozen before. */
    readonly audience?: PreparedAudience;
    readonly states: Readonly<Record<DeliveryState, number>>;
  }[];
  /** Rows of the subscriber files that could not be used. */
  readonly faults: readonly RowFault[];
}

/**
 * Editions -> mails: freezes who gets each edition, then sends whatever is due, of earlier editions too.
 * An audience is frozen once; whoever joins later gets the next edition.
 */
export async function sendMails(
  parts: Parts,
  day: Day,
  editions: readonly StoredEdition[],
): Promise<MailReport> {
  const { subscribers, faults } = await readAudience(parts.subscribersDir, parts.digests, parts.site.topics);
  const audiences = new Map<number, PreparedAudience>();
  for (const { id, edition } of editions) {
    if (total(await countDeliveries(parts.db, id)) > 0) continue;
    audiences.set(
      id,
      await prepareDeliveries({
        db: parts.db,
        editionId: id,
        edition,
        subscribers,
        tokens: parts.tokens,
        fromAddress: parts.from.address,
        now: day.now(),
      }),
    );
  }
  const standing = new Map(
    subscribers.flatMap(({ address, subscriptions }) =>
      subscriptions.map(
        ({ digest, state }) => [`${digest} ${parts.tokens.addressHash(address)}`, state] as const,
      ),
    ),
  );
  const due = totalPrepared(audiences);
  day.watch?.('mails', 0, due);
  let ended = 0;
  const sent = await dispatch({
    db: parts.db,
    transport: parts.transport,
    concurrency: parts.connections,
    render: await mailRenderer(parts),
    isSubscribed: ({ digest, addressHash }) => {
      const state = standing.get(`${digest} ${addressHash}`);
      // A reader whose row cannot be read is unknown, not gone.
      return state === 'confirmed' || (state === undefined && faults.length > 0);
    },
    now: day.now,
    signal: day.signal,
    onProgress: () => day.watch?.('mails', (ended += 1), Math.max(ended, due)),
  });
  const reports = editions.map(async ({ id, edition: { digest, editionDate } }) => {
    const audience = audiences.get(id);
    return {
      digest,
      editionDate,
      ...(audience && { audience }),
      states: await countDeliveries(parts.db, id),
    };
  });
  return { sent, editions: await Promise.all(reports), faults };
}

/** The mail of any delivery, from its own frozen edition; templates are compiled when the first is due. */
async function mailRenderer(parts: Parts): Promise<(delivery: Delivery) => Promise<OutgoingMessage>> {
  const editions = new Map((await allEditions(parts.db)).map((stored) => [stored.id, stored.edition]));
  const mailers = new Map<number, ReturnType<typeof editionMailer>>();
  return async (delivery) => {
    let mailer = mailers.get(delivery.editionId);
    if (!mailer) {
      const edition = editions.get(delivery.editionId);
      if (!edition) throw new Error(`the delivery ${delivery.id} is of an edition that is not stored`);
      mailer = editionMailer({
        edition,
        site: parts.site,
        mail: await parts.mail(),
        from: parts.from,
        ...(parts.replyTo && { replyTo: parts.replyTo }),
        unsubscribeToken: (to) => parts.tokens.sign('unsubscribe', to),
      });
      mailers.set(delivery.editionId, mailer);
    }
    return (await mailer(delivery)).message;
  };
}

/** The editions behind the outcomes, made now or before. */
export function storedEditions(outcomes: readonly EditionOutcome[]): readonly StoredEdition[] {
  return outcomes.flatMap((outcome) => (outcome.state === 'nothing new' ? [] : [outcome.stored]));
}

function total(states: Readonly<Record<DeliveryState, number>>): number {
  return Object.values(states).reduce((sum, count) => sum + count, 0);
}

function totalPrepared(audiences: ReadonlyMap<number, PreparedAudience>): number {
  return [...audiences.values()].reduce((sum, audience) => sum + audience.prepared, 0);
}
