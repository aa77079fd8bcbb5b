import { sql } from 'kysely';
import { dayMs, type Instant } from '../domain/time.ts';
import type { Database, Queryable } from './database.ts';

/** At most so many in a window of time. */
export interface RequestLimit {
  /** What is counted and, in a hash, of whom. */
  readonly subject: string;
  readonly windowMs: number;
  readonly most: number;
}

/**
 * Counts one request in every limit, and says whether it is within all of them. The first limit that is exceeded
 * ends the counting: put the widest first, and the table has no more rows than that one allows.
 */
export async function countRequest(
  db: Database,
  limits: readonly RequestLimit[],
  now: Instant,
): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    for (const { subject, windowMs, most } of limits) {
      const { count } = await transaction
        .insertInto('request_counts')
        .values({ subject, window_at: now - (now % windowMs), count: 1 })
        .onConflict((conflict) =>
          conflict.columns(['subject', 'window_at']).doUpdateSet({ count: sql`request_counts.count + 1` }),
        )
        .returning('count')
        .executeTakeFirstOrThrow();
      if (count > most) return false;
    }
    return true;
  });
}

/** Forgets windows that are over; the longest is a day. */
export async function deleteOldCounts(db: Queryable, now: Instant): Promise<void> {
  await db
    .deleteFrom('request_counts')
    .where('window_at', '<', now - 2 * dayMs)
    .execute();
}
