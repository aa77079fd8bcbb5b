/*
 * A year of minutes in a few seconds: the real slots, claims and editions over one database, with clocks that
 * jump, processes that die at any step, and days on which none runs. Nothing sleeps; time is an argument.
 */
import { pino } from 'pino';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { slotWork } from '../../src/cli/slot-work.ts';
import type { Digest } from '../../src/domain/digest.ts';
import { firstMinute } from '../../src/domain/local-time.ts';
import {
  addDays,
  calendarDate,
  dayMs,
  formatInstant,
  hourMs,
  minuteMs,
  utcMidnight,
  type CalendarDate,
  type Instant,
} from '../../src/domain/time.ts';
import { publishEdition } from '../../src/edition/publish.ts';
import { storeListing } from '../../src/ingest/store-listing.ts';
import { slotChecker } from '../../src/schedule/scheduler.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { allEditions } from '../../src/store/editions.ts';
import { topic } from '../rank/candidates.ts';

const topics = [topic('alpha')];
const seed = Number(process.env['BROADSHEET_SEED'] ?? 7);

/** Every number from 0 to 1 in an order that the seed gives. */
function randomFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

class Crash extends Error {}

interface Year {
  /** Dates of editions, in the order in which they were made. */
  readonly editions: readonly CalendarDate[];
  /** Dates that were reported as missed. */
  readonly missed: ReadonlySet<CalendarDate>;
  readonly crashes: number;
  readonly downDays: number;
  readonly jumps: number;
}

let db: Database;

beforeEach(async () => {
  db = await openDatabase(':memory:');
});

afterEach(async () => {
  await db.destroy();
});

function digestOf(schedule: string, zone: string): Digest {
  return {
    key: 'daily',
    name: 'The Daily',
    description: 'Every day.',
    schedule,
    zone,
    topics: ['alpha'],
    picksPerTopic: 1,
    picksOutside: 0,
    alsoNew: 0,
    windowDays: 1,
    mode: 'final',
    waitMinutes: 30,
    maxLatenessHours: 6,
  };
}

let papers = 0;

/** There is always something new. */
async function newPaper(readAt: Instant): Promise<void> {
  papers += 1;
  const id = `arxiv:${2601 + Math.floor(papers / 90_000)}.${String(papers % 90_000).padStart(5, '0')}`;
  const paper = {
    id,
    title: `On alpha, part ${papers}`,
    abstract: 'We look at it.',
    authors: [{ name: 'Ada Invented' }],
    categories: [],
    keywords: [],
    links: { abstract: `https://papers.example.org/${papers}` },
  };
  const listDate = calendarDate(readAt, 'Etc/UTC');
  const listing = {
    source: 'voted',
    listDate,
    readAt,
    announced: 1,
    entries: [
      { sourceKey: id, kind: 'new' as const, signals: [{ kind: 'upvotes' as const, value: 9 }], paper },
    ],
    dropped: [],
    quiet: false,
    hasVotes: true,
  };
  await storeListing(db, { requestKey: `paper ${papers}`, listing, validators: {} });
}

/** One process from its start: what it reported is its own, what it claimed is the database's. */
function startProcess(
  owner: string,
  digest: Digest,
  world: { now: Instant; crashAt: number },
  random: () => number,
) {
  const missed: CalendarDate[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      const line: unknown = JSON.parse(String(chunk));
      if (typeof line === 'object' && line !== null && 'msg' in line && 'date' in line) {
        if (String(line.msg).startsWith('slot missed')) missed.push(String(line.date));
      }
      done();
    },
  });
  const log = pino({ base: null, timestamp: false }, sink);
  const now = (): Instant => world.now;
  const signal = new AbortController().signal;
  const step = (): void => {
    if (random() < world.crashAt) throw new Crash();
  };
  const check = slotChecker({
    digests: [digest],
    log,
    now,
    signal,
    tend: async () => {},
    ...slotWork({
      db,
      owner,
      log,
      now,
      signal,
      read: async () => {
        step();
        await newPaper(now());
        world.now += Math.floor(random() * 3) * minuteMs;
        const late = random() < 0.2;
        return {
          sources: [
            {
              source: 'voted',
              address: 'https://papers.example.org/',
              state: late ? 'stale' : 'ok',
              listings: [],
              unchangedListings: 0,
              failures: [],
            },
          ],
          signals: [],
        };
      },
      make: async (_digest, slot) => {
        step();
        const order = { digest, topics, sources: ['voted'], editionDate: slot.date, now: now() };
        const outcome = await publishEdition(db, order);
        step();
        return { editions: [outcome], summary: outcome.state };
      },
    }),
  });
  return { missed, check };
}

async function liveThrough(digest: Digest, from: CalendarDate, days: number): Promise<Year> {
  const random = randomFrom(seed);
  const world = { now: utcMidnight(from), crashAt: 0 };
  const endAt = world.now + days * dayMs;
  const missed = new Set<CalendarDate>();
  const tally = { crashes: 0, downDays: 0, jumps: 0 };
  let owners = 0;
  let running = startProcess(`owner ${owners}`, digest, world, random);
  const restart = (): void => {
    for (const date of running.missed) missed.add(date);
    owners += 1;
    running = startProcess(`owner ${owners}`, digest, world, random);
  };
  /** How far this machine's clock is off. */
  let offMs = 0;
  for (let trueAt = world.now; trueAt < endAt;) {
    const luck = random();
    if (luck < 0.01) {
      const downMs = Math.floor(random() * 96) * hourMs;
      trueAt += downMs;
      tally.downDays += downMs / dayMs;
      restart();
    } else if (luck < 0.03) {
      offMs = Math.floor((random() - 0.6) * 300) * minuteMs;
      tally.jumps += 1;
    } else if (luck < 0.06) {
      offMs = 0;
    }
    world.now = Math.min(trueAt + offMs, endAt);
    world.crashAt = random() < 0.15 ? 0.4 : 0;
    // A second process looks at the same time, now and then.
    const other = luck > 0.9 ? startProcess(`other ${owners}`, digest, { ...world }, random) : undefined;
    const before = running.check();
    await Promise.all([before, other?.check()]);
    for (const date of other?.missed ?? []) missed.add(date);
    if (world.crashAt > 0) {
      tally.crashes += 1;
      restart();
    }
    trueAt += luck > 0.4 ? (30 + Math.floor(random() * 240)) * minuteMs : 5 * minuteMs;
  }
  world.now = endAt;
  world.crashAt = 0;
  restart();
  for (let tries = 0; tries < 8; tries += 1) {
    await running.check();
    world.now += 10 * minuteMs;
  }
  for (const date of running.missed) missed.add(date);
  const editions = (await allEditions(db)).map(({ edition }) => edition.editionDate).toReversed();
  return { editions, missed, ...tally };
}

/** The local days whose time came in the span, found by asking the zone about every hour. */
function dueDays(zone: string, wallMinutes: number, from: CalendarDate, days: number): CalendarDate[] {
  const found = new Set<CalendarDate>();
  const [startAt, endAt] = [utcMidnight(from), utcMidnight(from) + days * dayMs];
  for (let at = startAt - dayMs; at < endAt + dayMs; at += hourMs) found.add(calendarDate(at, zone));
  return [...found].filter((date) => {
    const at = firstMinute(utcMidnight(date) + wallMinutes * minuteMs, zone);
    return at > startAt - 6 * hourMs && at <= endAt;
  });
}

describe('a year of one digest, with crashes, restarts, days off and clocks that jump', () => {
  it.each([
    ['Europe/Berlin', '30 2 * * *', 150, '2026-01-01'],
    ['America/New_York', '30 1 * * *', 90, '2026-01-01'],
    ['Australia/Lord_Howe', '15 2 * * *', 135, '2026-01-01'],
    ['America/Santiago', '0 0 * * *', 0, '2026-01-01'],
    ['Africa/Cairo', '30 0 * * *', 30, '2026-01-01'],
    // The year in which the 30th of December was left out there.
    ['Pacific/Apia', '0 7 * * *', 420, '2011-01-01'],
  ])(
    'has exactly one edition for each local day of %s, or says that it was missed',
    async (zone, schedule, wall, from) => {
      const digest = digestOf(schedule, zone);
      const { editions, missed, crashes, downDays, jumps } = await liveThrough(digest, from, 366);
      expect(new Set(editions).size, 'no day twice').toBe(editions.length);
      expect(editions.toSorted(), 'in order').toEqual(editions);
      const due = dueDays(zone, wall, from, 366);
      const firstDay = editions[0] ?? addDays(from, 1);
      const silent = due.filter((date) => date >= firstDay && !editions.includes(date) && !missed.has(date));
      expect(silent, 'neither made nor reported').toEqual([]);
      expect(
        editions.filter((date) => !due.includes(date)),
        'days that do not exist',
      ).toEqual([]);
      expect(editions.length, `editions by ${formatInstant(utcMidnight(from))}`).toBeGreaterThan(250);
      expect(Math.min(crashes, downDays, jumps)).toBeGreaterThan(10);
    },
  );
});
