import { sql } from 'kysely';
import type { PaperId } from '../domain/paper.ts';
import { chunks, idsPerQuery } from './chunks.ts';
import type { Queryable } from './database.ts';
import { queueForSearch } from './search-queue.ts';

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

/** For each of these papers that an arXiv id stands for: that id. */
export async function arxivNamesOf(
  db: Queryable,
  ids: readonly PaperId[],
): Promise<ReadonlyMap<PaperId, PaperId>> {
  const names = new Map<PaperId, PaperId>();
  for (const chunk of chunks(ids, idsPerQuery)) {
    const rows = await db
      .selectFrom('aliases')
      .select(['alias', 'paper_id'])
      .where('paper_id', 'in', chunk)
      .where('alias', 'like', 'arxiv:%')
      .execute();
    for (const row of rows) names.set(row.paper_id, row.alias);
  }
  return names;
}

/** Two papers turned out to be one: what sources said and counted of `alias` is said and counted of `paperId`. */
export async function mergePapers(db: Queryable, alias: PaperId, paperId: PaperId): Promise<void> {
  await sql`update appearances set is_news = 1, first_seen_at = (select first_seen_at from appearances as other
      where other.source = appearances.source and other.paper_id = ${alias})
    where paper_id = ${paperId} and is_news = 0 and source in
      (select source from appearances where paper_id = ${alias} and is_news = 1)`.execute(db);
  await sql`update or ignore appearances set paper_id = ${paperId} where paper_id = ${alias}`.execute(db);
  await sql`update or ignore picks set paper_id = ${paperId} where paper_id = ${alias}`.execute(db);
  await sql`update or ignore signals set paper_id = ${paperId} where paper_id = ${alias}`.execute(db);
  await queueForSearch(db, [alias, paperId]);
}
