import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Paper, PaperId } from '../domain/paper.ts';
import { searchDate, searchText } from '../domain/search-text.ts';
import { secondMs, type Instant } from '../domain/time.ts';
import type { Database, Queryable } from './database.ts';
import { paperColumns, paperFromRow } from './papers.ts';
import { blankSearchText, writeSearchText } from './search-sqlite.ts';

/** So many papers are read in some 30 ms; other work has its turn between two blocks. */
const papersPerBlock = 100;

/** Rises when the same paper would give other words. */
const rulesVersion = 1;

export interface SearchRules {
  /** Names all that the two functions below depend on: with another name every paper is read again. */
  readonly basis: string;
  /** Keys and names of the topics a paper belongs to. */
  readonly topicsOf: (paper: Paper) => readonly string[];
  /** A text as readers see it. */
  readonly shown: (text: string) => string;
}

/**
 * Reads every paper that is new or changed since the last time for the search, in the order in which they came. Done
 * block by block, each in one transaction with its place in the queue: after a crash it goes on where it was, and
 * two processes do not do the same twice. Resolves with the number of papers read.
 */
export async function indexPapers(db: Database, rules: SearchRules, signal: AbortSignal): Promise<number> {
  await queueAllOnce(db, `${rulesVersion} ${rules.basis}`);
  let read = 0;
  for (;;) {
    signal.throwIfAborted();
    const block = await db.transaction().execute((transaction) => indexBlock(transaction, rules));
    if (block === 0) return read;
    read += block;
    await setImmediate();
  }
}

/** Rises with every change of the index: while it is the same, the same search has the same answer. */
export async function searchGeneration(db: Queryable): Promise<number> {
  const row = await db.selectFrom('search_state').select('generation').executeTakeFirstOrThrow();
  return row.generation;
}

async function queueAllOnce(db: Database, basis: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('search_state')
      .set({ basis })
      .where('basis', '<>', basis)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return;
    await sql`insert into search_queue (paper_id) select paper_id from search_papers order by seq`.execute(
      transaction,
    );
  });
}

async function indexBlock(db: Queryable, rules: SearchRules): Promise<number> {
  const queued = await db
    .selectFrom('search_queue')
    .select(['place', 'paper_id'])
    .orderBy('place')
    .limit(papersPerBlock)
    .execute();
  const last = queued.at(-1);
  if (!last) return 0;
  const ids = [...new Set(queued.map((row) => row.paper_id))];
  const papers = await papersOf(db, ids);
  const sources = await sourcesOf(db, ids);
  const merged = await mergedAmong(db, ids);
  await forget(db, [...merged]);
  const known = await seqsOf(db, ids);
  const searched = ids.flatMap((id) => papers.get(id) ?? []).filter(({ id }) => !merged.has(id));
  await writeRows(db, searched);
  const seqs = await seqsOf(db, ids);
  for (const paper of searched) {
    if (!known.has(paper.id)) await giveEntrySecond(db, seqs.get(paper.id) ?? 0, paper.firstSeenAt);
    const facts = { topics: rules.topicsOf(paper), sources: sources.get(paper.id) ?? [], shown: rules.shown };
    await writeSearchText(db, seqs.get(paper.id) ?? 0, searchText(paper, facts), !known.has(paper.id));
  }
  await db.deleteFrom('search_queue').where('place', '<=', last.place).execute();
  await db
    .updateTable('search_state')
    .set((set) => ({ generation: set('generation', '+', 1) }))
    .execute();
  return ids.length;
}

async function papersOf(db: Queryable, ids: readonly PaperId[]): Promise<ReadonlyMap<PaperId, Paper>> {
  const rows = await db.selectFrom('papers').select(paperColumns).where('papers.id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, paperFromRow(row)]));
}

async function sourcesOf(
  db: Queryable,
  ids: readonly PaperId[],
): Promise<ReadonlyMap<PaperId, readonly string[]>> {
  const rows = await db
    .selectFrom('appearances')
    .select(['paper_id', 'source'])
    .where('paper_id', 'in', ids)
    .orderBy('source')
    .execute();
  const groups = Map.groupBy(rows, (row) => row.paper_id);
  return new Map([...groups].map(([id, group]) => [id, group.map((row) => row.source)]));
}

/** Those that turned out to be another paper. */
async function mergedAmong(db: Queryable, ids: readonly PaperId[]): Promise<ReadonlySet<PaperId>> {
  const rows = await db.selectFrom('aliases').select('alias').where('alias', 'in', ids).execute();
  return new Set(rows.map((row) => row.alias));
}

async function forget(db: Queryable, ids: readonly PaperId[]): Promise<void> {
  if (ids.length === 0) return;
  const rows = await db.deleteFrom('search_papers').where('paper_id', 'in', ids).returning('seq').execute();
  for (const { seq } of rows) await blankSearchText(db, seq);
}

/** Gives each paper its row, for ever the same; new ones in this order. */
async function writeRows(db: Queryable, papers: readonly Paper[]): Promise<void> {
  if (papers.length === 0) return;
  await db
    .insertInto('search_papers')
    .values(papers.map((paper) => ({ paper_id: paper.id, dated_on: searchDate(paper), entry_second: null })))
    .onConflict((conflict) =>
      conflict
        .column('paper_id')
        .doUpdateSet((excluded) => ({ dated_on: excluded.ref('excluded.dated_on') })),
    )
    .execute();
}

/** Papers of one listing, which are met at once, are parted over so many seconds before; more of them over twice that. */
const spreadSeconds = 3600;

/**
 * Gives a new row a second of its own, at or before the time at which its paper was met: later for a later row, but
 * where papers are so many that they are spread over more than an hour.
 */
async function giveEntrySecond(db: Queryable, seq: number, metAt: Instant): Promise<void> {
  const met = Math.floor(metAt / secondMs);
  for (let span = spreadSeconds; ; span *= 2) {
    const second = met - (span - 1 - (seq % span));
    const taken = await db
      .selectFrom('search_papers')
      .select('seq')
      .where('entry_second', '=', second)
      .executeTakeFirst();
    if (taken) continue;
    await db.updateTable('search_papers').set({ entry_second: second }).where('seq', '=', seq).execute();
    return;
  }
}

async function seqsOf(db: Queryable, ids: readonly PaperId[]): Promise<ReadonlyMap<PaperId, number>> {
  const rows = await db
    .selectFrom('search_papers')
    .select(['paper_id', 'seq'])
    .where('paper_id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => [row.paper_id, row.seq]));
}
