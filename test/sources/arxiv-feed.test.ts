import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { Listing, ListingAnswer, Validators } from '../../src/domain/listing.ts';
import { SourceError } from '../../src/errors.ts';
import { arxivFeed } from '../../src/sources/arxiv-feed.ts';
import { arxivListing } from '../../src/sources/arxiv-listing.ts';
import { createHttpClient, type HttpClient } from '../../src/sources/http.ts';
import { loopback } from './loopback.ts';

const now = Date.parse('2026-01-13T11:00:00Z');
const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/sources/${name}`, import.meta.url), 'utf8');
const rss = fixture('arxiv-rss.xml');
const atom = fixture('arxiv-atom.xml');
const listed = (xml: string): Listing => arxivListing(xml, 'arxiv', 'a feed', now);

const http = createHttpClient({
  userAgent: 'test',
  allowedHosts: ['127.0.0.1'],
  timeoutMs: 5000,
  maxBytes: 1_000_000,
  retryDelayMs: 1,
});
afterAll(() => http[Symbol.asyncDispose]());

const read = async (
  baseUrl: string,
  format: 'rss' | 'atom' = 'rss',
  validators?: Validators,
): Promise<ListingAnswer> => {
  const source = arxivFeed({ name: 'arxiv', baseUrl, categories: ['cs.CL', 'cs.LG'], format });
  const [request] = await source.requests(now);
  if (!request) throw new Error('no request');
  return source.read(request, {
    now,
    signal: new AbortController().signal,
    http,
    ...(validators ? { validators } : {}),
  });
};

const emptyRss = (pubDate: string): string =>
  `<rss version="2.0"><channel><title>cs updates on arXiv.org</title><pubDate>${pubDate}</pubDate></channel></rss>`;

const emptyAtom = (updated: string): string =>
  `<feed xmlns="http://www.w3.org/2005/Atom"><title>cs updates on arXiv.org</title><updated>${updated}</updated></feed>`;

describe('a listing in RSS', () => {
  test("is that of its day in New York, every kind in the source's order", () => {
    const listing = listed(rss);
    expect(listing).toMatchObject({
      source: 'arxiv',
      listDate: '2026-01-13',
      readAt: now,
      announced: 4,
      dropped: [],
      quiet: false,
      hasVotes: false,
    });
    expect(
      listing.entries.map(({ kind, sourceKey, paper }) => [kind, sourceKey, paper.id, paper.version]),
    ).toEqual([
      ['new', 'oai:arXiv.org:2601.05001v1', 'arxiv:2601.05001', 1],
      ['cross-list', 'oai:arXiv.org:2601.05002v1', 'arxiv:2601.05002', 1],
      ['replacement', 'oai:arXiv.org:cs/0601001v3', 'arxiv:cs/0601001', 3],
      ['replacement-cross-list', 'oai:arXiv.org:2512.00003v2', 'arxiv:2512.00003', 2],
    ]);
  });

  test('gives the whole paper, TeX as it stands and the abstract without what arXiv writes before it', () => {
    expect(listed(rss).entries[0]).toEqual({
      sourceKey: 'oai:arXiv.org:2601.05001v1',
      kind: 'new',
      signals: [],
      paper: {
        id: 'arxiv:2601.05001',
        version: 1,
        title: 'Learning $\\alpha$-Stable Teapots for $1 Million',
        abstract: 'We teach teapots that p < 0.05 is <think>not</think> enough.',
        authors: [
          { name: 'Ada Invented', affiliation: 'Dept. of Teapots, Univ. of Nowhere (UoN)' },
          { name: 'Bo Made-Up' },
        ],
        categories: ['cs.LG', 'cs.CL'],
        keywords: [],
        links: { abstract: 'https://arxiv.org/abs/2601.05001', pdf: 'https://arxiv.org/pdf/2601.05001' },
      },
    });
  });

  test('tells the DOI where there is one, keeps the title "0", and lives without authors', () => {
    const [, , replaced, zero] = listed(rss).entries;
    expect(replaced?.paper.doi).toBe('10.5555/kettle.2006');
    expect(zero?.paper).toMatchObject({ title: '0', authors: [] });
  });

  test('without the announce type element takes it from the description', () => {
    const kinds = listed(rss.replace(/<arxiv:announce_type>.*<\/arxiv:announce_type>/g, '')).entries.map(
      ({ kind }) => kind,
    );
    expect(kinds).toEqual(['new', 'cross-list', 'replacement', 'replacement-cross-list']);
  });

  test.each([
    [
      'an unknown announce type',
      '<arxiv:announce_type>cross<',
      '<arxiv:announce_type>absonly<',
      'oai:arXiv.org:2601.05002v1',
      'absonly',
    ],
    ['no title', '<title>Kettles Across Fields</title>', '', 'oai:arXiv.org:2601.05002v1', 'title'],
    ['an id of another form', 'oai:arXiv.org:2601.05002v1', 'urn:x', 'urn:x', 'oai:arXiv.org:ID'],
    [
      'the id of another paper',
      'oai:arXiv.org:2601.05002v1',
      'oai:arXiv.org:2601.05001v2',
      'oai:arXiv.org:2601.05001v2',
      'came again',
    ],
  ])('drops only the item with %s', (_, from, to, key, reason) => {
    const listing = listed(rss.replace(from, to));
    expect(listing.announced).toBe(4);
    expect(listing.entries).toHaveLength(3);
    expect(listing.dropped).toEqual([{ key, reason: expect.stringContaining(reason) }]);
  });
});

describe('a listing in Atom', () => {
  test('is that of the day of its entries in New York', () => {
    const listing = listed(atom);
    expect(listing).toMatchObject({ listDate: '2026-07-14', announced: 1, hasVotes: false });
    expect(listing.entries[0]).toMatchObject({
      kind: 'new',
      paper: {
        id: 'arxiv:2607.05001',
        abstract: 'We whistle.',
        authors: [{ name: 'Ada Invented' }, { name: 'Bo Made-Up' }],
        categories: ['cs.CL', 'cs.SD'],
      },
    });
  });
});

describe('an empty feed', () => {
  test.each([
    ['Saturday', emptyRss('Sat, 10 Jan 2026 00:00:00 -0500'), '2026-01-10', true],
    ['Sunday in summer time', emptyRss('Sun, 12 Jul 2026 00:00:00 -0400'), '2026-07-12', true],
    ['a holiday', emptyRss('Thu, 26 Nov 2026 00:00:00 -0500'), '2026-11-26', true],
    ['a working day', emptyRss('Tue, 13 Jan 2026 00:00:00 -0500'), '2026-01-13', false],
    [
      'a holiday of a year that is not known',
      emptyRss('Thu, 25 Nov 2027 00:00:00 -0500'),
      '2027-11-25',
      false,
    ],
    ['Sunday in Atom', emptyAtom('2026-04-26T04:00:01.204113+00:00'), '2026-04-26', true],
    ['Sunday in Atom in winter', emptyAtom('2026-01-11T05:00:01+00:00'), '2026-01-11', true],
    ['a working day in Atom', emptyAtom('2026-01-13T05:00:01+00:00'), '2026-01-13', false],
  ])('on %s', (_, xml, listDate, quiet) => {
    expect(listed(xml)).toMatchObject({ listDate, quiet, announced: 0, entries: [], dropped: [] });
  });
});

describe('what is no listing is an error that says what came', () => {
  test.each([
    ['an HTML page', '<!DOCTYPE html><html><head></head></html>', 'not-recognised', '<!DOCTYPE html>'],
    ['an HTML page without a doctype', '<html><body>', 'not-recognised', '<html>'],
    ['nothing', '', 'not-recognised', 'nothing'],
    ['JSON', '{"a":1}', 'not-recognised', '{"a":1}'],
    ['another XML', '<opml version="2.0"/>', 'not-recognised', '<opml>'],
    [
      'a feed of somebody else',
      rss.replaceAll('oai:arXiv.org:', 'https://blog.example/'),
      'not-recognised',
      'oai:arXiv.org:ID',
    ],
    ['half a feed', rss.slice(0, 2500), 'malformed', 'cut off'],
    ['a feed without a date', emptyRss(''), 'malformed', 'date'],
    [
      'entities that expand',
      '<!DOCTYPE rss [<!ENTITY a "aaaa">]><rss>&a;</rss>',
      'not-recognised',
      '<!DOCTYPE rss',
    ],
    [
      'a feed that reports an error',
      emptyRss('').replace('cs updates on arXiv.org', 'Feed error for query: cs.NO'),
      'reported',
      'cs.NO',
    ],
  ])('%s', (_, xml, code, message) => {
    const reading = (): Listing => listed(xml);
    expect(reading).toThrow(SourceError);
    expect(reading).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
});

describe('over HTTP', () => {
  test('one feed holds all categories', async () => {
    await using server = await loopback((_, response) => response.writeHead(200, { etag: '"1"' }).end(rss));
    const answer = await read(`${server.url}/`);
    expect(server.asked.map(({ url }) => url)).toEqual(['/rss/cs.CL+cs.LG']);
    expect(answer).toMatchObject({ state: 'read', listing: { announced: 4 }, validators: { etag: '"1"' } });
  });

  test('an unchanged tag is unchanged', async () => {
    await using server = await loopback((asked, response) =>
      response.writeHead(asked.headers['if-none-match'] === '"1"' ? 304 : 200).end(),
    );
    expect(await read(server.url, 'rss', { etag: '"1"' })).toEqual({ state: 'unchanged' });
  });

  test('a new time of generation is no change, a new day is', async () => {
    const bodies = [
      atom,
      atom.replaceAll('2026-07-14T04:00:01.204113', '2026-07-14T09:30:00.000001'),
      emptyAtom('2026-07-18T04:00:01+00:00'),
      emptyAtom('2026-07-19T04:00:01+00:00'),
    ];
    await using server = await loopback((_, response, index) => response.end(bodies[index]));
    const first = await read(server.url, 'atom');
    if (first.state !== 'read') throw new Error('expected a listing');
    expect(await read(server.url, 'atom', first.validators)).toEqual({ state: 'unchanged' });
    const saturday = await read(server.url, 'atom', first.validators);
    if (saturday.state !== 'read') throw new Error('expected a listing');
    expect(await read(server.url, 'atom', saturday.validators)).toMatchObject({
      state: 'read',
      listing: { listDate: '2026-07-19', quiet: true },
    });
  });

  test.each([
    [
      'an unknown category',
      400,
      emptyRss('').replace('cs updates on arXiv.org', 'Feed error for query: cs.NO'),
      'reported',
    ],
    ['a feed with status 400', 400, rss, 'status'],
    ['an HTML page', 200, '<html></html>', 'not-recognised'],
    ['an error of the server', 503, 'busy', 'status'],
  ])('%s is an error', async (_, status, body, code) => {
    await using server = await loopback((_asked, response) => response.writeHead(status).end(body));
    await expect(read(server.url)).rejects.toMatchObject({ name: 'SourceError', code });
  });
});

test.each([
  ['https://rss.arxiv.org', { group: 'arxiv.org', minIntervalMs: 3000 }],
  ['https://arxiv.org', { group: 'arxiv.org', minIntervalMs: 3000 }],
  ['https://notarxiv.org', undefined],
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
  const source = arxivFeed({ name: 'arxiv', baseUrl, categories: ['cs.CL'], format: 'rss' });
  await source.read({ key: 'rss/cs.CL' }, { now, signal: new AbortController().signal, http: noting });
  expect(paces).toEqual([expected]);
});

describe('holidays of the configuration', () => {
  const emptyFriday = emptyRss('Fri, 01 Jan 2027 00:00:00 -0500');

  test('are quiet days of the feed', () => {
    expect(arxivListing(emptyFriday, 'arxiv', 'a feed', now)).toMatchObject({ quiet: false });
    expect(arxivListing(emptyFriday, 'arxiv', 'a feed', now, ['2027-01-01'])).toMatchObject({
      listDate: '2027-01-01',
      quiet: true,
    });
  });

  test('are neither due nor missed', () => {
    const source = arxivFeed({
      name: 'arxiv',
      baseUrl: 'https://x.example',
      categories: ['cs.CL'],
      format: 'rss',
      holidays: ['2027-01-01'],
    });
    expect(source.dueDate?.(Date.parse('2027-01-01T12:00:00Z'))).toBe('2026-12-30');
    expect(source.newestListOnly?.listDatesBetween('2026-12-28', '2027-01-06')).toEqual([
      '2026-12-30',
      '2027-01-04',
      '2027-01-05',
    ]);
  });
});
