import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayMs, hourMs } from '../../src/domain/time.ts';
import { ingest, type SourceReport } from '../../src/ingest/ingest.ts';
import { arxivFeed } from '../../src/sources/arxiv-feed.ts';
import { arxivListingPages } from '../../src/sources/arxiv-listing-page.ts';
import { hfDailyPapers } from '../../src/sources/hf-daily-papers.ts';
import { createHttpClient } from '../../src/sources/http.ts';
import type { Source } from '../../src/sources/source.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { sourceStates, type StoredSourceState } from '../../src/store/source-states.ts';
import { item } from '../sources/hf-answers.ts';
import { loopback, type Loopback } from '../sources/loopback.ts';
import { arxivId, arxivPage, arxivRss } from './arxiv-answers.ts';

let folder: string;
let db: Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-catch-up-'));
  db = await openDatabase(join(folder, 'broadsheet.db'));
});

afterEach(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true });
});

async function read(now: number, ...sources: readonly Source[]): Promise<readonly SourceReport[]> {
  await using http = createHttpClient({
    userAgent: 'test',
    allowedHosts: ['127.0.0.1'],
    timeoutMs: 20_000,
    maxBytes: 1_000_000,
    retryDelayMs: 1,
  });
  return await ingest(sources, { db, http, now, signal: new AbortController().signal });
}

const stateOf = async (name: string): Promise<StoredSourceState | undefined> =>
  (await sourceStates(db)).get(name);

const at = (text: string): number => Date.parse(text);
const paths = ({ asked }: Loopback): string[] => asked.map(({ url }) => url ?? '');

/** Daily Papers with one paper on each day, but those of `broken`. */
const dailyServer = (broken: ReadonlySet<string> = new Set()): Promise<Loopback> =>
  loopback((asked, response) => {
    const day = new URL(asked.url ?? '', 'http://x').searchParams.get('date') ?? '';
    const id = `26${day.slice(5, 7)}.${day.slice(8)}000`;
    if (broken.has(day)) response.writeHead(404).end('lost');
    else response.end(JSON.stringify([item({ id, title: `Paper of ${day}` })]));
  });

const askedDays = (server: Loopback): string[] =>
  paths(server).map((path) => /date=([\d-]+)/.exec(path)?.[1] ?? path);

describe('a source that can give past days', () => {
  const friday = at('2026-03-06T12:00:00Z');

  it('is asked for every missed list day, oldest first, and stands well after that', async () => {
    await using server = await dailyServer();
    const daily = hfDailyPapers({ name: 'daily', baseUrl: server.url });
    await read(friday, daily);
    const already = server.asked.length;
    const [report] = await read(friday + 7 * dayMs, daily);
    const days = askedDays(server).slice(already);
    expect(days.slice(-6)).toEqual([
      '2026-03-06',
      '2026-03-09',
      '2026-03-10',
      '2026-03-11',
      '2026-03-12',
      '2026-03-13',
    ]);
    expect(days).toEqual(days.toSorted());
    expect(report).toMatchObject({ state: 'ok', failures: [] });
    expect(report?.listings.map(({ listDate, added }) => [listDate, added])).toEqual([
      ['2026-03-09', 1],
      ['2026-03-10', 1],
      ['2026-03-11', 1],
      ['2026-03-12', 1],
      ['2026-03-13', 1],
    ]);
    expect(await stateOf('daily')).toMatchObject({ state: 'ok', lastOkAt: friday + 7 * dayMs });
  });

  it('is asked again only for the days that failed', async () => {
    const broken = new Set(['2026-03-09']);
    await using server = await dailyServer(broken);
    const daily = hfDailyPapers({ name: 'daily', baseUrl: server.url });
    await read(friday, daily);
    expect((await read(friday + 12 * dayMs, daily))[0]).toMatchObject({
      state: 'failed',
      failures: [{ requestKey: 'date=2026-03-09' }],
    });
    expect((await stateOf('daily'))?.lastOkAt).toBe(friday);
    broken.clear();
    const already = server.asked.length;
    const [report] = await read(friday + 12 * dayMs + hourMs, daily);
    const days = askedDays(server).slice(already);
    expect(days).toContain('2026-03-09');
    expect(days).not.toContain('2026-03-10');
    expect(report?.listings.map(({ listDate }) => listDate)).toEqual(['2026-03-09']);
    expect(await stateOf('daily')).toMatchObject({ state: 'ok', lastOkAt: friday + 12 * dayMs + hourMs });
  });

  it('names once the days that are too far back', async () => {
    await using server = await dailyServer();
    const daily = hfDailyPapers({ name: 'daily', baseUrl: server.url });
    await read(friday, daily);
    const reason =
      'the lists from 2026-03-06 to 2026-03-30 were missed, and lie more than 31 days back: they are not read';
    const late = friday + 59 * dayMs;
    expect((await read(late, daily))[0]).toMatchObject({ state: 'partial', reason });
    expect(await stateOf('daily')).toMatchObject({ state: 'partial', reason, lastOkAt: late });
    const already = server.asked.length;
    expect((await read(late + hourMs, daily))[0]).toMatchObject({ state: 'unchanged' });
    expect(server.asked.length - already).toBe(4);
    expect((await stateOf('daily'))?.state).toBe('ok');
  });
});

/** The feed and the pages of one arXiv; what is asked for and not there is 404. */
const arxivServer = (
  feeds: ReadonlyMap<string, string>,
  pages: ReadonlyMap<string, string> = new Map(),
): Promise<Loopback> =>
  loopback((asked, response: ServerResponse) => {
    const path = (asked.url ?? '').replace(/\?.*$/, '').slice(1);
    const body = feeds.get(path) ?? pages.get(path);
    response.writeHead(body === undefined ? 404 : 200).end(body ?? 'none');
  });

const feedAt = (baseUrl: string, categories = ['cs.CL']): Source =>
  arxivFeed({ name: 'feed', baseUrl, categories, format: 'rss' });

const pagesAt = (baseUrl: string, categories = ['cs.CL']): Source =>
  arxivListingPages({ name: 'pages', baseUrl, categories, catchUpDays: 1 });

const monday = at('2026-03-09T12:00:00Z');

describe('a feed that has the newest day only', () => {
  const feeds = new Map<string, string>();
  const announce = (date: string, ...numbers: readonly number[]): void =>
    void feeds.set('rss/cs.CL', arxivRss(date, numbers));
  const reason = 'the lists of 2026-03-10, 2026-03-11 were missed, and it has the newest only';

  it('names the list days that it was not read on, until it has a further one', async () => {
    await using server = await arxivServer(feeds);
    const feed = feedAt(server.url);
    announce('2026-03-09', 1);
    expect((await read(monday, feed))[0]).toMatchObject({ state: 'ok' });
    announce('2026-03-12', 2);
    expect((await read(monday + 3 * dayMs, feed))[0]).toMatchObject({ state: 'partial', reason });
    expect((await read(monday + 3 * dayMs + hourMs, feed))[0]).toMatchObject({
      state: 'partial',
      reason,
      unchangedListings: 1,
    });
    expect(await stateOf('feed')).toMatchObject({ state: 'partial', reason, lastOkAt: monday });
    announce('2026-03-13', 3);
    expect((await read(monday + 4 * dayMs, feed))[0]).toMatchObject({ state: 'ok' });
    expect(await stateOf('feed')).toEqual({
      source: 'feed',
      state: 'ok',
      askedAt: monday + 4 * dayMs,
      lastOkAt: monday + 4 * dayMs,
    });
  });

  it('misses nothing over a weekend, nor on a day that was read and empty', async () => {
    await using server = await arxivServer(feeds);
    const feed = feedAt(server.url);
    for (const [day, numbers, state] of [
      ['2026-03-05', [1], 'ok'],
      ['2026-03-06', [], 'ok'],
      ['2026-03-09', [2], 'ok'],
    ] as const) {
      announce(day, ...numbers);
      expect((await read(at(`${day}T12:00:00Z`), feed))[0]).toMatchObject({ state });
    }
  });

  it('misses nothing that the pages of all its categories have, whether read then or later', async () => {
    const pages = new Map([
      ['list/cs.CL/new', arxivPage('2026-03-12', 'new', [{ number: 2 }])],
      ['catchup/cs.CL/2026-03-09', arxivPage('2026-03-09', 'catchup', [{ number: 1 }])],
      ['catchup/cs.CL/2026-03-10', arxivPage('2026-03-10', 'catchup', [{ number: 3 }])],
      ['catchup/cs.CL/2026-03-11', arxivPage('2026-03-11', 'catchup', [{ number: 4 }])],
      ['catchup/cs.CL/2026-03-06', arxivPage('2026-03-06', 'catchup', [{ number: 5 }])],
    ]);
    await using server = await arxivServer(feeds, pages);
    const sources = [feedAt(server.url), pagesAt(server.url)];
    announce('2026-03-09', 1);
    pages.set('list/cs.CL/new', arxivPage('2026-03-09', 'new', [{ number: 1 }]));
    expect((await read(monday, ...sources)).map(({ state }) => state)).toEqual(['ok', 'ok']);
    announce('2026-03-12', 2);
    pages.set('list/cs.CL/new', arxivPage('2026-03-12', 'new', [{ number: 2 }]));
    const [feed, page] = await read(monday + 3 * dayMs, ...sources);
    expect(feed).toMatchObject({ state: 'ok' });
    expect(page?.listings.map(({ listDate }) => listDate)).toEqual([
      '2026-03-09',
      '2026-03-10',
      '2026-03-11',
      '2026-03-12',
    ]);
  });

  it('misses what the pages have for one of two categories only', async () => {
    const both = new Map<string, string>();
    const pages = new Map([
      ['list/cs.CL/new', arxivPage('2026-03-11', 'new', [{ number: 2 }])],
      ['catchup/cs.CL/2026-03-10', arxivPage('2026-03-10', 'catchup', [{ number: 3 }])],
    ]);
    await using server = await arxivServer(both, pages);
    const sources = [feedAt(server.url, ['cs.CL', 'cs.LG']), pagesAt(server.url)];
    both.set('rss/cs.CL+cs.LG', arxivRss('2026-03-09', [1]));
    await read(monday, ...sources);
    both.set('rss/cs.CL+cs.LG', arxivRss('2026-03-11', [2]));
    expect((await read(monday + 2 * dayMs, ...sources))[0]).toMatchObject({
      state: 'partial',
      reason: 'the lists of 2026-03-10 were missed, and it has the newest only',
    });
  });
});

describe('a feed beside the pages of the same category', () => {
  const earlier = ['catchup/cs.CL/2026-03-06', arxivPage('2026-03-06', 'catchup', [{ number: 9 }])] as const;

  it('is partial while it lacks papers that they have for its day', async () => {
    const feeds = new Map([['rss/cs.CL', arxivRss('2026-03-09', [1, 2])]]);
    const pages = new Map([
      [
        'list/cs.CL/new',
        arxivPage('2026-03-09', 'new', [{ number: 1 }, { number: 2 }, { number: 3 }, { number: 4 }]),
      ],
      earlier,
    ]);
    await using server = await arxivServer(feeds, pages);
    const sources = [feedAt(server.url), pagesAt(server.url)];
    const reason = `expected all papers that pages has for 2026-03-09; it lacks 2 new or cross-listed ones, the first arxiv:${arxivId(3)}`;
    expect(await read(monday, ...sources)).toMatchObject([{ state: 'partial', reason }, { state: 'ok' }]);
    expect(await stateOf('feed')).toMatchObject({ state: 'partial', reason });
    expect((await stateOf('feed'))?.lastOkAt).toBeUndefined();
    expect(await read(monday + hourMs, ...sources)).toMatchObject([
      { state: 'partial', reason, unchangedListings: 1 },
      { state: 'unchanged' },
    ]);
    feeds.set('rss/cs.CL', arxivRss('2026-03-09', [1, 2, 3, 4]));
    expect(await read(monday + 2 * hourMs, ...sources)).toMatchObject([
      { state: 'ok' },
      { state: 'unchanged' },
    ]);
    expect(await stateOf('feed')).toMatchObject({ state: 'ok', lastOkAt: monday + 2 * hourMs });
  });

  it('is whole when they have the same, or less, or another day', async () => {
    const pages = new Map([['list/cs.CL/new', arxivPage('2026-03-09', 'new', [{ number: 1 }])], earlier]);
    await using server = await arxivServer(new Map([['rss/cs.CL', arxivRss('2026-03-09', [1, 2])]]), pages);
    expect(await read(monday, feedAt(server.url), pagesAt(server.url))).toMatchObject([
      { state: 'ok' },
      { state: 'ok' },
    ]);
  });

  it('is not measured by papers of categories that it does not have', async () => {
    const pages = new Map([
      ['list/cs.CL/new', arxivPage('2026-03-09', 'new', [{ number: 1 }])],
      ['list/cs.RO/new', arxivPage('2026-03-09', 'new', [{ number: 5, category: 'cs.RO' }])],
      earlier,
      ['catchup/cs.RO/2026-03-06', arxivPage('2026-03-06', 'catchup', [{ number: 8, category: 'cs.RO' }])],
    ]);
    await using server = await arxivServer(new Map([['rss/cs.CL', arxivRss('2026-03-09', [1])]]), pages);
    const sources = [feedAt(server.url), pagesAt(server.url, ['cs.CL', 'cs.RO'])];
    expect(await read(monday, ...sources)).toMatchObject([{ state: 'ok' }, { state: 'ok' }]);
  });

  it('stands by itself when they fail', async () => {
    await using server = await arxivServer(new Map([['rss/cs.CL', arxivRss('2026-03-09', [1])]]));
    expect(await read(monday, feedAt(server.url), pagesAt(server.url))).toMatchObject([
      { state: 'ok' },
      { state: 'failed' },
    ]);
  });
});
