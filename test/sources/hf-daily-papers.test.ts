import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, describe, expect, test } from 'vitest';
import type { Listing, ListingAnswer, Validators } from '../../src/domain/listing.ts';
import { SourceError } from '../../src/errors.ts';
import { dailyPapersRequest, dailyPapersRequests, hfDailyPapers } from '../../src/sources/hf-daily-papers.ts';
import { createHttpClient } from '../../src/sources/http.ts';
import { item, items } from './hf-answers.ts';
import { loopback } from './loopback.ts';

const now = Date.parse('2026-01-08T09:00:00Z');
const http = createHttpClient({
  userAgent: 'test',
  allowedHosts: ['127.0.0.1'],
  timeoutMs: 5000,
  maxBytes: 1_000_000,
  retryDelayMs: 1,
});
afterAll(() => http[Symbol.asyncDispose]());

const read = (baseUrl: string, listDate = '2026-01-07', validators?: Validators): Promise<ListingAnswer> =>
  Promise.resolve(
    hfDailyPapers({ name: 'hf', baseUrl }).read(dailyPapersRequest(listDate), {
      now,
      signal: new AbortController().signal,
      http,
      ...(validators ? { validators } : {}),
    }),
  );

const listing = (answer: ListingAnswer): Listing => {
  if (answer.state !== 'read') throw new Error('expected a listing');
  return answer.listing;
};

/** Answers as the API does: `date`, `limit` and `p`, an entity tag over the page. */
const api =
  (days: Record<string, unknown[]>) =>
  (asked: IncomingMessage, response: ServerResponse): void => {
    const { searchParams: query } = new URL(asked.url ?? '', 'http://localhost');
    const limit = Number(query.get('limit'));
    const start = Number(query.get('p')) * limit;
    const body = JSON.stringify((days[query.get('date') ?? ''] ?? []).slice(start, start + limit));
    const etag = `"${body.length}"`;
    if (asked.headers['if-none-match'] === etag) response.writeHead(304).end();
    else response.writeHead(200, { 'content-type': 'application/json', etag }).end(body);
  };

describe('the days to read', () => {
  test.each([
    ['a Thursday', '2026-01-08T09:00:00Z', ['2026-01-05', '2026-01-06', '2026-01-07', '2026-01-08']],
    ['a Monday', '2026-01-12T00:00:00Z', ['2026-01-07', '2026-01-08', '2026-01-09', '2026-01-12']],
    ['a Saturday', '2026-01-10T12:00:00Z', ['2026-01-07', '2026-01-08', '2026-01-09']],
    ['a Sunday', '2026-01-11T23:59:59Z', ['2026-01-07', '2026-01-08', '2026-01-09']],
    [
      'the last second of a UTC day',
      '2026-01-08T23:59:59Z',
      ['2026-01-05', '2026-01-06', '2026-01-07', '2026-01-08'],
    ],
    [
      'the turn of the year',
      '2026-01-02T06:00:00Z',
      ['2025-12-30', '2025-12-31', '2026-01-01', '2026-01-02'],
    ],
  ])('on %s are today in UTC and the three list days before', (_, at, days) => {
    expect(dailyPapersRequests(Date.parse(at))).toEqual(
      days.map((listDate) => ({ key: `date=${listDate}`, listDate })),
    );
  });
});

describe('a list', () => {
  test('is asked for with date and the largest limit, and is the listing of the date asked for', async () => {
    await using server = await loopback(api({ '2026-01-07': items(3) }));
    const found = listing(await read(`${server.url}/`));
    expect(server.asked.map(({ url }) => url)).toEqual(['/api/daily_papers?date=2026-01-07&limit=100&p=0']);
    expect(found).toMatchObject({
      source: 'hf',
      listDate: '2026-01-07',
      readAt: now,
      announced: 3,
      dropped: [],
      quiet: false,
      hasVotes: true,
    });
    expect(found.entries.map((entry) => entry.paper.id)).toEqual([
      'arxiv:2601.10000',
      'arxiv:2601.10001',
      'arxiv:2601.10002',
    ]);
  });

  test.each([
    [99, 1],
    [100, 2],
    [230, 3],
  ])('of %i papers takes %i requests', async (count, requests) => {
    await using server = await loopback(api({ '2026-01-07': items(count) }));
    expect(listing(await read(server.url)).entries).toHaveLength(count);
    expect(server.asked).toHaveLength(requests);
  });

  test('goes on after a short page when the server names a next one', async () => {
    await using server = await loopback((_, response, index) => {
      response.writeHead(200, index === 0 ? { link: '</api/daily_papers?p=1>; rel="next"' } : {});
      response.end(JSON.stringify(items(index === 0 ? 50 : 7, index * 50)));
    });
    expect(listing(await read(server.url)).entries).toHaveLength(57);
  });

  test('holds a paper once: the second is counted as dropped', async () => {
    await using server = await loopback(api({ '2026-01-07': [item({ upvotes: 9 }), item({ upvotes: 3 })] }));
    const found = listing(await read(server.url));
    expect(found).toMatchObject({
      announced: 2,
      dropped: [{ key: '2601.01234', reason: expect.stringContaining('came again') }],
    });
    expect(found.entries[0]?.signals[0]).toEqual({ kind: 'upvotes', value: 9 });
  });

  test('loses only the item that is broken', async () => {
    await using server = await loopback(
      api({ '2026-01-07': [...items(2), { paper: { id: '2601.09999' } }, null] }),
    );
    const found = listing(await read(server.url));
    expect(found.entries).toHaveLength(2);
    expect(found.dropped.map(({ key }) => key)).toEqual(['2601.09999', 'item 3']);
  });

  test.each([
    ['2026-01-07', false],
    ['2026-01-10', true],
    ['2026-01-11', true],
  ])('of %s that is empty is quiet: %s', async (day, quiet) => {
    await using server = await loopback(api({}));
    expect(listing(await read(server.url, day))).toMatchObject({ announced: 0, entries: [], quiet });
  });
});

const validatorsOf = async (url: string): Promise<Validators> => {
  const answer = await read(url);
  return answer.state === 'read' ? answer.validators : {};
};

describe('a list read again', () => {
  test('costs one request without a body when its tag is the same', async () => {
    await using server = await loopback(api({ '2026-01-07': items(3) }));
    const validators = await validatorsOf(server.url);
    expect(validators).toEqual({
      etag: expect.any(String),
      bodyHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await read(server.url, '2026-01-07', validators)).toEqual({ state: 'unchanged' });
    expect(server.asked).toHaveLength(2);
  });

  test('of several pages has no tag, and is unchanged when all pages say the same', async () => {
    await using server = await loopback(api({ '2026-01-07': items(150) }));
    const validators = await validatorsOf(server.url);
    expect(validators).not.toHaveProperty('etag');
    expect(await read(server.url, '2026-01-07', validators)).toEqual({ state: 'unchanged' });
    expect(server.asked).toHaveLength(4);
  });

  test('is unchanged when only data that we do not use has changed', async () => {
    await using server = await loopback((_, response, index) => {
      response.end(
        JSON.stringify([
          { ...item(), isAuthorParticipating: index > 0, thumbnail: `https://cdn.example.org/${index}.png` },
        ]),
      );
    });
    expect(await read(server.url, '2026-01-07', await validatorsOf(server.url))).toEqual({
      state: 'unchanged',
    });
  });

  test('is read when a vote has come', async () => {
    await using server = await loopback((_, response, index) =>
      response.end(JSON.stringify([item({ upvotes: 5 + index })])),
    );
    const again = await read(server.url, '2026-01-07', await validatorsOf(server.url));
    expect(listing(again).entries[0]?.signals[0]).toEqual({ kind: 'upvotes', value: 6 });
  });
});

describe('a wrong answer is an error that says what came', () => {
  const whole = JSON.stringify(items(3));
  test.each([
    [
      'an HTML page with status 200',
      200,
      '<!DOCTYPE html><html><body>Down</body></html>',
      'not-recognised',
      '<!DOCTYPE html>',
    ],
    ['half a document', 200, whole.slice(0, 200), 'malformed', 'cut off'],
    ['an empty body', 200, '', 'malformed', 'empty body'],
    ['an object', 200, '{"papers":[]}', 'not-recognised', '{"papers":[]}'],
    ['an error object', 200, '{"error":"Daily papers are resting"}', 'reported', 'Daily papers are resting'],
    ['a date that is refused', 400, '{"error":"Invalid date"}', 'status', 'Invalid date'],
    ['an error of the server', 500, 'oops', 'status', 'got 500'],
    ['null', 200, 'null', 'not-recognised', 'null'],
  ])('%s', async (_, status, body, code, message) => {
    await using server = await loopback((_asked, response) => response.writeHead(status).end(body));
    const failed = read(server.url);
    await expect(failed).rejects.toThrow(SourceError);
    await expect(failed).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('a second page that fails: the list is not taken as complete', async () => {
    await using server = await loopback((_, response, index) => {
      response.writeHead(index === 0 ? 200 : 404).end(JSON.stringify(items(100)));
    });
    await expect(read(server.url)).rejects.toMatchObject({ code: 'status' });
  });

  test('a connection that closes without an answer', async () => {
    await using server = await loopback((asked) => void asked.socket.destroy());
    await expect(read(server.url)).rejects.toMatchObject({ code: 'unreachable' });
  });
});
