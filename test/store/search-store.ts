import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ListingEntry } from '../../src/domain/listing.ts';
import type { Paper, PaperRecord } from '../../src/domain/paper.ts';
import { parseSearch } from '../../src/domain/search-parse.ts';
import type { SearchSort } from '../../src/domain/search.ts';
import { storeListing } from '../../src/ingest/store-listing.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { foundPapers, searchPapers } from '../../src/store/search-answers.ts';
import { writeSearchText } from '../../src/store/search-sqlite.ts';
import { openSearcher, type Searcher, type SearcherLimits } from '../../src/store/searcher.ts';
import { indexPapers, type SearchRules } from '../../src/store/search-index.ts';
import { listing, listingEntry, paperRecord } from '../fixtures/papers.ts';

export const firstDay = Date.parse('2026-11-20T06:00:00Z');

export const rules: SearchRules = {
  basis: 'test',
  topicsOf: (paper: Paper) => (/agent/i.test(paper.title) ? ['agents', 'Agents and tools'] : []),
  shown: (text) => text,
};

/** Takes seconds after `addHardPapers`: the word stands there thousands of times, but never so often in a row. */
export const hardSearch = Array.from({ length: 2 }, () => `"${'a '.repeat(16)}"`).join(' OR ');

/** A store in a file of its own, with what the tests do to it. */
export interface SearchStore {
  readonly db: Database;
  readonly searcher: Searcher;
  /** Of the database. */
  readonly path: string;
  /** Stores papers as a source announces them. */
  announce(papers: readonly (PaperRecord | ListingEntry)[], at?: number, source?: string): Promise<void>;
  index(changed?: Partial<SearchRules>): Promise<number>;
  /** Texts that make `hardSearch` hard, of no paper. */
  addHardPapers(): Promise<void>;
  /** The titles found, in their order. */
  titles(text: string, sort?: SearchSort): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function openSearchStore(limits?: SearcherLimits): Promise<SearchStore> {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-search-'));
  const path = join(folder, 'paper.db');
  const db = await openDatabase(path);
  const searcher = openSearcher(path, limits);
  let requests = 0;
  return {
    db,
    searcher,
    path,
    announce: async (papers, at = firstDay, source = 'listing') => {
      const entries = papers.map((paper) => ('paper' in paper ? paper : listingEntry(paper)));
      requests += 1;
      await storeListing(db, {
        requestKey: `request ${requests}`,
        listing: listing(source, at, entries),
        validators: {},
      });
    },
    index: (changed = {}) => indexPapers(db, { ...rules, ...changed }, new AbortController().signal),
    addHardPapers: async () => {
      const words = `${'a '.repeat(15)}b `.repeat(1_200);
      const text = { title: words, abstract: words, authors: '', labs: '', labels: '' };
      await db.transaction().execute(async (transaction) => {
        for (let seq = 10_000; seq < 10_500; seq += 1) await writeSearchText(transaction, seq, text, true);
      });
    },
    titles: async (text, sort = 'newest') => {
      const result = await searchPapers({ db, searcher }, parseSearch(text), sort, 1000);
      if (typeof result === 'string') throw new Error(`the search was ${result}`);
      return (await foundPapers(db, result.seqs, () => false)).map(({ paper }) => paper.title);
    },
    close: async () => {
      await searcher[Symbol.asyncDispose]();
      await db.destroy();
      rmSync(folder, { recursive: true });
    },
  };
}

export function titled(number: number, title: string, more: Partial<PaperRecord> = {}): PaperRecord {
  return paperRecord(number, { title, ...more });
}
