/**
 * Searches of each kind over a store of 100,000 papers, as a ratio to reading the same rows by their ids in the same
 * run. Interleaved, medians. Says too how fast papers are read for the search, and how long nobody
 * else had a turn.
 * `node bench/search.ts [papers] [rounds]`.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { PaperRecord } from '../src/domain/paper.ts';
import { parseSearch } from '../src/domain/search-parse.ts';
import type { SearchSort } from '../src/domain/search.ts';
import { papersPerPage, mostListed } from '../src/domain/search-request.ts';
import { storeListing } from '../src/ingest/store-listing.ts';
import { openDatabase } from '../src/store/database.ts';
import { paperColumns } from '../src/store/papers.ts';
import { foundPapers, searchPapers } from '../src/store/search-answers.ts';
import { indexPapers } from '../src/store/search-index.ts';
import { openSearcher } from '../src/store/searcher.ts';
import { median } from './timing.ts';

const papers = Number(process.argv[2] ?? 100_000);
const rounds = Math.max(5, Number(process.argv[3] ?? 7));
const vocabulary = 30_000;
const startAt = Date.parse('2026-01-01T00:00:00Z');

/** Milliseconds; not of processor time, for a search is answered by a process of its own. */
async function timed(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

let seed = 7;
function random(): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
}

/** Invented words as often as words are: the n-th has a share of about 1/n (Zipf). */
function word(): string {
  return `w${Math.floor(vocabulary ** random())}q`;
}

function words(count: number): string {
  return Array.from({ length: count }, word).join(' ');
}

function paper(number: number): PaperRecord {
  const month = 2001 + Math.floor(number / 20_000);
  const id = `${month}.${String(number % 20_000).padStart(5, '0')}`;
  return {
    id: `arxiv:${id}`,
    title: words(9),
    abstract: words(180),
    authors: Array.from({ length: 5 }, () => ({ name: `${word()} ${word()}` })),
    categories: [number % 3 === 0 ? 'cs.CL' : 'cs.CV'],
    keywords: [],
    links: { abstract: `https://papers.example.org/${number}` },
    submittedAt: startAt + number * 60_000,
  };
}

const kinds: readonly (readonly [string, string, SearchSort?])[] = [
  ['one word that stands everywhere', 'w1q'],
  ['two words that stand in most', 'w3q w5q'],
  ['two words of the middle', 'w200q w300q'],
  ['a word of the middle and a rare one', 'w200q w20000q'],
  ['a rare word', 'w25000q'],
  ['a word nobody wrote', 'nothing'],
  ['a phrase of two frequent words', '"w1q w2q"'],
  ['a phrase nobody wrote, of frequent words', '"w1q w2q w3q w4q w5q"'],
  ['12 frequent words', 'w1q w2q w3q w4q w5q w6q w7q w8q w9q w10q w11q w12q'],
  ['12 frequent words, one of them', Array.from({ length: 12 }, (_, n) => `w${n + 1}q`).join(' OR ')],
  ['32 rare words, one of them', Array.from({ length: 32 }, (_, n) => `w${20_000 + n}q`).join(' OR ')],
  ['a frequent word without another', 'w1q -w2q'],
  ['an author', 'author:w500q'],
  ['a frequent word in a category', 'w3q cat:cs.CL'],
  ['a frequent word in an old week', 'w3q after:2026-01-05 before:2026-01-12'],
  ['a frequent word in an old year', 'w3q before:2020-01-01'],
  ['by votes', 'w3q w5q', 'votes'],
  ['by relevance, frequent', 'w3q w5q', 'relevance'],
  ['by relevance, of the middle', 'w200q w300q', 'relevance'],
  ['everything', ''],
];

const folder = mkdtempSync(join(tmpdir(), 'broadsheet-bench-'));
const path = join(folder, 'bench.db');
const db = await openDatabase(path);
const searcher = openSearcher(path, { mostMs: 60_000, mostWaitMs: 60_000 });
try {
  for (let from = 0; from < papers; from += 5_000) {
    const made = Array.from({ length: Math.min(5_000, papers - from) }, (_, at) => paper(from + at));
    await storeListing(db, {
      requestKey: `bench ${from}`,
      listing: {
        source: 'bench',
        listDate: '2026-11-01',
        readAt: startAt + from * 1_000,
        announced: made.length,
        entries: made.map((record, at) => ({
          sourceKey: record.id,
          kind: 'new',
          paper: record,
          signals: [{ kind: 'upvotes', value: at % 50 }],
        })),
        dropped: [],
        quiet: false,
        hasVotes: true,
      },
      validators: {},
    });
  }
  const before = statSync(path).size;
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const index = (): Promise<number> =>
    indexPapers(
      db,
      { basis: 'bench', topicsOf: () => ['one'], shown: (text) => text },
      new AbortController().signal,
    );
  delay.enable();
  const indexMs = await timed(index);
  delay.disable();
  const idleMs = median(await Promise.all(Array.from({ length: 5 }, () => timed(index))));
  const perSecond = Math.round((papers / indexMs) * 1000).toLocaleString('en');
  console.log(`${papers.toLocaleString('en')} papers, ${rounds} rounds`);
  console.log(
    `read for the search     ${perSecond} papers/s, ${((statSync(path).size - before) / 1e6).toFixed(0)} MB more, ` +
      `a turn for others every ${(delay.percentile(99) / 1e6).toFixed(0)} ms (99 %), ${(delay.max / 1e6).toFixed(0)} ms at most`,
  );
  console.log(`with nothing new        ${idleMs.toFixed(2)} ms`);

  for (const [name, text, sort = 'newest'] of kinds) {
    const times: Record<'search' | 'limit', number[]> = { search: [], limit: [] };
    let found = 0;
    let isMore = false;
    for (let round = 0; round < rounds; round += 1) {
      let ids: readonly string[] = [];
      const searchMs = await timed(async () => {
        const result = await searchPapers({ db, searcher }, parseSearch(text), sort, mostListed);
        if (typeof result === 'string') throw new Error(`${text} is ${result}`);
        const page = await foundPapers(db, result.seqs.slice(0, papersPerPage), () => true);
        ids = page.map((one) => one.paper.id);
        found = result.seqs.length;
        ({ isMore } = result);
      });
      times.search.push(searchMs);
      times.limit.push(
        await timed(() =>
          db
            .selectFrom('papers')
            .select(paperColumns)
            .where('papers.id', 'in', ids.length > 0 ? ids : ['none'])
            .execute(),
        ),
      );
    }
    const [ms, limit] = [median(times.search), median(times.limit)];
    console.log(
      `${name.padEnd(42)}${ms.toFixed(2).padStart(8)} ms, ${Math.max(...times.search).toFixed(0)} at most, ` +
        `${(ms / limit).toFixed(1)} x reading the rows (${limit.toFixed(2)} ms), ${found}${isMore ? '+' : ''} found`,
    );
  }
} finally {
  await searcher[Symbol.asyncDispose]();
  await db.destroy();
  rmSync(folder, { recursive: true });
}
