import { sql } from 'kysely';
import type { Instant } from '../domain/time.ts';
import type { Database, Queryable } from './database.ts';
import { freed } from './deliveries.ts';

/* Rows of the ledger that were handed over without an answer: only evidence, a rule or the operator moves them. */

export interface InDoubt {
  readonly deliveryId: number;
  /** `daily/2026-11-24`. */
  readonly edition: string;
  /** When it was news: the edition's time, or the reader's hour after it. */
  readonly newsAt: Instant;
  readonly address: string;
  readonly messageId: string;
  readonly handedOverAt: Instant;
  /** When it was given another try after an earlier answer stayed out. */
  readonly resentAt?: Instant;
}

/** Which rows: handed over at or before `handedOverBy`, and in nobody's hands at `now`. */
export interface DoubtfulQuery {
  readonly handedOverBy: Instant;
  readonly now: Instant;
  /** Of this edition alone. */
  readonly editionId?: number;
}

const rowsAtOnce = 500;

/** All such rows, oldest first; the caller may move each of them on meanwhile. */
export async function* doubtfulRows(db: Queryable, query: DoubtfulQuery): AsyncGenerator<InDoubt> {
  for (let after: InDoubt | undefined; ;) {
    const rows = await listInDoubt(db, { ...query, limit: rowsAtOnce, ...(after && { after }) });
    yield* rows;
    after = rows.at(-1);
    if (!after || rows.length < rowsAtOnce) return;
  }
}

/** The first of such rows, oldest first, at most `limit`; those behind `after` where it is given. */
export async function listInDoubt(
  db: Queryable,
  {
    handedOverBy,
    now,
    editionId,
    limit,
    after,
  }: DoubtfulQuery & {
    readonly limit: number;
    readonly after?: Pick<InDoubt, 'handedOverAt' | 'deliveryId'>;
  },
): Promise<readonly InDoubt[]> {
  let query = db
    .selectFrom('deliveries')
    .innerJoin('attempts', (join) =>
      join
        .onRef('attempts.delivery_id', '=', 'deliveries.id')
        .onRef('attempts.lease_epoch', '=', 'deliveries.lease_epoch'),
    )
    .innerJoin('editions', 'editions.id', 'deliveries.edition_id')
    .select(['deliveries.id', 'address', 'message_id', 'handed_over_at', 'resent_at', 'due_at'])
    .select(['deliveries.digest', 'edition_date', 'published_at'])
    .where(sql<boolean>`deliveries.state = 'in_doubt'`)
    .where('handed_over_at', '<=', handedOverBy)
    .where((row) => row.or([row('lease_until', 'is', null), row('lease_until', '<=', now)]))
    .orderBy('handed_over_at')
    .orderBy('deliveries.id')
    .limit(limit);
  if (editionId !== undefined) query = query.where('edition_id', '=', editionId);
  if (after) {
    query = query.where(
      sql<boolean>`(handed_over_at, deliveries.id) > (${after.handedOverAt}, ${after.deliveryId})`,
    );
  }
  return (await query.execute()).map((row) => ({
    deliveryId: row.id,
    edition: `${row.digest}/${row.edition_date}`,
    newsAt: Math.max(row.published_at, row.due_at ?? 0),
    address: row.address,
    messageId: row.message_id,
    handedOverAt: row.handed_over_at ?? 0,
    ...(row.resent_at !== null && { resentAt: row.resent_at }),
  }));
}

/**
 * Makes a row in doubt due again, with the same Message-ID and bytes; false when it is in doubt no more. The
 * answer of the try that is given up cannot be recorded any more.
 */
export async function sendAgain(db: Queryable, deliveryId: number, now: Instant): Promise<boolean> {
  const result = await db
    .updateTable('deliveries')
    .set({
      ...freed,
      state: 'deferred',
      next_attempt_at: now,
      resent_at: now,
      lease_epoch: sql<number>`lease_epoch + 1`,
    })
    .where('id', '=', deliveryId)
    .where('state', '=', 'in_doubt')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Ends a row in doubt as accepted, for the reason given; false when it is in doubt no more. */
export async function settleAsAccepted(
  db: Database,
  deliveryId: number,
  reason: string,
  now: Instant,
): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    const row = await transaction
      .updateTable('deliveries')
      .set({ ...freed, state: 'accepted', ended_at: now, last_reply: reason })
      .where('id', '=', deliveryId)
      .where('state', '=', 'in_doubt')
      .returning('lease_epoch')
      .executeTakeFirst();
    if (!row) return false;
    await transaction
      .updateTable('attempts')
      .set({ ended_at: now, result: 'accepted', reply: reason })
      .where('delivery_id', '=', deliveryId)
      .where('lease_epoch', '=', row.lease_epoch)
      .execute();
    return true;
  });
}
