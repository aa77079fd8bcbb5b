import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompiledQuery, createQueryId, sql, type RootOperationNode } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ListingEntry } from '../../src/domain/listing.ts';
import type { SignalKind } from '../../src/domain/signal.ts';
import { hourMs, utcMidnight, type CalendarDate, type Instant } from '../../src/domain/time.ts';
import type { View, ViewKind } from '../../src/domain/view.ts';
import { publishEdition } from '../../src/edition/publish.ts';
import { publishViews } from '../../src/edition/views.ts';
import { storeListing } from '../../src/ingest/store-listing.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { daysPool } from '../../src/store/days-pool.ts';
import { storeSignals } from '../../src/store/signals.ts';
import { allViews, storeViews, trendingEntries } from '../../src/store/views.ts';
import { topic } from '../rank/candidates.ts';

const topics = [topic('alpha'), topic('beta')];
const digest = {
  key: 'daily',
  name: 'The Daily',
  description: 'Every day.',
  schedule: '30 2 * * *',
  zone: 'Etc/UTC',
  topics: ['alpha', 'beta'],
  picksPerTopic: 2,
  picksOutside: 1,
  alsoNew: 3,
  windowDays: 7,
  mode: 'final' as const,
  waitMinutes: 60,
  maxLatenessHours: 6,
};

let folder: string;
let db: Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-views-'));
  db = await openDatabase(join(folder, 'broadsheet.db'));
});

afterEach(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true });
});

function at(date: CalendarDate, hours: number): Instant {
  return utcMidnight(date) + hours * hourMs;
}

function entry(number: number, votes: number | undefined): ListingEntry {
  const id = `arxiv:2611.${String(number).padStart(5, '0')}`;
  return {
    sourceKey: id,
    kind: 'new',
    signals: votes === undefined ? [] : [{ kind: 'upvotes', value: votes }],
    paper: {
      id,
      title: `On alpha, part ${number}`,
      abstract: 'We look at it.',
      authors: [{ name: 'Ada Invented' }],
      categories: [],
      keywords: [],
      links: { abstract: `https://papers.example.org/${number}` },
    },
  };
}

/** A list of a day with the votes of its papers, by number, as read at that time. */
async function read(
  listDate: CalendarDate,
  readAt: Instant,
  votes: Readonly<Record<number, number | undefined>>,
  source = 'voted',
): Promise<void> {
  const entries = Object.entries(votes).map(([number, value]) => entry(Number(number), value));
  const hasVotes = source === 'voted';
  const listing = {
    source,
    listDate,
    readAt,
    announced: entries.length,
    entries,
    dropped: [],
    quiet: false,
    hasVotes,
  };
  await storeListing(db, { requestKey: `date=${listDate}`, listing, validators: {} });
}

async function edition(editionDate: CalendarDate, now: Instant): Promise<void> {
  const outcome = await publishEdition(db, { digest, topics, sources: ['voted'], editionDate, now });
  expect(outcome.state).toBe('published');
}

/** The edition of a night and the views after it. */
async function night(editionDate: CalendarDate, hours = 2) {
  const now = at(editionDate, hours);
  await edition(editionDate, now);
  return publishViews(db, { topics, zone: digest.zone, now });
}

/** The newest view of each kind. */
async function latestViews(of: Database): Promise<Partial<Record<ViewKind, View>>> {
  const views = (await allViews(of)).toReversed();
  return Object.fromEntries(views.map((view) => [view.kind, view]));
}

const numbersOf = (picks: readonly { readonly paper: { readonly id: string } }[] = []): readonly number[] =>
  picks.map((pick) => Number(pick.paper.id.slice(-5)));

describe('the views after an edition', () => {
  it('are the week, the month and what is trending, best first, with reasons', async () => {
    await read('2026-11-24', at('2026-11-24', 8), { 1: 5, 2: 30, 3: 0 });
    const made = await night('2026-11-25');
    expect(made.map(({ kind, period }) => [kind, period])).toEqual([
      ['week', '2026-W48'],
      ['month', '2026-11'],
      ['trending', '2026-11-25'],
    ]);
    const views = await latestViews(db);
    expect(views.week).toMatchObject({
      fromDate: '2026-11-23',
      toDate: '2026-11-29',
      madeAt: at('2026-11-25', 2),
      papers: 3,
    });
    expect(numbersOf(views.week?.picks)).toEqual([2, 1]);
    expect(views.week?.picks[0]).toMatchObject({ topic: 'alpha', alsoIn: [], rank: 1 });
    expect(views.week?.picks[0]?.why).toContain('"alpha" in title · 30 votes');
    expect(numbersOf(views.trending?.picks)).toEqual([2, 1]);
    expect(views.trending?.picks[0]?.score.rise).toMatchObject({ signal: 'upvotes', gained: 30 });
    expect(await allViews(db)).toEqual([views.week, views.month, views.trending]);
  });

  it('hold a paper on the day of the list that met it first, whatever the edition picked', async () => {
    await read('2026-11-20', at('2026-11-20', 8), { 1: 50 });
    await night('2026-11-21');
    await read('2026-11-24', at('2026-11-24', 8), { 1: 60, 2: 30 });
    await night('2026-11-25');
    const views = await allViews(db);
    const picksOf = (period: string) => numbersOf(views.find((view) => view.period === period)?.picks);
    expect(picksOf('2026-W47')).toEqual([1]);
    expect(picksOf('2026-W48')).toEqual([2]);
    expect(picksOf('2026-11')).toEqual([1, 2]);
  });

  it('are not made again without a new edition, so that a day can be run twice', async () => {
    await read('2026-11-24', at('2026-11-24', 8), { 1: 5, 2: 30 });
    await night('2026-11-25');
    const before = await allViews(db);
    await read('2026-11-24', at('2026-11-25', 5), { 1: 90, 2: 31 });
    expect(await publishViews(db, { topics, zone: 'Etc/UTC', now: at('2026-11-25', 6) })).toEqual([]);
    expect(await allViews(db)).toEqual(before);
  });

  it('are made where a crash left an edition without them', async () => {
    await read('2026-11-24', at('2026-11-24', 8), { 1: 5, 2: 30 });
    const order = { digest, topics, sources: ['voted'], editionDate: '2026-11-25', now: at('2026-11-25', 2) };
    await publishEdition(db, order);
    expect(await allViews(db)).toEqual([]);
    expect(await publishViews(db, { topics, zone: 'Etc/UTC', now: at('2026-11-25', 9) })).toHaveLength(3);
  });

  it('of a week that is over are made once more and then never again', async () => {
    await read('2026-11-26', at('2026-11-26', 8), { 1: 5, 2: 30 });
    await night('2026-11-27');
    await read('2026-11-26', at('2026-11-29', 20), { 1: 40, 2: 31 });
    await read('2026-11-30', at('2026-11-30', 8), { 3: 9 });
    await night('2026-12-01');
    const weekOf = async (period: string) => (await allViews(db)).find((view) => view.period === period);
    const closed = await weekOf('2026-W48');
    expect(numbersOf(closed?.picks)).toEqual([1, 2]);
    expect(closed?.madeAt).toBe(at('2026-12-01', 2));
    await read('2026-11-26', at('2026-12-01', 3), { 1: 41, 2: 99 });
    await read('2026-12-01', at('2026-12-01', 8), { 4: 9 });
    await night('2026-12-02');
    expect(await weekOf('2026-W48')).toEqual(closed);
    expect((await weekOf('2026-W49'))?.madeAt).toBe(at('2026-12-02', 2));
  });

  it('are the same bytes at the same store and time, also with rows in another order', async () => {
    const papers = Object.fromEntries(Array.from({ length: 30 }, (_, number) => [number, (number * 7) % 11]));
    await read('2026-11-24', at('2026-11-24', 8), papers);
    await night('2026-11-25');
    const contents = async () => (await sql`select kind, content from views order by kind`.execute(db)).rows;
    const before = await contents();
    await sql`delete from views`.execute(db);
    await sql`create temp table turned as select * from signals order by paper_id desc`.execute(db);
    await sql`delete from signals`.execute(db);
    await sql`insert into signals select * from turned`.execute(db);
    await sql`delete from paper_facts`.execute(db);
    await publishViews(db, { topics, zone: 'Etc/UTC', now: at('2026-11-25', 2) });
    expect(await contents()).toEqual(before);
  });

  it('are never replaced by older ones', async () => {
    await read('2026-11-24', at('2026-11-24', 8), { 1: 5 });
    await night('2026-11-25');
    const [week] = await allViews(db);
    if (!week) throw new Error('no view');
    await storeViews(db, [{ view: { ...week, madeAt: week.madeAt - 1, picks: [] }, isFinal: true }]);
    expect((await latestViews(db)).week).toEqual(week);
  });

  it('leave out papers that were taken back, and know nothing of what came later', async () => {
    await read('2026-11-24', at('2026-11-24', 8), { 1: 5, 2: 30, 3: 20 });
    await read('2026-11-24', at('2026-11-25', 8), { 1: 500 });
    await sql`update papers set withdrawn_at = ${at('2026-11-24', 9)} where id = 'arxiv:2611.00002'`.execute(
      db,
    );
    await night('2026-11-25');
    expect(numbersOf((await latestViews(db)).week?.picks)).toEqual([3, 1]);
  });

  it('let another signal stand in where nobody counts votes, and say so', async () => {
    await read('2026-11-24', at('2026-11-24', 8), { 1: undefined, 2: undefined, 3: undefined }, 'arxiv');
    const stars = (number: number, value: number) => ({
      paperId: entry(number, undefined).paper.id,
      kind: 'stars' as SignalKind,
      source: 'github',
      value,
      countedAt: 0,
    });
    await storeSignals(db, 'github', at('2026-11-24', 9), [stars(1, 4), stars(2, 100)]);
    await storeSignals(db, 'github', at('2026-11-25', 1), [stars(1, 30), stars(2, 110)]);
    await night('2026-11-25');
    const { week, trending } = await latestViews(db);
    for (const view of [week, trending]) {
      expect(view).toMatchObject({ insteadOfVotes: 'stars', papers: 2 });
      expect(numbersOf(view?.picks)).toEqual([1, 2]);
      expect(view?.picks[0]?.score.missing).toContain('upvotes');
      expect(view?.picks[0]?.why).toContain('30 stars, +26 in 17 h');
    }
  });

  it('are not stored where there is no paper to show', async () => {
    await read('2026-11-24', at('2026-11-24', 8), { 1: undefined }, 'arxiv');
    expect(await night('2026-11-25')).toEqual([]);
    expect(await allViews(db)).toEqual([]);
  });
});

describe('the papers that were ever trending', () => {
  it('enter once, and stay as they stood then', async () => {
    await read('2026-11-23', at('2026-11-23', 8), { 1: 20, 2: 30 });
    await night('2026-11-24');
    const before = await trendingEntries(db, 10);
    expect(numbersOf(before.map((one) => one.pick))).toEqual([2, 1]);
    expect(before[0]).toMatchObject({ enteredAt: at('2026-11-24', 2), editionDate: '2026-11-24' });
    await read('2026-11-23', at('2026-11-24', 20), { 1: 90, 2: 31 });
    await read('2026-11-24', at('2026-11-24', 20), { 3: 12 });
    await night('2026-11-25');
    expect(numbersOf((await latestViews(db)).trending?.picks)).toEqual([1, 3, 2]);
    const after = await trendingEntries(db, 10);
    expect(numbersOf(after.map((one) => one.pick))).toEqual([3, 2, 1]);
    expect(JSON.stringify(after.slice(1))).toBe(JSON.stringify(before));
    expect(await trendingEntries(db, 1)).toEqual(after.slice(0, 1));
    expect((await allViews(db)).filter((view) => view.kind === 'trending')).toHaveLength(1);
  });

  it('are of one list, also where the days of another zone come later', async () => {
    await read('2026-11-23', at('2026-11-23', 8), { 1: 20, 2: 30 });
    await edition('2026-11-24', at('2026-11-24', 2));
    await publishViews(db, { topics, zone: 'Pacific/Auckland', now: at('2026-11-24', 12) });
    await read('2026-11-24', at('2026-11-24', 14), { 3: 90 });
    await edition('2026-11-25', at('2026-11-24', 20));
    await publishViews(db, { topics, zone: 'America/Los_Angeles', now: at('2026-11-24', 20) });
    const trending = (await allViews(db)).filter((view) => view.kind === 'trending');
    expect(trending.map(({ period }) => period)).toEqual(['2026-11-24']);
    const [newest] = trending;
    if (!newest) throw new Error('no view');
    await storeViews(db, [
      { view: { ...newest, period: '2026-11-26', madeAt: newest.madeAt - 1 }, isFinal: false },
    ]);
    expect((await allViews(db)).filter((view) => view.kind === 'trending')).toEqual(trending);
  });

  it('do not enter again under another id', async () => {
    await read('2026-11-23', at('2026-11-23', 8), { 1: 20 });
    await night('2026-11-24');
    await read('2026-11-24', at('2026-11-24', 8), { 2: 40, 3: 0 });
    await read('2026-11-24', at('2026-11-24', 9), { 4: 30 });
    await sql`insert into aliases (alias, paper_id) values ('arxiv:2611.00001', 'arxiv:2611.00002')`.execute(
      db,
    );
    await night('2026-11-25');
    expect(numbersOf((await latestViews(db)).trending?.picks)).toEqual([2, 4]);
    expect(numbersOf((await trendingEntries(db, 10)).map((one) => one.pick))).toEqual([4, 1]);
  });
});

describe('the questions of a view to the database', () => {
  /** How each query that `ask` makes is answered, one text a query. */
  async function plans(ask: (spied: Database) => Promise<unknown>): Promise<readonly string[]> {
    const nodes: RootOperationNode[] = [];
    await ask(
      db.withPlugin({
        transformQuery: ({ node }) => {
          nodes.push(node);
          return node;
        },
        transformResult: async ({ result }) => result,
      }),
    );
    return Promise.all(
      nodes.map(async (node) => {
        const { sql: text, parameters } = db.getExecutor().compileQuery(node, createQueryId());
        const plan = CompiledQuery.raw(`explain query plan ${text}`, [...parameters]);
        return (await db.executeQuery<{ detail: string }>(plan)).rows.map((row) => row.detail).join('\n');
      }),
    );
  }

  it('are one set for any number of papers in a block, and answered by indexes', async () => {
    const papers = Object.fromEntries(Array.from({ length: 600 }, (_, number) => [number, number]));
    await read('2026-11-24', at('2026-11-24', 8), papers);
    const query = { fromDate: '2026-11-01', toDate: '2026-11-30', now: at('2026-11-25', 2), basis: '' };
    const blocks: number[] = [];
    const [ids = '', ...ofBlocks] = await plans(async (spied) => {
      for await (const block of daysPool(spied, query)) blocks.push(block.length);
    });
    expect(blocks).toEqual([500, 100]);
    expect(ofBlocks).toHaveLength(2 * 3);
    expect(ids).toContain(
      'SEARCH appearances USING COVERING INDEX appearances_by_list_date (list_date>? AND list_date<?)',
    );
    expect(ids).toContain('SEARCH signals USING PRIMARY KEY (paper_id=?)');
    for (const plan of [ids, ...ofBlocks]) expect(plan).not.toMatch(/^SCAN (?!CONSTANT)/m);
  });

  it('whether a paper was trending before reads only the papers that are now', async () => {
    await read('2026-11-23', at('2026-11-23', 8), { 1: 20, 2: 30 });
    await night('2026-11-24');
    const trending = (await latestViews(db)).trending;
    if (!trending) throw new Error('no view');
    const view = { ...trending, madeAt: trending.madeAt + 1 };
    const asked = await plans((spied) => storeViews(spied, [{ view, isFinal: false }]));
    const known = asked.filter((plan) => plan.includes('trending_entries'));
    expect(known.length).toBeGreaterThan(0);
    expect(known.filter((plan) => /SCAN (?!CONSTANT)/.test(plan))).toEqual([]);
  });

  it('for the entries of a feed read only those', async () => {
    const [plan] = await plans((spied) => trendingEntries(spied, 100));
    expect(plan).toBe('SCAN trending_entries USING INDEX trending_entries_by_time');
  });
});
