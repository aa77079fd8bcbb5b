import type { PaperId } from '../domain/paper.ts';
import type { Signal } from '../domain/signal.ts';
import { hourMs, type Instant } from '../domain/time.ts';
import { chunks, idsPerQuery } from './chunks.ts';
import type { Queryable } from './database.ts';
import { signalFromRow } from './signals.ts';

/** Of several counts of one source within so long the last one stands for all. */
const bucketMs = 6 * hourMs;

/**
 * What was counted of each of these papers up to its own time, oldest first: at most four counts a day of a source and
 * kind. Papers without any are left out. Read through the primary key of the signals, paper by paper.
 */
export async function signalHistories(
  db: Queryable,
  until: ReadonlyMap<PaperId, Instant>,
): Promise<ReadonlyMap<PaperId, readonly Signal[]>> {
  const histories = new Map<PaperId, Signal[]>();
  for (const ids of chunks([...until.keys()], idsPerQuery)) {
    const rows = await db
      .selectFrom('signals')
      .select(['paper_id', 'kind', 'source', 'counted_at', 'value'])
      .where('paper_id', 'in', ids)
      .orderBy('paper_id')
      .orderBy('kind')
      .orderBy('source')
      .orderBy('counted_at')
      .execute();
    for (const row of rows) {
      if (row.counted_at > (until.get(row.paper_id) ?? 0)) continue;
      const signals = histories.get(row.paper_id) ?? [];
      histories.set(row.paper_id, signals);
      const signal = signalFromRow(row);
      const before = signals.at(-1);
      const isSame = before && before.kind === signal.kind && before.source === signal.source;
      if (isSame && bucketOf(before.countedAt) === bucketOf(signal.countedAt)) signals.pop();
      signals.push(signal);
    }
  }
  for (const signals of histories.values()) signals.sort((a, b) => a.countedAt - b.countedAt);
  return histories;
}

function bucketOf(at: Instant): number {
  return Math.floor(at / bucketMs);
}
