/**
 * The diff of a listing against known papers, as a ratio to the least the database could do: reading the same ids
 * and hashes by one join inside it. Interleaved in this run, medians. Hashing is measured apart.
 * `node bench/ingest.ts [papers] [rounds]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Listing, ListingEntry } from '../src/domain/listing.ts';
import { fingerprint } from '../src/ingest/diff.ts';
import { storeListing } from '../src/ingest/store-listing.ts';
import { openDatabase } from '../src/store/database.ts';

const papers = Number(process.argv[2] ?? 50_000);
const rounds = Math.max(5, Number(process.argv[3] ?? 5));
const abstract =
  'We teach teapots and kettles to whistle in a low-resource setting and gain 3 points. '.repeat(14);

function entry(at: number, version = 1): ListingEntry {
  const id = `arxiv:2611.${String(at).padStart(6, '0')}`;
  return {
    sourceKey: id,
    kind: 'new',
    signals: [],
    paper: {
      id,
      version,
      title: `Paper ${at} about teapots`,
      abstract: `${abstract} ${at}`,
      authors: [{ name: 'Ada Invented' }, { name: 'Bo Made-Up' }],
      categories: ['cs.CL'],
      keywords: [],
      links: { abstract: `https://papers.example.org/${at}` },
    },
  };
}

let readAt = Date.parse('2026-11-01T00:00:00Z');

function listing(entries: readonly ListingEntry[]): Listing {
  readAt += 1000;
  return {
    source: 'bench',
    listDate: '2026-11-01',
    readAt,
    announced: entries.length,
    entries,
    dropped: [],
    quiet: false,
    hasVotes: false,
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

const folder = mkdtempSync(join(tmpdir(), 'broadsheet-bench-'));
const db = await openDatabase(join(folder, 'bench.db'));
try {
  const known = Array.from({ length: papers }, (_, at) => entry(at));
  for (let at = 0; at < papers; at += 10_000) {
    await storeListing(db, {
      requestKey: `load ${at}`,
      listing: listing(known.slice(at, at + 10_000)),
      validators: {},
    });
  }
  const [diffs, limits]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const changed = known.map((one, at) => (at % 100 === round ? entry(at, round + 2) : one));
    const startedAt = performance.now();
    const report = await storeListing(db, { requestKey: 'bench', listing: listing(changed), validators: {} });
    diffs.push(performance.now() - startedAt);
    if (report.revised === 0) throw new Error('nothing was found revised');

    const limitAt = performance.now();
    await sql`select count(*) from appearances a join appearances b using (source, paper_id) where a.said = b.said`.execute(
      db,
    );
    limits.push(performance.now() - limitAt);
  }
  const hashAt = performance.now();
  for (const one of known) fingerprint(one.paper);
  const hashMs = performance.now() - hashAt;
  const rate = (ms: number): string => `${Math.round((papers / ms) * 1000).toLocaleString('en')} papers/s`;
  console.log(`diff, 1 % changed:   ${rate(median(diffs))} (hashing included)`);
  console.log(`hashing alone:       ${rate(hashMs)}`);
  console.log(`join inside SQLite:  ${rate(median(limits))}`);
  console.log(
    `ratio diff to join:  ${(median(limits) / (median(diffs) - hashMs)).toFixed(3)} without hashing`,
  );
  console.log(`peak memory:         ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
} finally {
  await db.destroy();
  rmSync(folder, { recursive: true });
}
