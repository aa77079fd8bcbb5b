/**
 * The whole nightly ranking, from the store to the frozen edition, as a ratio to reading the same rows once from the same
 * database: 5,000 new and 50,000 recent papers in 50 topics; then how it grows. Interleaved, medians.
 * `node bench/rank.ts [rounds]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { ListingEntry } from '../src/domain/listing.ts';
import { addDays, dayMs, hourMs } from '../src/domain/time.ts';
import type { Topic } from '../src/domain/topic.ts';
import { publishEdition } from '../src/edition/publish.ts';
import { storeListing } from '../src/ingest/store-listing.ts';
import { openDatabase, type Database } from '../src/store/database.ts';
import { median, timed } from './timing.ts';

const rounds = Math.max(5, Number(process.argv[2] ?? 5));
const now = Date.parse('2026-11-24T02:30:00Z');
/** Words of three to nine letters, as good as at random. */
const words = Array.from({ length: 3000 }, (_, at) => {
  let seed = Math.imul(at + 1, 2_654_435_761) >>> 0;
  return Array.from({ length: 3 + (at % 7) }, () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return String.fromCodePoint(97 + ((seed >>> 8) % 26));
  }).join('');
});
const wordsPerAbstract = 180;
const countsPerPaper = 4;
/** Papers stored at once. */
const atOnce = 5_000;

const topics = Array.from({ length: 50 }, (_, at): Topic => ({
  key: `t${at}`,
  name: `Topic ${at}`,
  include: Array.from({ length: 16 }, (_, place) => {
    const first = words[(at * 53 + place * 7) % words.length] ?? '';
    return place % 4 === 0 ? `${first}*` : `${first} ${words[(at + place) % words.length] ?? ''}`;
  }),
  exclude: [],
  categories: [],
  keywords: [],
}));

function entry(at: number, upvotes: number): ListingEntry {
  const id = `arxiv:${2601 + Math.floor(at / 20_000)}.${String(at % 20_000).padStart(5, '0')}`;
  const abstract = Array.from(
    { length: wordsPerAbstract },
    (_, place) => words[(at * 31 + place * place * 17) % words.length],
  );
  return {
    sourceKey: id,
    kind: 'new',
    signals: [{ kind: 'upvotes', value: upvotes }],
    paper: {
      id,
      title: `Paper ${at} on ${words[at % words.length] ?? ''} and ${words[(at * 7) % words.length] ?? ''}`,
      abstract: abstract.join(' '),
      authors: Array.from({ length: 5 }, (_, place) => ({ name: `Author ${(at * 5 + place) % 9000}` })),
      categories: ['cs.CL'],
      keywords: [],
      links: { abstract: `https://papers.example.org/${at}` },
    },
  };
}

/** Papers first seen over the days before; a fifth of them counted at several times. */
async function fill(db: Database, recent: number, fresh: number): Promise<void> {
  const store = async (from: number, to: number, readAt: number, votes: number): Promise<void> => {
    for (let first = from; first < to; first += atOnce) {
      const places = Array.from({ length: Math.min(atOnce, to - first) }, (_, at) => first + at);
      await storeListing(db, {
        requestKey: `load ${first}`,
        listing: {
          source: 'bench',
          listDate: new Date(readAt).toISOString().slice(0, 10),
          readAt,
          announced: places.length,
          entries: places.map((at) => entry(at, votes + (at % 40))),
          dropped: [],
          quiet: false,
          hasVotes: true,
        },
        validators: {},
      });
    }
  };
  for (let count = 0; count < countsPerPaper; count += 1) {
    await store(
      0,
      count === 0 ? recent : Math.floor(recent / 5),
      now - 20 * dayMs + count * hourMs,
      count * 3,
    );
  }
  await store(recent, recent + fresh, now - 8 * hourMs, 1);
}

/** One night: the edition of another day each time, made at the same time. */
async function rank(db: Database, night: number): Promise<void> {
  const outcome = await publishEdition(db, {
    digest: {
      key: 'daily',
      name: 'Daily',
      description: '',
      schedule: '30 2 * * *',
      zone: 'Etc/UTC',
      topics: topics.map((topic) => topic.key),
      picksPerTopic: 2,
      picksOutside: 2,
      alsoNew: 10,
      windowDays: 30,
      mode: 'final',
      waitMinutes: 60,
      maxLatenessHours: 12,
    },
    topics,
    sources: ['bench'],
    editionDate: addDays('2026-11-24', night),
    now,
  });
  if (outcome.state !== 'published') throw new Error(outcome.state);
}

/** Every row that ranking reads, as the database gives it. */
async function readRows(db: Database): Promise<void> {
  await sql`select * from papers`.execute(db);
  await sql`select * from appearances`.execute(db);
  await sql`select * from signals`.execute(db);
}

async function measure(
  recent: number,
  fresh: number,
): Promise<{ first: number; ranking: number; reading: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-bench-'));
  const db = await openDatabase(join(folder, 'bench.db'));
  try {
    await fill(db, recent, fresh);
    const [ranking, reading]: [number[], number[]] = [[], []];
    const first = await timed(() => rank(db, 0));
    for (let round = 0; round < rounds; round += 1) {
      // The new papers of a night are those whose topics nobody knows yet.
      await sql`delete from paper_facts where paper_id in
        (select paper_id from appearances where first_seen_at = ${now - 8 * hourMs})`.execute(db);
      reading.push(await timed(() => readRows(db)));
      ranking.push(await timed(() => rank(db, round + 1)));
    }
    return { first, ranking: median(ranking), reading: median(reading) };
  } finally {
    await db.destroy();
    rmSync(folder, { recursive: true });
  }
}

const night = await measure(50_000, 5_000);
console.log(
  `5,000 new and 50,000 recent papers, 50 topics: ${(night.ranking / 1000).toFixed(2)} s, ` +
    `${(night.ranking / night.reading).toFixed(2)} times as long as reading the rows; ` +
    `the first night, in which every paper is new: ${(night.first / 1000).toFixed(2)} s`,
);
const [few, many] = process.argv[3]
  ? [night, night]
  : [await measure(9_000, 1_000), await measure(90_000, 10_000)];
console.log(
  `from 10,000 to 100,000 candidates: ${few.ranking.toFixed(0)} ms to ${many.ranking.toFixed(0)} ms, ` +
    `${(many.ranking / few.ranking).toFixed(1)} times`,
);
console.log(`peak memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
