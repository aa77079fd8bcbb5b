import type { Listing, Validators } from '../domain/listing.ts';
import type { CalendarDate, Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';

export interface ListingCounts {
  readonly added: number;
  readonly revised: number;
  readonly unchanged: number;
}

/** How a listing was judged, and the hash of its papers to compare the next one with. */
export interface ListingJudgement {
  readonly health: 'ok' | 'quiet' | 'partial' | 'stale';
  readonly idsHash: string;
}

/** What later listings of a series are compared with. */
export interface EarlierListing {
  readonly listDate: CalendarDate;
  /** The hash of its papers. */
  readonly idsHash: string;
  readonly announced: number;
}

/** Records that a listing was read, with its counts, for audits and for the next conditional request. */
export async function insertListing(
  db: Queryable,
  requestKey: string,
  listing: Pick<Listing, 'source' | 'listDate' | 'readAt' | 'quiet' | 'announced' | 'dropped'>,
  counts: ListingCounts,
  judgement: ListingJudgement,
  validators: Validators,
): Promise<void> {
  await db
    .insertInto('listings')
    .values({
      source: listing.source,
      request_key: requestKey,
      series: seriesOf(requestKey),
      list_date: listing.listDate,
      read_at: listing.readAt,
      quiet: listing.quiet ? 1 : 0,
      announced: listing.announced,
      added: counts.added,
      revised: counts.revised,
      unchanged: counts.unchanged,
      dropped: JSON.stringify(listing.dropped),
      etag: validators.etag ?? null,
      last_modified: validators.lastModified ?? null,
      body_hash: validators.bodyHash ?? null,
      health: judgement.health,
      ids_hash: judgement.idsHash,
    })
    .execute();
}

/** The latest time at which this request was answered that is stored, or undefined. */
export async function lastReadAt(
  db: Queryable,
  source: string,
  requestKey: string,
): Promise<Instant | undefined> {
  const row = await db
    .selectFrom('listings')
    .select((select) => select.fn.max<number | null>('read_at').as('at'))
    .where('source', '=', source)
    .where('request_key', '=', requestKey)
    .executeTakeFirstOrThrow();
  return row.at ?? undefined;
}

/** The validators of the last answer to this request, or undefined when it was never answered. */
export async function lastValidators(
  db: Queryable,
  source: string,
  requestKey: string,
): Promise<Validators | undefined> {
  const row = await db
    .selectFrom('listings')
    .select(['etag', 'last_modified', 'body_hash'])
    .where('source', '=', source)
    .where('request_key', '=', requestKey)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return (
    row && {
      ...(row.etag !== null && { etag: row.etag }),
      ...(row.last_modified !== null && { lastModified: row.last_modified }),
      ...(row.body_hash !== null && { bodyHash: row.body_hash }),
    }
  );
}

/** The request key without its day: `date=2026-11-24` and `date=2026-11-23` are of one series. */
function seriesOf(requestKey: string): string {
  return requestKey.replaceAll(/\d{4}-\d{2}-\d{2}/g, '*');
}

/** The last whole listing of the request's series for a day before `listDate`, or undefined. */
export async function lastListingBefore(
  db: Queryable,
  source: string,
  requestKey: string,
  listDate: CalendarDate,
): Promise<EarlierListing | undefined> {
  const row = await db
    .selectFrom('listings')
    .select(['list_date', 'ids_hash', 'announced'])
    .where('source', '=', source)
    .where('series', '=', seriesOf(requestKey))
    .where('health', '=', 'ok')
    .where('list_date', '<', listDate)
    .orderBy('list_date', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { listDate: row.list_date, idsHash: row.ids_hash, announced: row.announced };
}

/** The last listing of a request that was stored, or undefined. */
export async function lastListing(
  db: Queryable,
  source: string,
  requestKey: string,
): Promise<EarlierListing | undefined> {
  const row = await db
    .selectFrom('listings')
    .select(['list_date', 'ids_hash', 'announced'])
    .where('source', '=', source)
    .where('request_key', '=', requestKey)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { listDate: row.list_date, idsHash: row.ids_hash, announced: row.announced };
}

/** Whether one of these requests was answered for a list day, whole or with an empty list. */
export async function wasRead(
  db: Queryable,
  source: string,
  requestKeys: readonly string[],
  listDate: CalendarDate,
): Promise<boolean> {
  const row = await db
    .selectFrom('listings')
    .select('id')
    .where('source', '=', source)
    .where('request_key', 'in', requestKeys)
    .where('list_date', '=', listDate)
    .where((where) => where.or([where('health', 'in', ['ok', 'quiet']), where('announced', '=', 0)]))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
