import { sql } from 'kysely';
import type { Paper, PaperId, PaperLinks } from '../domain/paper.ts';
import type { Signal, SignalKind } from '../domain/signal.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';
import { jsonObject } from './json.ts';
import type { SignalRow } from './paper-rows.ts';
import { chunks, idsPerQuery } from './chunks.ts';

const rowsPerInsert = 100;

/**
 * Stores those signals of one source, counted at one time, that differ from the last value at or before
 * that time. A count at the same instant as a stored one is not stored again. Returns how many were stored.
 */
export async function storeSignals(
  db: Queryable,
  source: string,
  countedAt: Instant,
  signals: readonly Signal[],
): Promise<number> {
  const latest = await latestValues(db, source, countedAt, [
    ...new Set(signals.map((signal) => signal.paperId)),
  ]);
  const changed = signals.filter((signal) => latest.get(`${signal.paperId} ${signal.kind}`) !== signal.value);
  let stored = 0;
  for (const chunk of chunks(changed, rowsPerInsert)) {
    const results = await db
      .insertInto('signals')
      .values(
        chunk.map((signal) => ({
          paper_id: signal.paperId,
          kind: signal.kind,
          source,
          counted_at: countedAt,
          value: signal.value,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    stored += Number(results.numInsertedOrUpdatedRows ?? 0n);
  }
  return stored;
}

/** The papers first met in (fromAt, toAt], newest first: those of which it is worth counting something. */
export async function papersToCount(
  db: Queryable,
  fromAt: Instant,
  toAt: Instant,
): Promise<readonly Pick<Paper, 'id' | 'links' | 'doi'>[]> {
  const rows = await db
    .selectFrom('papers')
    .select(['id', 'links', 'doi'])
    .where('first_seen_at', '>', fromAt)
    .where('first_seen_at', '<=', toAt)
    // A backfill or a replacement makes papers known that no edition picks.
    .where(
      sql<boolean>`(not exists (select 1 from appearances where paper_id = papers.id)
        or exists (select 1 from appearances where paper_id = papers.id and is_news = 1))`,
    )
    .orderBy('first_seen_at', 'desc')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    links: jsonObject<PaperLinks>(row.links),
    ...(row.doi !== null && { doi: row.doi }),
  }));
}

async function latestValues(
  db: Queryable,
  source: string,
  countedAt: Instant,
  ids: readonly PaperId[],
): Promise<ReadonlyMap<string, number>> {
  const latest = new Map<string, number>();
  for (const chunk of chunks(ids, idsPerQuery)) {
    const rows = await db
      .selectFrom('signals')
      .select(['paper_id', 'kind', 'value'])
      .where('source', '=', source)
      .where('paper_id', 'in', chunk)
      .where('counted_at', '<=', countedAt)
      .orderBy('counted_at')
      .execute();
    for (const row of rows) latest.set(`${row.paper_id} ${row.kind}`, row.value);
  }
  return latest;
}

/** All signals of these papers counted at or before `now`, oldest first. */
export async function signalsOf(
  db: Queryable,
  ids: readonly PaperId[],
  now: Instant,
): Promise<ReadonlyMap<PaperId, readonly Signal[]>> {
  const byPaper = new Map<PaperId, Signal[]>();
  for (const chunk of chunks(ids, idsPerQuery)) {
    const rows = await db
      .selectFrom('signals')
      .select(['paper_id', 'kind', 'source', 'counted_at', 'value'])
      .where('paper_id', 'in', chunk)
      .where('counted_at', '<=', now)
      .orderBy('counted_at')
      .orderBy('source')
      .orderBy('kind')
      .execute();
    for (const row of rows) {
      const signals = byPaper.get(row.paper_id) ?? [];
      signals.push(signalFromRow(row));
      byPaper.set(row.paper_id, signals);
    }
  }
  return byPaper;
}

export function signalFromRow(row: SignalRow): Signal {
  return {
    paperId: row.paper_id,
    kind: signalKind(row.kind),
    source: row.source,
    countedAt: row.counted_at,
    value: row.value,
  };
}

function signalKind(text: string): SignalKind {
  switch (text) {
    case 'upvotes':
    case 'comments':
    case 'stars':
    case 'citations':
      return text;
    default:
      throw new Error(`the store holds a signal of the unknown kind ${text}`);
  }
}
