import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Listing, ListingAnswer, Validators } from '../../src/domain/listing.ts';
import { SourceError } from '../../src/errors.ts';
import { arxivListingPage, type ArxivListingPage } from '../../src/sources/arxiv-listing-page-html.ts';
import { arxivListingPages } from '../../src/sources/arxiv-listing-page.ts';
import { createHttpClient, type HttpClient } from '../../src/sources/http.ts';
import { loopback } from './loopback.ts';

const now = Date.parse('2026-01-13T11:00:00Z');
const html = readFileSync(new URL('../fixtures/sources/arxiv-listing-page.html', import.meta.url), 'utf8');
const page = (text: string, category = 'cs.CL'): ArxivListingPage =>
  arxivListingPage(text, category, 'a page');

const http = createHttpClient({
  userAgent: 'test',
  allowedHosts: ['127.0.0.1'],
  timeoutMs: 5000,
  maxBytes: 5_000_000,
  retryDelayMs: 1,
});
afterAll(() => http[Symbol.asyncDispose]());

const source = (baseUrl: string): ReturnType<typeof arxivListingPages> =>
  arxivListingPages({ name: 'pages', baseUrl, categories: ['cs.CL', 'cs.LG'], catchUpDays: 2 });

const read = (baseUrl: string, key = 'list/cs.CL/new', validators?: Validators): Promise<ListingAnswer> =>
  source(baseUrl).read(
    { key },
    { now, signal: new AbortController().signal, http, ...(validators ? { validators } : {}) },
  );

const listingOf = async (answer: Promise<ListingAnswer>): Promise<Listing> => {
  const found = await answer;
  if (found.state !== 'read') throw new Error('expected a listing');
  return found.listing;
};

const paper = (place: number): string =>
  `<dt><a href="/abs/2601.${String(10_000 + place)}" title="Abstract">x</a></dt><dd><div class="list-title mathjax"><span class="descriptor">Title:</span> Paper ${place}</div></dd>`;

const section = (heading: string, from: number, count: number): string =>
  `<dl id="articles"><h3>${heading}</h3>${Array.from({ length: count }, (_, index) => paper(from + index)).join('')}</dl>`;

const day = (
  inner: string,
  total: number,
  heading = '<h3>Showing new listings for Tuesday, 13 January 2026</h3>',
): string =>
  `<html><body><div id="dlpage">${heading}<div class="paging">Total of ${total} entries</div>${inner}</div></body></html>`;

const catchUpHeading = '<h1>Catchup results for Computation and Language on Mon, 12 Jan 2026</h1>';

describe('a page of new papers', () => {
  test('has its day, its sections and how many papers each of them has', () => {
    const { listDate, total, totals, items } = page(html);
    expect([listDate, total]).toEqual(['2026-01-13', 5]);
    expect([...totals]).toEqual([
      ['New', 2],
      ['Cross', 1],
      ['Replacement', 2],
    ]);
    expect(items.map(({ item }) => ('reason' in item ? item : [item.kind, item.paper.id]))).toEqual([
      ['new', 'arxiv:2601.05001'],
      ['new', 'arxiv:2601.05002'],
      ['cross-list', 'arxiv:2601.05003'],
      ['replacement', 'arxiv:cs/0601001'],
      ['replacement-cross-list', 'arxiv:2512.00003'],
    ]);
  });

  test('gives the whole paper without the labels', () => {
    const [first, second, third] = page(html).items.map(({ item }) => item);
    expect(first).toEqual({
      sourceKey: 'arXiv:2601.05001',
      kind: 'new',
      signals: [],
      paper: {
        id: 'arxiv:2601.05001',
        title: 'Learning $\\alpha$-Stable Teapots when p < 0.05',
        abstract: 'We teach. They learn at this https URL.',
        authors: [
          { name: 'Ada Invented', affiliation: 'Dept. of Teapots, Univ. of Nowhere' },
          { name: 'Bo Made-Up' },
        ],
        categories: ['cs.CL', 'cs.SD', 'physics.data-an'],
        keywords: [],
        comments: '12 pages',
        links: { abstract: 'https://arxiv.org/abs/2601.05001', pdf: 'https://arxiv.org/pdf/2601.05001' },
      },
    });
    expect(second).toMatchObject({
      paper: { title: '0', authors: [{ name: 'Di Imagined' }, { name: 'El Unreal' }] },
    });
    expect(third).toMatchObject({ paper: { authors: [] } });
  });

  test('of a whole archive has its replacements from within it', () => {
    expect(
      page(html, 'math')
        .items.map(({ item }) => ('kind' in item ? item.kind : item))
        .slice(3),
    ).toEqual(['replacement-cross-list', 'replacement']);
  });

  test.each([
    ['no title', 'Kettles Across Fields', '', 'title'],
    ['no link to its abstract', 'href ="/abs/2601.05003"', 'href="/x"', '/abs/ID'],
  ])('drops only the paper with %s', (_, from, to, reason) => {
    expect(page(html.replace(from, to)).items.filter(({ item }) => 'reason' in item)).toEqual([
      { section: 'Cross', item: { key: expect.any(String), reason: expect.stringContaining(reason) } },
    ]);
  });

  test.each([
    ['another page', '<html><title>arXiv is down</title></html>', 'not-recognised', 'arXiv is down'],
    ['nothing', '', 'not-recognised', '""'],
    ['a feed', '<rss version="2.0"></rss>', 'not-recognised', '<rss'],
    ['a page without a day', html.replace('Showing new listings for', 'Hello'), 'not-recognised', 'day'],
    [
      'half a page',
      html.slice(0, html.indexOf("<a name='item5'>")),
      'malformed',
      '2 replacement submissions',
    ],
    ['a page of another form', html.replaceAll('<dt>', '<div>'), 'malformed', '2 new submissions'],
  ])('that is %s is an error', (_, text, code, message) => {
    const reading = (): ArxivListingPage => page(text);
    expect(reading).toThrow(SourceError);
    expect(reading).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });

  test('however it is damaged, is read or is a SourceError', () => {
    fc.assert(
      fc.property(
        fc.nat(html.length),
        fc.nat(60),
        fc.string({ unit: fc.constantFrom(...Array.from('<>/"\'=&;adlt ')) }),
        (at, cut, put) => {
          try {
            page(html.slice(0, at) + put + html.slice(at + cut));
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(SourceError);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('nested 20,000 deep ends in time', () => {
    const started = performance.now();
    expect(() => page('<div id="dlpage">'.repeat(20_000))).toThrow(SourceError);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('over HTTP', () => {
  test('one page is the newest listing', async () => {
    await using server = await loopback((_, response) => response.end(html));
    expect(await listingOf(read(`${server.url}/`))).toMatchObject({
      source: 'pages',
      listDate: '2026-01-13',
      announced: 5,
      dropped: [],
      quiet: false,
      hasVotes: false,
    });
    expect(server.asked.map(({ url }) => url)).toEqual(['/list/cs.CL/new?skip=0&show=2000']);
  });

  test('a listing over several pages is read whole, a section over two pages included', async () => {
    const pages = [
      day(
        section('New submissions (showing 3 of 3 entries)', 0, 3) +
          section('Cross submissions (showing first 1 of 2 entries)', 3, 1),
        6,
      ),
      day(
        section('Cross submissions (continued, showing last 1 of 2 entries)', 4, 1) +
          section('Replacement submissions (showing 1 of 1 entries)', 5, 1),
        6,
      ),
    ];
    await using server = await loopback((_, response, index) => response.end(pages[index]));
    expect(await listingOf(read(server.url))).toMatchObject({ announced: 6, dropped: [] });
    expect(server.asked.map(({ url }) => url)).toEqual([
      '/list/cs.CL/new?skip=0&show=2000',
      '/list/cs.CL/new?skip=2000&show=2000',
    ]);
  });

  test.each([
    [
      'a second page that does not come',
      [day(section('New submissions (showing first 1 of 2 entries)', 0, 1), 2), day('', 2)],
      '2 in the section New',
    ],
    [
      'a section that is left out',
      [day(section('New submissions (showing 1 of 1 entries)', 0, 1), 2), day('', 2)],
      '2 papers in all',
    ],
    [
      'a second page of another day',
      [
        day(section('New submissions (showing first 1 of 2 entries)', 0, 1), 2),
        day(
          section('New submissions (continued, showing last 1 of 2 entries)', 1, 1),
          2,
          '<h3>Showing new listings for Wednesday, 14 January 2026</h3>',
        ),
      ],
      'several',
    ],
  ])('%s makes it an error and no shorter listing', async (_, pages, message) => {
    await using server = await loopback((_asked, response, index) => response.end(pages[index]));
    await expect(read(server.url)).rejects.toMatchObject({
      code: 'malformed',
      message: expect.stringContaining(message),
    });
  });

  test('an earlier day is caught up with once, then not asked for again', async () => {
    const body = day(section('New submissions (showing 1 of 1 entries)', 0, 1), 1, catchUpHeading);
    await using server = await loopback((_, response) => response.end(body));
    const answer = await read(server.url, 'catchup/cs.CL/2026-01-12');
    if (answer.state !== 'read') throw new Error('expected a listing');
    expect(answer.listing).toMatchObject({ listDate: '2026-01-12', announced: 1 });
    expect(server.asked.map(({ url }) => url)).toEqual(['/catchup/cs.CL/2026-01-12?abs=True&page=1']);
    expect(await read(server.url, 'catchup/cs.CL/2026-01-12', answer.validators)).toEqual({
      state: 'unchanged',
    });
    expect(server.asked).toHaveLength(1);
  });

  test('an earlier day that has nothing is asked for again', async () => {
    await using server = await loopback((_, response) =>
      response.end(day('<p>No updates</p>', 0, catchUpHeading)),
    );
    const answer = await read(server.url, 'catchup/cs.CL/2026-01-12');
    expect(answer).toMatchObject({ state: 'read', listing: { announced: 0, quiet: false }, validators: {} });
  });

  test('an earlier day that still has nothing after three days is quiet, and not asked for again', async () => {
    await using server = await loopback((_, response) =>
      response.end(day('<p>No updates</p>', 0, catchUpHeading)),
    );
    const later = { now: now + 4 * 86_400_000, signal: new AbortController().signal, http };
    const answer = await source(server.url).read({ key: 'catchup/cs.CL/2026-01-12' }, later);
    expect(answer).toMatchObject({ state: 'read', listing: { announced: 0, quiet: true } });
    const validators = answer.state === 'read' ? answer.validators : {};
    expect(
      await source(server.url).read({ key: 'catchup/cs.CL/2026-01-12' }, { ...later, validators }),
    ).toEqual({
      state: 'unchanged',
    });
  });

  test('is not read where robots.txt forbids it', async () => {
    await using server = await loopback(
      (_, response) => response.end('User-agent: *\nDisallow: /list/'),
      true,
    );
    await expect(read(server.url)).rejects.toMatchObject({ code: 'reported' });
    expect(server.asked.map(({ url }) => url)).toEqual(['/robots.txt']);
  });

  test('another day than the one asked for is an error', async () => {
    await using server = await loopback((_, response) => response.end(day('', 0, catchUpHeading)));
    await expect(read(server.url, 'catchup/cs.CL/2026-01-09')).rejects.toMatchObject({ code: 'malformed' });
  });

  test('the newest listing that says the same is unchanged', async () => {
    await using server = await loopback((_, response) => response.end(html));
    const answer = await read(server.url);
    if (answer.state !== 'read') throw new Error('expected a listing');
    expect(await read(server.url, 'list/cs.CL/new', answer.validators)).toEqual({ state: 'unchanged' });
  });

  test.each([
    ['another page', 200, '<html></html>', 'not-recognised'],
    ['nothing', 200, '', 'not-recognised'],
    ['an unknown category', 404, 'no', 'status'],
    ['an error of the server', 500, 'busy', 'status'],
    ['not modified', 304, '', 'status'],
  ])('%s is an error', async (_, status, body, code) => {
    await using server = await loopback((_asked, response) => response.writeHead(status).end(body));
    await expect(read(server.url)).rejects.toMatchObject({ name: 'SourceError', code });
  });

  test.each(['list/cs.AI/new', 'list/cs.CL/recent', 'catchup/cs.CL/2026-02-30', '../x'])(
    'a request for %s is an error',
    async (key) => {
      await expect(read('http://127.0.0.1:1', key)).rejects.toMatchObject({ code: 'unreachable' });
    },
  );
});

test('the working days before are asked for, oldest first, then the newest listing', async () => {
  expect(
    (await source('https://x.example').requests(Date.parse('2026-01-20T11:00:00Z'))).map(({ key }) => key),
  ).toEqual([
    'catchup/cs.CL/2026-01-15',
    'catchup/cs.LG/2026-01-15',
    'catchup/cs.CL/2026-01-16',
    'catchup/cs.LG/2026-01-16',
    'list/cs.CL/new',
    'list/cs.LG/new',
  ]);
});

test('days more than 90 days back are not asked for', async () => {
  const many = arxivListingPages({
    name: 'p',
    baseUrl: 'https://x.example',
    categories: ['cs.CL'],
    catchUpDays: 500,
  });
  const [first] = await many.requests(now);
  expect(first?.key).toBe('catchup/cs.CL/2025-10-15');
});

test('further holidays are no list days, and no list is due on them', async () => {
  const pages = arxivListingPages({
    name: 'p',
    baseUrl: 'https://x.example',
    categories: ['cs.CL'],
    catchUpDays: 2,
    holidays: ['2027-01-01'],
  });
  const at = Date.parse('2027-01-04T12:00:00Z');
  expect((await pages.requests(at)).map(({ key }) => key)).toEqual([
    'catchup/cs.CL/2026-12-28',
    'catchup/cs.CL/2026-12-30',
    'list/cs.CL/new',
  ]);
  expect(pages.dueDate?.(Date.parse('2027-01-01T12:00:00Z'))).toBe('2026-12-30');
  expect(source('https://x.example').dueDate?.(Date.parse('2027-01-01T12:00:00Z'))).toBe('2027-01-01');
});

test.each([
  ['https://arxiv.org', { group: 'arxiv.org', minIntervalMs: 3000 }],
  ['http://127.0.0.1:8080', undefined],
])('%s is asked at the pace %j', async (baseUrl, expected) => {
  const paces: unknown[] = [];
  const noting: HttpClient = {
    get: async (_url, request) => {
      paces.push(request.pace);
      throw new SourceError('unreachable', 'none');
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const context = { now, signal: new AbortController().signal, http: noting };
  await expect(source(baseUrl).read({ key: 'list/cs.CL/new' }, context)).rejects.toThrow('none');
  expect(paces).toEqual([expected]);
});
