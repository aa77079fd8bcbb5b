import { afterAll, describe, expect, test } from 'vitest';
import type { ListingAnswer, Validators } from '../../src/domain/listing.ts';
import { hfPaperSearch } from '../../src/sources/hf-paper-search.ts';
import { createHttpClient } from '../../src/sources/http.ts';
import { item, items } from './hf-answers.ts';
import { loopback } from './loopback.ts';
import { wrongJsonAnswers } from './wrong-answers.ts';

const now = Date.parse('2026-01-08T23:30:00Z');
const http = createHttpClient({
  userAgent: 'test',
  allowedHosts: ['127.0.0.1'],
  timeoutMs: 5000,
  maxBytes: 1_000_000,
  retryDelayMs: 1,
});
afterAll(() => http[Symbol.asyncDispose]());

const search = (baseUrl: string, queries = ['tool use']) =>
  hfPaperSearch({ name: 'search', baseUrl, queries, limit: 50, maxAgeDays: 30 });
const read = async (baseUrl: string, validators?: Validators, query = 'tool use'): Promise<ListingAnswer> => {
  const source = search(baseUrl, [query]);
  const [request] = await source.requests(now);
  if (!request) throw new Error('expected a request');
  return source.read(request, {
    now,
    signal: new AbortController().signal,
    http,
    ...(validators && { validators }),
  });
};
const ids = (answer: ListingAnswer): readonly string[] =>
  answer.state === 'read' ? answer.listing.entries.map(({ paper }) => paper.id) : [];

describe('a search', () => {
  test('has one request for each query, whatever letters it is made of', () => {
    const queries = ['tool use', 'α & β?', '"exact" 100%'];
    expect(search('http://x', queries).requests(now)).toEqual([
      { key: 'q=tool+use' },
      { key: 'q=%CE%B1+%26+%CE%B2%3F' },
      { key: 'q=%22exact%22+100%25' },
    ]);
  });

  test('is asked for with the query and the limit, and is a listing of the day of now', async () => {
    await using server = await loopback((_, response) => response.end(JSON.stringify(items(2))));
    const answer = await read(`${server.url}/`, undefined, 'α & β?');
    const asked = new URL(server.asked[0]?.url ?? '', server.url);
    expect([asked.pathname, ...asked.searchParams]).toEqual([
      '/api/papers/search',
      ['q', 'α & β?'],
      ['limit', '50'],
    ]);
    expect(answer).toMatchObject({
      state: 'read',
      listing: {
        source: 'search',
        listDate: '2026-01-08',
        readAt: now,
        announced: 2,
        quiet: false,
        hasVotes: true,
      },
    });
    expect(ids(answer)).toEqual(['arxiv:2601.10000', 'arxiv:2601.10001']);
  });

  test('announces no paper of years ago, but one that was put on a daily list again', async () => {
    const old = { publishedAt: '2023-05-01T00:00:00.000Z' };
    await using server = await loopback((_, response) =>
      response.end(
        JSON.stringify([
          item({ id: '2305.00001', ...old, submittedOnDailyAt: '2023-05-02T00:00:00.000Z' }),
          item({ id: '2305.00002', ...old, submittedOnDailyAt: '2026-01-05T00:00:00.000Z' }),
          item({ id: '2305.00003', ...old, submittedOnDailyAt: undefined }),
          item({ id: '2601.00004', submittedOnDailyAt: undefined }),
          item({ id: '2601.00005', publishedAt: undefined, submittedOnDailyAt: undefined }),
        ]),
      ),
    );
    const answer = await read(server.url);
    expect(ids(answer)).toEqual(['arxiv:2305.00002', 'arxiv:2601.00004', 'arxiv:2601.00005']);
    expect(answer).toMatchObject({ listing: { announced: 3, dropped: [] } });
  });

  test('reports a broken item and keeps the others', async () => {
    await using server = await loopback((_, response) =>
      response.end(JSON.stringify([item({ title: undefined }), null, ...items(1)])),
    );
    const answer = await read(server.url);
    expect(answer).toMatchObject({ listing: { announced: 3, dropped: [{}, { key: 'item 1' }] } });
    expect(ids(answer)).toHaveLength(1);
  });

  test('that finds nothing is quiet', async () => {
    await using server = await loopback((_, response) => response.end('[]'));
    expect(await read(server.url)).toMatchObject({ listing: { announced: 0, quiet: true } });
  });

  test('is unchanged by its tag, by what it says, and not when a vote came in', async () => {
    let upvotes = 5;
    await using server = await loopback((asked, response) => {
      if (asked.headers['if-none-match'] === '"a"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"a"' }).end(JSON.stringify([item({ upvotes })]));
    });
    const first = await read(server.url);
    if (first.state !== 'read') throw new Error('expected a listing');
    expect(await read(server.url, first.validators)).toEqual({ state: 'unchanged' });
    const { bodyHash = '' } = first.validators;
    expect(await read(server.url, { bodyHash })).toEqual({ state: 'unchanged' });
    upvotes = 6;
    expect(await read(server.url, { bodyHash })).toMatchObject({ state: 'read' });
  });
});

test.each([
  ...wrongJsonAnswers,
  ['an error inside', '{"error":"Invalid query"}', 'reported'] as const,
  ['an object', '{"papers":[]}', 'not-recognised'] as const,
])('%s is an error that says so', async (_, body, code) => {
  await using server = await loopback((_asked, response) => response.end(body));
  await expect(read(server.url)).rejects.toMatchObject({ name: 'SourceError', code });
});
