import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayMs, hourMs } from '../../src/domain/time.ts';
import { ingestSignals } from '../../src/ingest/signals.ts';
import { githubStars } from '../../src/sources/github-stars.ts';
import { createHttpClient } from '../../src/sources/http.ts';
import { semanticScholar } from '../../src/sources/semantic-scholar.ts';
import type { CountablePaper, SignalReading, SignalSource } from '../../src/sources/signal-source.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { insertPapers } from '../../src/store/papers.ts';
import { signalsOf } from '../../src/store/signals.ts';
import { sourceStates } from '../../src/store/source-states.ts';
import { paperRecord } from '../fixtures/papers.ts';
import { loopback } from '../sources/loopback.ts';

const start = Date.parse('2025-10-14T02:00:00Z');
const id = (number: number): string => paperRecord(number).id;
const http = createHttpClient({
  userAgent: 'test',
  allowedHosts: ['127.0.0.1'],
  timeoutMs: 1000,
  maxBytes: 100_000,
  retryDelayMs: 1,
});
let folder: string;
let db: Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-signals-'));
  db = await openDatabase(join(folder, 'broadsheet.db'));
});

afterEach(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true });
});

/** Papers of these ages in days at `start`; the number of a paper is its place, from 1. */
async function known(...ages: readonly number[]): Promise<void> {
  await insertPapers(
    db,
    ages.map((age, index) => ({
      paper: {
        ...paperRecord(index + 1, {
          links: { abstract: 'https://example.org', code: `https://github.com/invented/r${index + 1}` },
        }),
        firstSeenAt: start - age * dayMs,
        firstSource: 'daily',
        origins: {},
      },
      textSource: 'daily',
    })),
  );
}

const counting = (
  name: string,
  count: (paper: CountablePaper) => number,
  failures: SignalReading['failures'] = [],
): SignalSource => ({
  name,
  kind: 'memory',
  address: `memory:${name}`,
  read: async (papers) => ({
    counts: papers.map((paper) => ({ paperId: paper.id, kind: 'citations', value: count(paper) })),
    failures,
  }),
});

const run = (sources: readonly SignalSource[], now = start, days = 7) =>
  ingestSignals(sources, { db, http, now, days, signal: new AbortController().signal });
const values = async (number: number, now = start): Promise<readonly (readonly [string, number])[]> =>
  ((await signalsOf(db, [id(number)], now)).get(id(number)) ?? []).map(({ source, value }) => [
    source,
    value,
  ]);

describe('signals', () => {
  it('are asked for the papers first seen in the last days, newest first, and for no other', async () => {
    await known(8, 7, 6.9, 0, -1);
    let asked: readonly string[] = [];
    const source = counting('a', () => 1);
    await run([
      {
        ...source,
        read: (papers, context) => {
          asked = papers.map((paper) => paper.id);
          return source.read(papers, context);
        },
      },
    ]);
    expect(asked).toEqual([id(4), id(3)]);
  });

  it('are stored when they differ from the last, each with its time', async () => {
    await known(1);
    for (const [hours, value] of [
      [0, 2],
      [1, 2],
      [2, 5],
    ] as const) {
      const [report] = await run([counting('a', () => value)], start + hours * hourMs);
      expect(report).toMatchObject({ state: 'ok', counted: 1, stored: hours === 1 ? 0 : 1, failures: [] });
    }
    expect(await values(1, start + 9 * hourMs)).toEqual([
      ['a', 2],
      ['a', 5],
    ]);
    expect((await sourceStates(db)).get('a')).toMatchObject({ state: 'ok', lastOkAt: start + 2 * hourMs });
  });

  it('of a source that dies are missing, and nothing else is', async () => {
    await known(1);
    const dying: SignalSource = {
      ...counting('dead', () => 1),
      read: () => Promise.reject(new Error('gone for good')),
    };
    const reports = await run([dying, counting('a', () => 2)]);
    expect(reports).toMatchObject([
      { state: 'failed', counted: 0, stored: 0, failures: [{ key: 'memory:dead', reason: 'gone for good' }] },
      { state: 'ok', stored: 1 },
    ]);
    expect(await values(1)).toEqual([['a', 2]]);
    expect((await sourceStates(db)).get('dead')).toMatchObject({ state: 'failed', reason: 'gone for good' });
  });

  it('of a source that throws before it waits are missing just so', async () => {
    await known(1);
    const throwing: SignalSource = {
      ...counting('dead', () => 1),
      read: () => {
        throw new TypeError('not even a promise');
      },
    };
    expect(await run([throwing, counting('a', () => 2)])).toMatchObject([
      { state: 'failed' },
      { state: 'ok' },
    ]);
  });

  it('that could be read are kept when others could not', async () => {
    await known(1);
    const [report] = await run([counting('a', () => 3, [{ key: 'r', reason: 'too many requests' }])]);
    expect(report).toMatchObject({ state: 'partial', counted: 1, stored: 1 });
    expect((await sourceStates(db)).get('a')).toMatchObject({
      state: 'partial',
      reason: 'too many requests',
    });
  });

  it('of one source are stored all or none', async () => {
    await known(1, 2);
    const [broken] = await run([counting('a', (paper) => (paper.id === id(2) ? -1 : 1))]);
    expect(broken).toMatchObject({ state: 'failed', counted: 0, stored: 0, failures: [{ key: 'memory:a' }] });
    expect(await values(1)).toEqual([]);
  });

  it('end with the reason of an abort, and leave the source as it stood', async () => {
    await known(1);
    const controller = new AbortController();
    const source: SignalSource = {
      ...counting('a', () => 1),
      read: async (_papers, { signal }) => {
        controller.abort(new Error('stopping'));
        signal.throwIfAborted();
        return { counts: [], failures: [] };
      },
    };
    await expect(
      ingestSignals([source], { db, http, now: start, days: 7, signal: controller.signal }),
    ).rejects.toThrow('stopping');
    expect((await sourceStates(db)).size).toBe(0);
  });

  it('without a source cost nothing', async () => {
    expect(await run([])).toEqual([]);
  });

  it('say how far they are', async () => {
    const seen: (readonly [number, number])[] = [];
    await ingestSignals([counting('a', () => 1), counting('b', () => 1)], {
      db,
      http,
      now: start,
      days: 7,
      signal: new AbortController().signal,
      onProgress: (...progress) => seen.push(progress),
    });
    expect(seen).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  it('come from both places over HTTP, one of which may be down', async () => {
    await known(1, 2);
    await using github = await loopback((asked, response) =>
      asked.url === '/repos/invented/r1'
        ? response.end('{"stargazers_count":41}')
        : response.writeHead(404).end('{"message":"Not Found"}'),
    );
    await using scholar = await loopback((_, response, index) =>
      index < 3
        ? response.writeHead(429).end('{"message":"Too Many Requests"}')
        : response.end('[{"citationCount":2},null]'),
    );
    const sources = [
      githubStars({ name: 'stars', baseUrl: github.url }),
      semanticScholar({ name: 'citations', baseUrl: scholar.url }),
    ];
    expect(await run(sources)).toMatchObject([{ state: 'ok', stored: 1 }, { state: 'failed' }]);
    expect(await run(sources, start + hourMs)).toMatchObject([{ stored: 0 }, { state: 'ok', stored: 1 }]);
    expect(await signalsOf(db, [id(1)], start + hourMs)).toEqual(
      new Map([
        [
          id(1),
          [
            { paperId: id(1), kind: 'stars', source: 'stars', countedAt: start, value: 41 },
            { paperId: id(1), kind: 'citations', source: 'citations', countedAt: start + hourMs, value: 2 },
          ],
        ],
      ]),
    );
  });
});
