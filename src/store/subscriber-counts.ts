import { sql } from 'kysely';
import { dayMs, type Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';
import { jsonList } from './json.ts';

export interface SubscriptionCount {
  readonly digest: string;
  /** `confirmed`, `pending`, `unsubscribed`, or `left` where the list of addresses without mail ends it. */
  readonly state: string;
  readonly count: number;
}

export interface TopicCount {
  readonly digest: string;
  /** Undefined counts those who get all topics of the digest. */
  readonly topic?: string;
  readonly count: number;
}

export interface WeekCount {
  /** The Monday at whose beginning, in UTC, the week begins. */
  readonly startsAt: Instant;
  /** Addresses that said yes to something, and no. */
  readonly joined: number;
  readonly left: number;
}

/** Subscriptions by digest and state. */
export async function countSubscriptions(db: Queryable): Promise<readonly SubscriptionCount[]> {
  const { rows } = await sql<SubscriptionCount>`
    select digest, state, count(*) as count from (
      select subscriptions.digest as digest,
        case when ${isLeft} then 'left' else subscriptions.state end as state
      from subscriptions join subscribers on subscribers.id = subscriptions.subscriber_id
    ) as listed
    group by digest, state order by digest, state`.execute(db);
  return rows;
}

/** Those who get a topic by having chosen it, and those who chose none and get all, of the ones who get mail. */
export async function countTopics(db: Queryable): Promise<readonly TopicCount[]> {
  const { rows } = await sql<{ digest: string; topics: string | null; count: number }>`
    select subscriptions.digest as digest, subscriptions.topics as topics, count(*) as count
    from subscriptions join subscribers on subscribers.id = subscriptions.subscriber_id
    where subscriptions.state = 'confirmed' and not ${isLeft}
    group by subscriptions.digest, subscriptions.topics order by subscriptions.digest`.execute(db);
  const sums = new Map<string, { digest: string; topic?: string; count: number }>();
  for (const { digest, topics, count } of rows) {
    for (const topic of topics === null ? [undefined] : jsonList<string>(topics)) {
      const key = `${digest} ${topic ?? ''}`;
      const sum = sums.get(key) ?? { digest, ...(topic !== undefined && { topic }), count: 0 };
      sum.count += count;
      sums.set(key, sum);
    }
  }
  return [...sums.values()].toSorted(
    (a, b) =>
      a.digest.localeCompare(b.digest) || b.count - a.count || (a.topic ?? '').localeCompare(b.topic ?? ''),
  );
}

/** Subscribers by where they came from. */
export async function countOrigins(
  db: Queryable,
): Promise<readonly { readonly origin: string; readonly count: number }[]> {
  const rows = await db
    .selectFrom('subscribers')
    .select((of) => ['origin', of.fn.countAll<number>().as('count')])
    .groupBy('origin')
    .orderBy('origin')
    .execute();
  return rows;
}

/** The domains with the most subscribers. */
export async function countDomains(
  db: Queryable,
  most: number,
): Promise<readonly { readonly domain: string; readonly count: number }[]> {
  // `instr` is SQLite's; PostgreSQL has `strpos` with the same arguments.
  const { rows } = await sql<{ domain: string; count: number }>`
    select lower(substr(address, instr(address, '@') + 1)) as domain, count(*) as count
    from subscribers group by 1 order by 2 desc, 1 limit ${most}`.execute(db);
  return rows;
}

/** 1970-01-05 was a Monday. */
const firstMonday = 4 * dayMs;
const weekMs = 7 * dayMs;

/** How many addresses said yes and no in each of the last `weeks` weeks, the current one last, as the proofs of consent have it. */
export async function countWeeks(db: Queryable, now: Instant, weeks: number): Promise<readonly WeekCount[]> {
  const last = Math.floor((now - firstMonday) / weekMs);
  const from = last - weeks + 1;
  const { rows } = await sql<{ week: number; act: string; count: number }>`
    select (at - ${sql.lit(firstMonday)}) / ${sql.lit(weekMs)} as week, act, count(distinct address_hash) as count
    from consents where at >= ${firstMonday + from * weekMs} and at <= ${now} and act in ('confirmed', 'left')
    group by 1, 2`.execute(db);
  const countOf = (week: number, act: string): number =>
    rows.find((row) => row.week === week && row.act === act)?.count ?? 0;
  return Array.from({ length: weeks }, (_, at) => ({
    startsAt: firstMonday + (from + at) * weekMs,
    joined: countOf(from + at, 'confirmed'),
    left: countOf(from + at, 'left'),
  }));
}

const isLeft = sql`exists (
  select 1 from suppressions where suppressions.address_hash = subscribers.address_hash
  and suppressions.digest in ('*', subscriptions.digest))`;
