/**
 * The diff of a listing of all known papers, 1 % of them changed, arriving in the order of their ids and in random
 * order, as a ratio to `insert into t2 select * from papers` in the same file and run. Interleaved, medians.
 * Making the papers and hashing them is measured apart and taken off. `node bench/ingest.ts [papers] [rounds]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Listing, ListingEntry } from '../src/domain/listing.ts';
import { contentHash } from '../src/ingest/fingerprint.ts';
import { idsHash } from '../src/ingest/ids-hash.ts';
import { storeListing } from '../src/ingest/store-listing.ts';
import { openDatabase } from '../src/store/database.ts';
import { median, timed } from './timing.ts';

const papers = Number(process.argv[2] ?? 1_000_000);
const rounds = Math.max(5, Number(process.argv[3] ?? 5));
const idsPerMonth = 20_000;
const sentences =
  'We teach teapots and kettles to whistle in a low-resource setting and gain 3 points. '.repeat(14);

function entry(at: number, version: number): ListingEntry {
  const month = 2001 + Math.floor(at / idsPerMonth);
  const id = `${month}.${String(at % idsPerMonth).padStart(5, '0')}`;
  return {
    sourceKey: id,
    kind: 'new',
    signals: [],
    paper: {
      id: `arxiv:${id}`,
      version,
      title: `Paper ${at} about teapots`,
      abstract: `${sentences}${at}`,
      authors: [{ name: 'Ada Invented' }, { name: 'Bo Made-Up' }],
      categories: ['cs.CL'],
      keywords: [],
      links: { abstract: `https://papers.example.org/${at}` },
    },
  };
}

/** Every paper once, in this order; a hundredth of them, others each round, with a new version. */
function* entries(order: Uint32Array, round: number): Generator<ListingEntry> {
  for (const at of order) yield entry(at, at % 100 === round % 100 ? round + 2 : 1);
}

let readAt = Date.parse('2026-11-01T00:00:00Z');

/** All papers as listings of so many, made one after the other as a long file is read. */
const pieceSize = 5_000;

function* listings(order: Uint32Array, round: number): Generator<Listing> {
  readAt += 1000;
  for (let from = 0; from < order.length; from += pieceSize) {
    const made = [...entries(order.subarray(from, from + pieceSize), round)];
    yield {
      source: 'bench',
      listDate: '2026-11-01',
      readAt,
      announced: made.length,
      entries: made,
      dropped: [],
      quiet: false,
      hasVotes: false,
    };
  }
}

/** Fisher-Yates with a fixed seed. */
function shuffled(order: Uint32Array): Uint32Array {
  const mixed = Uint32Array.from(order);
  let seed = 42;
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const other = seed % (at + 1);
    [mixed[at], mixed[other]] = [mixed[other] ?? 0, mixed[at] ?? 0];
  }
  return mixed;
}

const folder = mkdtempSync(join(tmpdir(), 'broadsheet-bench-'));
const db = await openDatabase(join(folder, 'bench.db'));
try {
  const inOrder = Uint32Array.from({ length: papers }, (_, at) => at);
  const atRandom = shuffled(inOrder);
  const store = async (order: Uint32Array, round: number): Promise<number> =>
    timed(async () => {
      let revised = 0;
      for (const listing of listings(order, round)) {
        revised += (await storeListing(db, { requestKey: 'bench', listing, validators: {} })).revised;
      }
      if (round > 0 && revised === 0) throw new Error('nothing was found revised');
    });
  const loadMs = await store(inOrder, -1);
  const times: Record<'limit' | 'making' | 'hashing' | 'ordered' | 'random', number[]> = {
    limit: [],
    making: [],
    hashing: [],
    ordered: [],
    random: [],
  };
  for (let round = 0; round < rounds; round += 1) {
    await sql`create table t2 as select * from papers where 0`.execute(db);
    times.limit.push(await timed(() => sql`insert into t2 select * from papers`.execute(db)));
    await sql`drop table t2`.execute(db);

    times.making.push(
      await timed(() => {
        for (const listing of listings(inOrder, round))
          if (listing.entries.length === 0) throw new Error('none');
      }),
    );
    times.hashing.push(
      await timed(() => {
        for (const listing of listings(inOrder, round)) {
          idsHash(listing);
          for (const { paper } of listing.entries) contentHash(paper);
        }
      }),
    );
    times.ordered.push(await store(inOrder, 2 * round + 1));
    times.random.push(await store(atRandom, 2 * round + 2));
  }
  const making = median(times.making);
  const limit = median(times.limit);
  const hashing = median(times.hashing) - making;
  const rate = (ms: number): string => `${Math.round((papers / ms) * 1000).toLocaleString('en')} papers/s`;
  const line = (name: string, ms: number): string => {
    const alone = ms - median(times.hashing);
    return `${name.padEnd(24)}${rate(ms)} whole, ${rate(alone)} without making and hashing, ${(limit / alone).toFixed(2)} of the limit`;
  };
  console.log(`${papers.toLocaleString('en')} known papers, 1 % changed, ${rounds} rounds`);
  console.log(`limit (insert, select)  ${rate(limit)}`);
  console.log(line('diff, ids in order', median(times.ordered)));
  console.log(line('diff, ids at random', median(times.random)));
  console.log(`hashing                 ${rate(hashing)}`);
  console.log(`first load              ${rate(loadMs)}`);
  console.log(`peak memory             ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
} finally {
  await db.destroy();
  rmSync(folder, { recursive: true });
}
