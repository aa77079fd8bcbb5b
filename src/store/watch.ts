import { sql, type RawBuilder } from 'kysely';
import type { DeliveryState } from '../domain/delivery.ts';
import { coverageCounts, type Edition } from '../domain/edition.ts';
import { dayMs, type CalendarDate, type Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';
import { deliveryState } from './deliveries.ts';
import { jsonObject } from './json.ts';

/*
 * How an installation stands, in numbers. What is asked at every look finds its rows by an index; what has to read all
 * that waits, whole editions or all suppressions is apart, for whoever asks less often.
 */

/** What waits to be sent. */
export interface MailQueue {
  /** Not at their end. */
  readonly open: number;
  /** Those of them that can be tried now. */
  readonly due: number;
  /** When the one that has waited the longest became due. */
  readonly oldestDueAt?: Instant;
  /** Handed over without an answer, and in nobody's hands. */
  readonly inDoubt: number;
}

/** Each is asked by itself, and the states stand in the text: so the partial indexes are used, and a scan is short. */
export async function mailQueue(db: Queryable, now: Instant): Promise<MailQueue> {
  const open = sql`state in ('pending', 'deferred', 'leased')`;
  const isFree = sql`lease_until is null or lease_until <= ${now}`;
  const oldest = await sql<{ at: number }>`
    select next_attempt_at as at from deliveries where ${open} and next_attempt_at <= ${now}
    order by next_attempt_at limit 1`.execute(db);
  const oldestDueAt = oldest.rows[0]?.at;
  return {
    open: await countDeliveries(db, open),
    due: await countDeliveries(db, sql`${open} and next_attempt_at <= ${now}`),
    ...(oldestDueAt !== undefined && { oldestDueAt }),
    inDoubt: await countDeliveries(db, sql`state = 'in_doubt' and (${isFree})`),
  };
}

async function countDeliveries(db: Queryable, which: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from deliveries where ${which}`.execute(db);
  return rows[0]?.count ?? 0;
}

/** The newest edition of a digest. */
export interface NewestEdition {
  readonly digest: string;
  readonly id: number;
  readonly editionDate: CalendarDate;
  readonly publishedAt: Instant;
  /** Papers new in its topics, and those that it shows. */
  readonly newInTopics: number;
  readonly shown: number;
}

export async function newestEdition(db: Queryable, digest: string): Promise<NewestEdition | undefined> {
  const row = await db
    .selectFrom('editions')
    .select(['id', 'edition_date', 'published_at', 'content'])
    .where('digest', '=', digest)
    .orderBy('edition_date', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) return undefined;
  const { newInTopics, shown } = coverageCounts(jsonObject<Edition>(row.content));
  return {
    digest,
    id: row.id,
    editionDate: row.edition_date,
    publishedAt: row.published_at,
    newInTopics,
    shown,
  };
}

/** What came back about mails in a day, `smtp` apart: those are the refusals that the deliveries tell of too. */
export async function countReturned(
  db: Queryable,
  since: Instant,
): Promise<Readonly<Record<string, number>>> {
  const rows = await db
    .selectFrom('bounce_events')
    .select((row) => ['kind', row.fn.countAll<number>().as('rows')])
    .where('received_at', '>=', since)
    .where('provider', '<>', 'smtp')
    .groupBy('kind')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.kind, row.rows]));
}

/** Pages of the file. SQLite's own; PostgreSQL has `pg_database_size(current_database())`. */
export async function databaseBytes(db: Queryable): Promise<number> {
  const {
    rows: [row],
  } = await sql<{ bytes: number }>`
    select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()`.execute(db);
  return row?.bytes ?? 0;
}

/** The first digit of the last answer of a server, or that there was none. */
export type ReplyClass = '2xx' | '4xx' | '5xx' | 'none';

export interface DeliveryCount {
  readonly state: DeliveryState;
  readonly reply: ReplyClass;
  readonly count: number;
}

/** Editions of more digests than that in a day are not counted. */
const mostEditions = 100;

/** The deliveries of the editions of the last day, by state and answer. Reads each of their rows once. */
export async function countLastDay(db: Queryable, now: Instant): Promise<readonly DeliveryCount[]> {
  const editions = await db
    .selectFrom('editions')
    .select('id')
    .where('published_at', '>', now - dayMs)
    .orderBy('id', 'desc')
    .limit(mostEditions)
    .execute();
  const sums = new Map<string, DeliveryCount>();
  for (const { id } of editions) {
    const { rows } = await sql<{ state: string; digit: number | null; count: number }>`
      select state, last_code / 100 as digit, count(*) as count from deliveries
      where edition_id = ${id} group by 1, 2`.execute(db);
    for (const { state, digit, count } of rows) {
      const reply = replyClass(digit);
      const key = `${state} ${reply}`;
      sums.set(key, { state: deliveryState(state), reply, count: (sums.get(key)?.count ?? 0) + count });
    }
  }
  return [...sums.values()];
}

function replyClass(digit: number | null): ReplyClass {
  return digit === 2 || digit === 4 || digit === 5 ? `${digit}xx` : 'none';
}

/** Addresses that get no mail, by what the reason begins with. Reads them all. */
export async function countSuppressions(db: Queryable): Promise<Readonly<Record<SuppressionKind, number>>> {
  const rows = await db
    .selectFrom('suppressions')
    .select((row) => ['reason', row.fn.countAll<number>().as('rows')])
    .groupBy('reason')
    .execute();
  const counts: Record<SuppressionKind, number> = {
    unsubscribed: 0,
    complaint: 0,
    bounce: 0,
    erased: 0,
    other: 0,
  };
  for (const { reason, rows: count } of rows) counts[suppressionKind(reason)] += count;
  return counts;
}

export type SuppressionKind = 'unsubscribed' | 'complaint' | 'bounce' | 'erased' | 'other';

/** Reasons are words for people and may go on after the first: `hard bounce: unknown user`. */
function suppressionKind(reason: string): SuppressionKind {
  if (reason.startsWith('unsubscribed')) return 'unsubscribed';
  if (reason.startsWith('complaint')) return 'complaint';
  if (reason.startsWith('erased')) return 'erased';
  return reason.includes('bounce') ? 'bounce' : 'other';
}
