import type { Paper } from '../domain/paper.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';
import { paperColumns, paperFromRow } from './papers.ts';

/** The papers first seen in (sinceAt, now] that nobody took back, each under one id, ordered by id. */
export async function papersFirstSeen(
  db: Queryable,
  sinceAt: Instant,
  now: Instant,
): Promise<readonly Paper[]> {
  const rows = await db
    .selectFrom('papers')
    .select(paperColumns)
    .where('first_seen_at', '>', sinceAt)
    .where('first_seen_at', '<=', now)
    .where('withdrawn_at', 'is', null)
    .where('id', 'not in', (select) => select.selectFrom('aliases').select('aliases.alias'))
    .orderBy('id')
    .execute();
  return rows.map(paperFromRow);
}
