import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { ListingAnswer, Validators } from '../../src/domain/listing.ts';
import { SourceError } from '../../src/errors.ts';
import { arxivApiListing, arxivApiPage, type ArxivApiPage } from '../../src/sources/arxiv-api-page.ts';
import { arxivApi } from '../../src/sources/arxiv-api.ts';
import { createHttpClient, type HttpClient } from '../../src/sources/http.ts';
import { loopback } from './loopback.ts';

const now = Date.parse('2026-01-13T11:00:00Z');
const xml = readFileSync(new URL('../fixtures/sources/arxiv-api.xml', import.meta.url), 'utf8');
const page = (text: string, asked = ['cs.CL']): ArxivApiPage => arxivApiPage(text, 'an answer', asked);

const http = createHttpClient({
  userAgent: 'test',
  allowedHosts: ['127.0.0.1'],
  timeoutMs: 5000,
  maxBytes: 5_000_000,
  retryDelayMs: 1,
});
afterAll(() => http[Symbol.asyncDispose]());

const read = async (
  baseUrl: string,
  options: { maxResults?: number; validators?: Validators; categories?: string[] } = {},
): Promise<ListingAnswer> => {
  const { validators, categories = ['cs.CL'], ...rest } = options;
  const source = arxivApi({ name: 'api', baseUrl, categories, ...rest });
  const [request] = await source.requests(now);
  if (!request) throw new Error('no request');
  const signal = new AbortController().signal;
  return source.read(request, { now, signal, http, ...(validators ? { validators } : {}) });
};

const feed = (entries: string, total: number | string, start: number | string = 0): string =>
  `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"><title>arXiv Query: x</title><updated>2026-01-13T10:00:00Z</updated><opensearch:totalResults>${total}</opensearch:totalResults><opensearch:startIndex>${start}</opensearch:startIndex>${entries}</feed>`;

const entry = (place: number): string =>
  `<entry><id>http://arxiv.org/abs/2601.${String(10_000 + place)}v1</id><title>Paper ${place}</title><summary>S</summary><category term="cs.CL"/></entry>`;

/** What a whole API with so many papers answers to a request. */
const slice = (total: number, url: string): string => {
  const asked = new URL(url, 'http://x').searchParams;
  const [start, size] = [Number(asked.get('start')), Number(asked.get('max_results'))];
  const count = Math.max(0, Math.min(size, total - start));
  return feed(Array.from({ length: count }, (_, index) => entry(start + index)).join(''), total, start);
};

const errorFeed = feed(
  '<entry><id>http://arxiv.org/api/errors#incorrect_field</id><title>Error</title><summary>incorrect field in query</summary></entry>',
  1,
);

describe('an answer of the query API', () => {
  test('tells of each paper its version, its times and its primary category, in any order of elements', () => {
    const { total, start, items, answeredAt } = page(xml);
    expect([total, start, answeredAt]).toEqual([4, 0, Date.parse('2026-01-11T09:00:00Z')]);
    expect(
      items.map((item) => ('reason' in item ? item : [item.kind, item.paper.id, item.paper.version])),
    ).toEqual([
      ['new', 'arxiv:2601.05001', 1],
      ['cross-list', 'arxiv:2601.05002', 1],
      ['replacement', 'arxiv:cs/0601001', 3],
      ['replacement-cross-list', 'arxiv:2601.05004', 2],
    ]);
    expect(items[0]).toEqual({
      sourceKey: 'http://arxiv.org/abs/2601.05001v1',
      kind: 'new',
      signals: [],
      paper: {
        id: 'arxiv:2601.05001',
        version: 1,
        title: '0',
        abstract: 'We count kettles. There are none.',
        authors: [
          { name: 'The Kettle Collaboration' },
          { name: 'Ada Invented', affiliation: 'Univ. of Nowhere, Dept. A; Elsewhere' },
        ],
        categories: ['cs.CL', 'cs.SD'],
        keywords: [],
        links: { abstract: 'https://arxiv.org/abs/2601.05001', pdf: 'https://arxiv.org/pdf/2601.05001' },
        doi: '10.5555/kettle.1',
        comments: '3 kettles',
        submittedAt: Date.parse('2026-01-08T10:00:00Z'),
      },
    });
    expect(items[1]).toMatchObject({ paper: { categories: ['physics.gen-ph', 'cs.CL'] } });
    expect(items[2]).toMatchObject({
      paper: { title: 'An Old Kettle', authors: [{ name: 'Cy Fictional' }] },
    });
  });

  test.each([
    [[], ['new', 'new', 'replacement', 'replacement']],
    [['cs'], ['new', 'cross-list', 'replacement', 'replacement-cross-list']],
    [
      ['cs.CL', 'physics.gen-ph', 'math'],
      ['new', 'new', 'replacement', 'replacement'],
    ],
  ])('asked for %j, the kinds are %j', (asked, kinds) => {
    expect(page(xml, asked).items.map((item) => ('kind' in item ? item.kind : item))).toEqual(kinds);
  });

  test.each([
    ['2026-01-13T11:00:00Z', '2026-01-13'],
    ['2026-01-11T11:00:00Z', '2026-01-09'],
    ['2026-01-13T05:30:00Z', '2026-01-12'],
  ])('answered at %s, is the list of %s', (at, listDate) => {
    expect(arxivApiListing(page(xml).items, 'api', Date.parse(at), now)).toMatchObject({
      listDate,
      readAt: now,
      announced: 4,
      quiet: false,
      hasVotes: false,
    });
  });

  test.each([
    ['no title', '<title>Kettles Across Fields</title>', '', 'title'],
    ['an id of another form', 'http://arxiv.org/abs/2601.05002v1', 'urn:x', 'IDvN'],
  ])('with an entry that has %s drops it alone and says why', (_, from, to, reason) => {
    const items = page(xml.replace(from, to)).items;
    expect(items).toHaveLength(4);
    expect(items.filter((item) => 'reason' in item)).toEqual([
      { key: expect.any(String), reason: expect.stringContaining(reason) },
    ]);
  });

  test.each([
    ['an HTML page', '<!DOCTYPE html><html></html>', 'not-recognised', '<!DOCTYPE html>'],
    ['nothing', '', 'not-recognised', 'nothing'],
    ['words', 'Rate exceeded.', 'not-recognised', 'Rate exceeded.'],
    [
      'a feed of something else',
      '<feed xmlns="http://www.w3.org/2005/Atom"><title>Blog</title></feed>',
      'not-recognised',
      'Blog',
    ],
    ['half an answer', xml.slice(0, 1500), 'malformed', 'cut off'],
    ['counts that are none', feed('', 'many'), 'malformed', 'many'],
    ['an error entry', errorFeed, 'reported', 'incorrect field in query'],
    [
      'entities that expand',
      '<!DOCTYPE feed [<!ENTITY a "aaaa">]><feed>&a;</feed>',
      'not-recognised',
      '<!DOCTYPE feed',
    ],
  ])('that is %s is an error', (_, text, code, message) => {
    const reading = (): ArxivApiPage => page(text);
    expect(reading).toThrow(SourceError);
    expect(reading).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });

  test('however it is damaged, is read or is a SourceError', () => {
    fc.assert(
      fc.property(
        fc.nat(xml.length),
        fc.nat(60),
        fc.string({ unit: 'grapheme-ascii', maxLength: 8 }),
        (at, cut, put) => {
          try {
            page(xml.slice(0, at) + put + xml.slice(at + cut));
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(SourceError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('over HTTP', () => {
  test('the newest papers are asked for in slices up to the limit', async () => {
    await using server = await loopback((asked, response) => response.end(slice(5000, asked.url ?? '')));
    const answer = await read(`${server.url}/`, { maxResults: 1200, categories: ['cs.CL', 'hep-th'] });
    expect(answer).toMatchObject({ state: 'read', listing: { announced: 1200, dropped: [] } });
    const query =
      '/api/query?search_query=cat:cs.CL+OR+cat:hep-th+OR+cat:hep-th.*&sortBy=submittedDate&sortOrder=descending';
    expect(server.asked.map(({ url }) => url)).toEqual([
      `${query}&start=0&max_results=500`,
      `${query}&start=500&max_results=500`,
      `${query}&start=1000&max_results=200`,
    ]);
  });

  test.each([
    [3, 1],
    [500, 1],
    [501, 2],
    [1000, 2],
  ])('%i papers are read whole in %i requests', async (total, requests) => {
    await using server = await loopback((asked, response) => response.end(slice(total, asked.url ?? '')));
    expect(await read(server.url)).toMatchObject({ listing: { announced: total, dropped: [] } });
    expect(server.asked).toHaveLength(requests);
  });

  test.each([
    ['an empty page', feed('', 600)],
    ['an empty page that counts nothing', feed('', 0)],
    ['a page that is cut', feed(entry(1), 600)],
    ['the page of another place', feed(entry(1).repeat(500), 600, 100)],
  ])('%s where papers are is tried again', async (_, wrong) => {
    await using server = await loopback((asked, response, index) =>
      response.end(index === 1 ? wrong : slice(600, asked.url ?? '')),
    );
    expect(await read(server.url)).toMatchObject({ listing: { announced: 600, dropped: [] } });
    expect(server.asked).toHaveLength(3);
  });

  test.each([
    ['an empty page', feed('', 600), '0 from place 0 on, of 600'],
    ['a page that is cut', feed(entry(1), 600), '1 from place 0 on, of 600'],
    ['no paper at all', feed('', 0), 'none at all'],
  ])('%s three times is an error and no shorter listing', async (_, wrong, message) => {
    await using server = await loopback((_asked, response) => response.end(wrong));
    await expect(read(server.url)).rejects.toMatchObject({
      code: 'malformed',
      message: expect.stringContaining(message),
    });
    expect(server.asked).toHaveLength(3);
  });

  test.each([
    ['the error entry with status 400', 400, errorFeed, 'reported'],
    ['the error entry with status 200', 200, errorFeed, 'reported'],
    ['a whole answer with status 400', 400, feed(entry(1), 1), 'status'],
    ['HTML with status 400', 400, '<html></html>', 'not-recognised'],
    ['an HTML page', 200, '<html></html>', 'not-recognised'],
    ['half an answer', 200, xml.slice(0, 900), 'malformed'],
    ['nothing', 200, '', 'not-recognised'],
    ['an error of the server', 500, 'busy', 'status'],
    ['too many requests', 429, 'Rate exceeded.', 'status'],
  ])('%s is an error', async (_, status, body, code) => {
    await using server = await loopback((_asked, response) => response.writeHead(status).end(body));
    await expect(read(server.url)).rejects.toMatchObject({ name: 'SourceError', code });
  });

  test('the same papers are unchanged, by the tag of a single slice or by what it says', async () => {
    await using server = await loopback((asked, response) =>
      asked.headers['if-none-match'] === '"1"'
        ? response.writeHead(304).end()
        : response.writeHead(200, { etag: '"1"' }).end(slice(2, asked.url ?? '')),
    );
    const first = await read(server.url);
    if (first.state !== 'read') throw new Error('expected a listing');
    expect(first.validators.etag).toBe('"1"');
    expect(await read(server.url, { validators: first.validators })).toEqual({ state: 'unchanged' });
    const { bodyHash = '' } = first.validators;
    expect(await read(server.url, { validators: { bodyHash } })).toEqual({ state: 'unchanged' });
  });
});

test.each([
  ['https://export.arxiv.org', { group: 'arxiv.org', minIntervalMs: 3000 }],
  ['http://127.0.0.1:8080', undefined],
])('%s is asked at the pace %j', async (baseUrl, expected) => {
  const paces: unknown[] = [];
  const noting: HttpClient = {
    get: async (_url, request) => {
      paces.push(request.pace);
      return { state: 'unchanged' };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const source = arxivApi({ name: 'api', baseUrl, categories: ['cs.CL'] });
  await source.read({ key: 'api' }, { now, signal: new AbortController().signal, http: noting });
  expect(paces).toEqual([expected]);
});
