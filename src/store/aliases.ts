import type { PaperId } from '../domain/paper.ts';
import { chunks, idsPerQuery } from './chunks.ts';
import type { Queryable } from './database.ts';

const rowsPerInsert = 100;

/** For each of these ids that stands for a paper of another id: that paper. */
export async function aliasedPapers(
  db: Queryable,
  ids: readonly PaperId[],
): Promise<ReadonlyMap<PaperId, PaperId>> {
  const papers = new Map<PaperId, PaperId>();
  for (const chunk of chunks(ids, idsPerQuery)) {
    const rows = await db
      .selectFrom('aliases')
      .select(['alias', 'paper_id'])
      .where('alias', 'in', chunk)
      .execute();
    for (const row of rows) papers.set(row.alias, row.paper_id);
  }
  return papers;
}

/** Records other ids of papers; one that is recorded already stays as it is. */
export async function insertAliases(db: Queryable, aliases: ReadonlyMap<PaperId, PaperId>): Promise<void> {
  for (const chunk of chunks([...aliases], rowsPerInsert)) {
    await db
      .insertInto('aliases')
      .values(chunk.map(([alias, paperId]) => ({ alias, paper_id: paperId })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}
