import type { IncomingMessage, ServerResponse } from 'node:http';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Listing, ListingAnswer, Validators } from '../../src/domain/listing.ts';
import { biorxiv, biorxivRequests } from '../../src/sources/biorxiv.ts';
import { biorxivItems, type PreprintServer } from '../../src/sources/biorxiv-rows.ts';
import { createHttpClient, type HttpClient } from '../../src/sources/http.ts';
import { loopback } from './loopback.ts';
import { wrongJsonAnswers } from './wrong-answers.ts';

const now = Date.parse('2026-01-08T09:00:00Z');
const http = createHttpClient({
  userAgent: 'test',
  allowedHosts: ['127.0.0.1'],
  timeoutMs: 5000,
  maxBytes: 1_000_000,
  retryDelayMs: 1,
});
afterAll(() => http[Symbol.asyncDispose]());

/** An invented row of the details API. */
const row = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  doi: '10.1101/2026.01.07.000001',
  title: 'Counting Quiet Cells',
  authors: 'Invented, A.; Sample, B. C.',
  author_corresponding: 'Ada Invented',
  author_corresponding_institution: 'Institute of Examples',
  date: '2026-01-07',
  version: '1',
  type: 'new results',
  license: 'cc_by',
  category: 'cell biology',
  jatsxml: 'https://example.org/x.xml',
  abstract: 'We count cells that nobody heard of.',
  published: 'NA',
  server: 'bioRxiv',
  ...change,
});
const rows = (count: number): Record<string, unknown>[] =>
  Array.from({ length: count }, (_, index) =>
    row({ doi: `10.1101/2026.01.07.${100_000 + index}`, title: `Invented ${index}` }),
  );

const read = async (
  baseUrl: string,
  { server = 'biorxiv', validators }: { server?: PreprintServer; validators?: Validators } = {},
): Promise<ListingAnswer> =>
  biorxiv({ name: 'bio', baseUrl, server }).read(
    { key: 'date=2026-01-07', listDate: '2026-01-07' },
    { now, signal: new AbortController().signal, http, ...(validators && { validators }) },
  );
const listing = (answer: ListingAnswer): Listing => {
  if (answer.state !== 'read') throw new Error('expected a listing');
  return answer.listing;
};

type Message = (cursor: number, count: number, total: number) => Record<string, unknown>;

/** Answers as the API does, page by page. */
const api =
  (all: readonly unknown[], pageSize: number, message?: Message) =>
  (asked: IncomingMessage, response: ServerResponse): void => {
    const [, cursor = ''] = /\/(\d+)\/json$/.exec(asked.url ?? '') ?? [];
    const collection = all.slice(Number(cursor), Number(cursor) + pageSize);
    const told = message?.(Number(cursor), collection.length, all.length) ?? {
      status: collection.length > 0 ? 'ok' : 'no posts found',
      interval: '2026-01-07:2026-01-07',
      cursor,
      count: collection.length,
      total: all.length,
    };
    response.end(JSON.stringify({ messages: [told], collection }));
  };

describe('the days to read', () => {
  test.each([
    ['a Thursday', '2026-01-08T09:00:00Z', '2026-01-05', '2026-01-08'],
    ['a Sunday', '2026-01-11T12:00:00Z', '2026-01-08', '2026-01-11'],
    [
      'the first hours of a UTC day, which is the day before in New York',
      '2026-01-08T03:00:00Z',
      '2026-01-04',
      '2026-01-07',
    ],
    ['the turn of the year', '2026-01-02T06:00:00Z', '2025-12-30', '2026-01-02'],
  ])('on %s are four', (_, at, first, last) => {
    const days = biorxivRequests(Date.parse(at)).map(({ listDate }) => listDate);
    expect([days.length, days[0], days.at(-1)]).toEqual([4, first, last]);
  });
});

describe('a day', () => {
  test('is asked for by server and date, and each row is a paper known by its DOI', async () => {
    await using server = await loopback(api([row()], 30));
    const found = listing(await read(`${server.url}/`, { server: 'medrxiv' }));
    expect(server.asked.map(({ url }) => url)).toEqual(['/details/medrxiv/2026-01-07/2026-01-07/0/json']);
    expect(found).toEqual({
      source: 'bio',
      listDate: '2026-01-07',
      readAt: now,
      announced: 1,
      dropped: [],
      quiet: false,
      rhythm: 'growing',
      hasVotes: false,
      entries: [
        {
          sourceKey: '10.1101/2026.01.07.000001v1',
          kind: 'new',
          signals: [],
          paper: {
            id: 'doi:10.1101/2026.01.07.000001',
            version: 1,
            title: 'Counting Quiet Cells',
            abstract: 'We count cells that nobody heard of.',
            authors: [{ name: 'A. Invented' }, { name: 'B. C. Sample' }],
            categories: ['cell biology'],
            keywords: [],
            links: {
              abstract: 'https://www.medrxiv.org/content/10.1101/2026.01.07.000001',
              pdf: 'https://www.medrxiv.org/content/10.1101/2026.01.07.000001v1.full.pdf',
            },
            organization: 'Institute of Examples',
            doi: '10.1101/2026.01.07.000001',
          },
        },
      ],
    });
  });

  const messages: [string, Message][] = [
    ['numbers', (cursor, count, total) => ({ status: 'ok', cursor, count, total })],
    [
      'text',
      (cursor, count, total) => ({ status: 'ok', cursor: `${cursor}`, count: `${count}`, total: `${total}` }),
    ],
    ['a total of null', (_, count) => ({ status: count > 0 ? 'ok' : 'no posts found', total: null })],
    ['no total', (_, count) => ({ status: count > 0 ? 'ok' : 'no posts found' })],
  ];
  test.each(messages)('of many pages is read to its end, with %s in the message', async (_, message) => {
    for (const pageSize of [30, 100]) {
      await using server = await loopback(api(rows(65), pageSize, message));
      expect(listing(await read(server.url)).entries).toHaveLength(65);
    }
  });

  test('asks no page more than there are', async () => {
    await using server = await loopback(api(rows(60), 30));
    expect(listing(await read(server.url)).entries).toHaveLength(60);
    expect(server.asked.map(({ url }) => url?.split('/').at(-2))).toEqual(['0', '30']);
  });

  test.each([
    ['the words for it', { messages: [{ status: 'no posts found' }], collection: [] }],
    ['the words for it alone', { messages: [{ status: 'No posts found' }] }],
    ['ok and no rows', { messages: [{ status: 'ok', count: 0, total: '0' }], collection: [] }],
  ])('without papers is quiet: %s', async (_, body) => {
    await using server = await loopback((_asked, response) => response.end(JSON.stringify(body)));
    expect(listing(await read(server.url))).toMatchObject({ announced: 0, entries: [], quiet: true });
  });

  test('that says the same is unchanged', async () => {
    await using server = await loopback(api(rows(3), 30));
    const first = await read(server.url);
    if (first.state !== 'read') throw new Error('expected a listing');
    expect(await read(server.url, { validators: first.validators })).toEqual({ state: 'unchanged' });
  });
});

describe('versions', () => {
  const versions = (...numbers: readonly unknown[]) =>
    biorxivItems(
      numbers.map((version) => row({ version, title: `Version ${String(version)}` })),
      'biorxiv',
    );

  test.each([
    ['1', 'new', 1],
    [1, 'new', 1],
    ['2', 'replacement', 2],
    [7, 'replacement', 7],
    [undefined, 'new', undefined],
    ['NA', 'new', undefined],
    ['0', 'new', undefined],
  ])('version %j alone is %s', (version, kind, number) => {
    const [item] = versions(version);
    expect(item).toMatchObject({ kind });
    if (!item || 'reason' in item) throw new Error('expected an entry');
    expect(item.paper.version).toBe(number);
  });

  test.each([
    [['1', '2'], 'new', 2],
    [['2', '1'], 'new', 2],
    [['3', '2'], 'replacement', 3],
    [['2', '10', '3'], 'replacement', 10],
  ])('of %j the highest stands for the paper, as %s', (numbers, kind, version) => {
    const [item, ...others] = versions(...numbers);
    expect(item).toMatchObject({ kind, paper: { version, title: `Version ${version}` } });
    expect(others).toHaveLength(numbers.length - 1);
    for (const other of others) expect(other).toMatchObject({ reason: expect.stringContaining('once') });
  });

  test('of papers do not move the others, and the same DOI in other letters is the same paper', () => {
    const [first, second, third, dropped] = biorxivItems(
      [
        row({ doi: '10.1101/A', version: '1' }),
        row({ doi: '10.1101/b' }),
        row({ doi: '10.1101/a', version: '2' }),
        row({ doi: '10.1101/c' }),
      ],
      'biorxiv',
    );
    expect([first, second, dropped].map((item) => item && 'paper' in item && item.paper.id)).toEqual([
      'doi:10.1101/a',
      'doi:10.1101/b',
      'doi:10.1101/c',
    ]);
    expect(third).toMatchObject({ key: '10.1101/Av1' });
  });
});

test.each([
  ['no object', 'row', 'expected an object'],
  ['no DOI', row({ doi: undefined }), 'expected a DOI; got none'],
  ['NA for a DOI', row({ doi: 'NA' }), 'expected a DOI; got "NA"'],
  ['no title', row({ title: ' ' }), 'expected a title'],
  ['NA for a title', row({ title: 'NA' }), 'expected a title'],
])('only the row that is broken is lost: %s', async (_, broken, reason) => {
  await using server = await loopback(api([...rows(2), broken], 30));
  const found = listing(await read(server.url));
  expect(found).toMatchObject({ announced: 3, dropped: [{ reason: expect.stringContaining(reason) }] });
  expect(found.entries).toHaveLength(2);
});

test('a row with everything else missing is still a paper', () => {
  expect(biorxivItems([{ doi: '10.64898/2026.01', title: '0' }], 'biorxiv')).toMatchObject([
    { kind: 'new', paper: { title: '0', abstract: '', authors: [], categories: [] } },
  ]);
});

test('every row becomes one item, whatever it is made of', () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.anything(),
    fc.constantFrom(
      '10.1101/a',
      '10.1101/b',
      '10.1101/..',
      '10.1101/a\uD800',
      '1',
      '2',
      'NA',
      3,
      'Doe, J.; O_FIG',
    ),
  );
  const odd = fc.dictionary(fc.constantFrom(...Object.keys(row())), value).map((change) => row(change));
  fc.assert(
    fc.property(fc.array(fc.oneof(odd, fc.jsonValue()), { maxLength: 8 }), (found) => {
      const items = biorxivItems(found, 'biorxiv');
      expect(items).toHaveLength(found.length);
      const ids = items.flatMap((item) => ('reason' in item ? [] : [item.paper.id]));
      expect(new Set(ids).size).toBe(ids.length);
    }),
    { numRuns: 2000 },
  );
});

describe('a wrong answer is an error and no shorter listing', () => {
  test.each([
    ...wrongJsonAnswers,
    ['an array', '[]', 'not-recognised'] as const,
    ['no messages', '{"messages":[],"collection":[]}', 'not-recognised'] as const,
    ['no collection', '{"messages":[{"status":"ok"}]}', 'not-recognised'] as const,
    [
      'an error inside',
      '{"messages":[{"status":"Error: invalid interval"}],"collection":[]}',
      'reported',
    ] as const,
    [
      'a total without rows',
      '{"messages":[{"status":"ok","total":"9"}],"collection":[]}',
      'malformed',
    ] as const,
  ])('%s', async (_, body, code) => {
    await using server = await loopback((_asked, response) => response.end(body));
    await expect(read(server.url)).rejects.toMatchObject({ name: 'SourceError', code });
  });

  test('500', async () => {
    await using server = await loopback((_, response) => response.writeHead(500).end('out of order'));
    await expect(read(server.url)).rejects.toMatchObject({ code: 'status' });
  });

  test('a page in the middle that has nothing', async () => {
    await using server = await loopback((asked, response, index) =>
      index === 1
        ? response.end('{"messages":[{"status":"no posts found"}],"collection":[]}')
        : api(rows(65), 30)(asked, response),
    );
    await expect(read(server.url)).rejects.toMatchObject({
      code: 'malformed',
      message: expect.stringContaining('Expected 65 rows'),
    });
  });

  test('a server that gives the first page whatever the cursor says', async () => {
    const page = { messages: [{ status: 'ok', total: 90 }], collection: rows(30) };
    await using server = await loopback((_, response) => response.end(JSON.stringify(page)));
    await expect(read(server.url)).rejects.toMatchObject({ code: 'malformed' });
    expect(server.asked).toHaveLength(2);
  });

  test('a server that never ends', async () => {
    await using server = await loopback((_, response, index) =>
      response.end(
        JSON.stringify({ messages: [{ status: 'ok' }], collection: [row({ doi: `10.1101/${index}` })] }),
      ),
    );
    await expect(read(server.url)).rejects.toMatchObject({ code: 'too-large' });
    expect(server.asked).toHaveLength(200);
  });
});

test.each([
  ['https://api.biorxiv.org', { group: 'biorxiv.org', minIntervalMs: 1000 }],
  ['https://api.medrxiv.org', { group: 'biorxiv.org', minIntervalMs: 1000 }],
  ['https://notbiorxiv.org', undefined],
])('%s is asked at the pace %j', async (baseUrl, expected) => {
  const paces: unknown[] = [];
  const noting: HttpClient = {
    get: async (url, request) => {
      paces.push(request.pace);
      const body = Buffer.from('{"messages":[{"status":"no posts found"}],"collection":[]}');
      return { state: 'ok', status: 200, url, validators: {}, body };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  await biorxiv({ name: 'bio', baseUrl, server: 'biorxiv' }).read(
    { key: 'date=2026-01-07', listDate: '2026-01-07' },
    { now, signal: new AbortController().signal, http: noting },
  );
  expect(paces).toEqual([expected]);
});
