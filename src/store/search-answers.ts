import { sql } from 'kysely';
import type { FoundPaper } from '../domain/found-paper.ts';
import type { PaperId } from '../domain/paper.ts';
import { allOf, inTitle, titlePhrase, type Search, type SearchSort } from '../domain/search.ts';
import { secondMs } from '../domain/time.ts';
import { chunks, idsPerQuery } from './chunks.ts';
import type { Queryable } from './database.ts';
import { paperColumns, paperFromRow } from './papers.ts';
import { searchLook } from './search-look.ts';
import type { NoSearchAnswer, Searcher } from './searcher.ts';

/** Where papers are searched and read. */
export interface SearchedStore {
  readonly db: Queryable;
  readonly searcher: Searcher;
}

/** Which papers were found, as their rows in the search index. */
export interface SearchResult {
  /** In the order asked for, at most as many as asked for. */
  readonly seqs: readonly number[];
  /** There are more than were asked for. */
  readonly isMore: boolean;
}

/**
 * The papers for which a search holds, at most `most` of them: the newest, in the order asked for. By relevance those
 * come first that have the words as one phrase in the title, then those that have all of them there; and they are looked
 * for among all papers, however old. No score over the whole index is ever worked out.
 */
export async function searchPapers(
  { db, searcher }: SearchedStore,
  search: Search,
  sort: SearchSort,
  most: number,
): Promise<SearchResult | NoSearchAnswer> {
  const inTitles = sort === 'relevance' ? titleSearches(search) : [];
  const found = await searcher.look([
    searchLook(search, most + 1),
    ...inTitles.map((one) => searchLook(one, most)),
  ]);
  if (typeof found === 'string') return found;
  const [newest = [], ...titled] = found;
  const isMore = newest.length > most;
  const seqs = newest.slice(0, most);
  if (sort === 'votes') return { seqs: await byVotes(db, seqs), isMore };
  return { seqs: [...new Set([...titled.flat(), ...seqs])].slice(0, most), isMore };
}

/** The same search with the words as one phrase in the title, and with each of them there, where that can be. */
function titleSearches(search: Search): readonly Search[] {
  const phrase = titlePhrase(search.node);
  const words = inTitle(search.node);
  return [
    ...(phrase ? [{ ...search, node: allOf([search.node, phrase]) ?? phrase }] : []),
    ...(words ? [{ ...search, node: words }] : []),
  ];
}

/** Most votes first; among equals in the order given. */
async function byVotes(db: Queryable, seqs: readonly number[]): Promise<readonly number[]> {
  const votes = await latestVotes(db, seqs);
  return seqs.toSorted((a, b) => (votes.get(b) ?? 0) - (votes.get(a) ?? 0));
}

/** The papers of those rows, in their order. `hasPage` tells whether a paper has a page on the published site. */
export async function foundPapers(
  db: Queryable,
  seqs: readonly number[],
  hasPage: (id: PaperId) => boolean,
): Promise<readonly FoundPaper[]> {
  const found = new Map<number, FoundPaper>();
  const votes = await latestVotes(db, seqs);
  for (const chunk of chunks(seqs, idsPerQuery)) {
    const rows = await db
      .selectFrom('search_papers')
      .innerJoin('papers', 'papers.id', 'search_papers.paper_id')
      .select([...paperColumns, 'search_papers.seq', 'search_papers.entry_second'])
      .where('search_papers.seq', 'in', chunk)
      .execute();
    for (const row of rows) {
      const count = votes.get(row.seq);
      found.set(row.seq, {
        paper: paperFromRow(row),
        seq: row.seq,
        entryAt: (row.entry_second ?? 0) * secondMs,
        hasPage: hasPage(row.id),
        ...(count !== undefined && { votes: count }),
      });
    }
  }
  return seqs.flatMap((seq) => found.get(seq) ?? []);
}

/** By row, the largest of the latest counts of all sources: they count the same people. */
async function latestVotes(db: Queryable, seqs: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const votes = new Map<number, number>();
  for (const chunk of chunks(seqs, idsPerQuery)) {
    const { rows } = await sql<{ seq: number; votes: number }>`
      select search_papers.seq as seq, max(signals.value) as votes
      from search_papers join signals on signals.paper_id = search_papers.paper_id and signals.kind = 'upvotes'
      where search_papers.seq in (${sql.join(chunk)})
        and signals.counted_at = (
          select max(later.counted_at) from signals as later
          where later.paper_id = signals.paper_id and later.kind = 'upvotes' and later.source = signals.source)
      group by search_papers.seq`.execute(db);
    for (const row of rows) votes.set(row.seq, row.votes);
  }
  return votes;
}
