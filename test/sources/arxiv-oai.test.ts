import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { ListingAnswer } from '../../src/domain/listing.ts';
import { SourceError } from '../../src/errors.ts';
import { arxivOaiPage, type ArxivOaiPage } from '../../src/sources/arxiv-oai-page.ts';
import { arxivOai, oaiSet } from '../../src/sources/arxiv-oai.ts';
import { createHttpClient, type HttpClient } from '../../src/sources/http.ts';
import { loopback } from './loopback.ts';

const now = Date.parse('2026-01-13T11:00:00Z');
const xml = readFileSync(new URL('../fixtures/sources/arxiv-oai.xml', import.meta.url), 'utf8');
const page = (text: string, asked = ['cs.CL']): ArxivOaiPage => arxivOaiPage(text, 'an answer', asked);

const http = createHttpClient({
  userAgent: 'test',
  allowedHosts: ['127.0.0.1'],
  timeoutMs: 5000,
  maxBytes: 5_000_000,
  retryDelayMs: 1,
});
afterAll(() => http[Symbol.asyncDispose]());

const options = { name: 'oai', categories: ['cs.CL'], format: 'arXivRaw' } as const;

const read = async (baseUrl: string): Promise<ListingAnswer> =>
  arxivOai({ ...options, baseUrl }).read(
    { key: 'oai/cs.CL/2026-01-13', listDate: '2026-01-13' },
    { now, signal: new AbortController().signal, http },
  );

const oai = (inner: string): string =>
  `<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-01-13T03:00:00Z</responseDate>${inner}</OAI-PMH>`;

const record = (id: string, datestamp: string, versions: readonly number[] = [1]): string =>
  `<record><header><identifier>oai:arXiv.org:${id}</identifier><datestamp>${datestamp}</datestamp></header><metadata><arXivRaw><id>${id}</id>${versions
    .map((version) => `<version version="v${version}"><date>Mon, 12 Jan 2026 08:00:00 GMT</date></version>`)
    .join(
      '',
    )}<title>T</title><authors>A</authors><categories>cs.CL</categories><abstract>S</abstract></arXivRaw></metadata></record>`;

const error = (code: string, text: string): string => oai(`<error code="${code}">${text}</error>`);

describe('an OAI-PMH answer', () => {
  test('gives papers in either of the formats, and their kinds', () => {
    const { items, lastDate, token, isEmpty } = page(xml);
    expect([lastDate, token, isEmpty]).toEqual(['2026-01-13', undefined, false]);
    expect(
      items.flatMap((item) => ('reason' in item ? [] : [[item.kind, item.paper.id, item.paper.version]])),
    ).toEqual([
      ['new', 'arxiv:2601.05001', 1],
      ['replacement', 'arxiv:2601.05002', 2],
      ['replacement-cross-list', 'arxiv:cs/0601001', undefined],
    ]);
    expect(items.filter((item) => 'reason' in item)).toEqual([
      {
        key: 'oai:arXiv.org:2601.05003',
        reason: 'withdrawn: arXiv deleted the record on 2026-01-13',
        withdrawn: 'arxiv:2601.05003',
      },
      { key: 'oai:arXiv.org:2601.05005', reason: expect.stringContaining('<oai_dc:dc>') },
    ]);
  });

  test('in the format arXivRaw has one line of authors and the history', () => {
    expect(page(xml).items[0]).toEqual({
      sourceKey: 'oai:arXiv.org:2601.05001',
      kind: 'new',
      signals: [],
      paper: {
        id: 'arxiv:2601.05001',
        version: 1,
        title: 'Kettles',
        abstract: 'We boil. They boil.',
        authors: [
          { name: 'The Kettle Collaboration' },
          { name: 'Ada Invented', affiliation: 'Univ. A; Univ. B, Dept. C' },
          { name: 'Michał Bär', affiliation: 'Univ. B, Dept. C' },
          { name: 'C. Y. Fictional' },
        ],
        categories: ['cs.CL', 'cs.SD'],
        keywords: [],
        links: { abstract: 'https://arxiv.org/abs/2601.05001', pdf: 'https://arxiv.org/pdf/2601.05001' },
        submittedAt: Date.parse('2026-01-12T08:26:30Z'),
      },
    });
    expect(page(xml).items[1]).toMatchObject({
      paper: { version: 2, doi: '10.5555/kettle.2', submittedAt: Date.parse('2026-01-01T09:00:00Z') },
    });
  });

  test('in the format arXiv has names in parts; a lone colon is nobody, and the title may be 0', () => {
    expect(page(xml).items[3]).toMatchObject({
      paper: {
        title: '0',
        authors: [
          { name: 'Super-Kettle Collaboration' },
          { name: 'A. de Invented IV', affiliation: 'Here; There' },
        ],
        submittedAt: Date.parse('2006-01-02T00:00:00Z'),
      },
    });
  });

  test.each([
    ['2601.05001', '2026-01-13', [1], 'new'],
    ['2512.05001', '2026-01-02', [1], 'new'],
    ['2512.05001', '2026-01-08', [1], 'new'],
    ['2512.05001', '2026-01-09', [1], 'replacement'],
    ['2301.05001', '2026-01-13', [1], 'replacement'],
    ['2601.05001', '2026-01-13', [1, 2], 'replacement'],
    ['hep-th/9912001', '2000-01-05', [1], 'new'],
    ['hep-th/9912001', '2026-01-13', [1], 'replacement'],
  ])('of %s, changed on %s with the versions %j, is %s', (id, datestamp, versions, kind) => {
    const text = oai(`<ListRecords>${record(id, datestamp, versions)}</ListRecords>`);
    expect(page(text).items).toEqual([expect.objectContaining({ kind })]);
  });

  test('without any matching record is empty, not an error', () => {
    expect(page(error('noRecordsMatch', 'nothing'))).toEqual({
      items: [],
      lastDate: '2026-01-13',
      token: undefined,
      completeSize: undefined,
      isEmpty: true,
    });
  });

  test('with a record without title or id drops it alone', () => {
    const items = page(
      oai(
        `<ListRecords>${record('2601.05001', '2026-01-13')}${record('nonsense', '2026-01-13')}${record('2601.05002', '2026-01-13').replace('<title>T</title>', '')}</ListRecords>`,
      ),
    ).items;
    expect(items.map((item) => ('reason' in item ? item.reason : item.paper.id))).toEqual([
      'arxiv:2601.05001',
      expect.stringContaining('"nonsense"'),
      expect.stringContaining('title'),
    ]);
  });

  test.each([
    ['an HTML page', '<!DOCTYPE html><html></html>', 'not-recognised', '<!DOCTYPE html>'],
    ['another XML', '<rss/>', 'not-recognised', '<rss>'],
    ['half an answer', xml.slice(0, 1500), 'malformed', 'cut off'],
    ['neither records nor an error', oai(''), 'malformed', 'ListRecords'],
    ['without records and date', '<OAI-PMH><ListRecords/></OAI-PMH>', 'malformed', 'responseDate'],
    ['a wrong set', error('badArgument', 'no such set'), 'reported', 'badArgument: "no such set"'],
    ['an old token', error('badResumptionToken', 'expired'), 'reported', 'badResumptionToken'],
    ['an unknown paper', error('idDoesNotExist', 'none'), 'reported', 'idDoesNotExist'],
  ])('that is %s is an error', (_, text, code, message) => {
    const reading = (): ArxivOaiPage => page(text);
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
  const part = (ids: readonly string[], token: string): string =>
    oai(
      `<ListRecords>${ids.map((id) => record(id, '2026-01-13')).join('')}<resumptionToken completeListSize="3">${token}</resumptionToken></ListRecords>`,
    );

  test('resumption tokens are followed to the end', async () => {
    const parts = [part(['2601.00001', '2601.00002'], 'a|b c'), part(['2601.00003'], '')];
    await using server = await loopback((_, response, index) => response.end(parts[index]));
    expect(await read(`${server.url}/`)).toMatchObject({
      state: 'read',
      listing: { listDate: '2026-01-13', announced: 3, dropped: [], quiet: false },
    });
    expect(server.asked.map(({ url }) => url)).toEqual([
      '/oai?verb=ListRecords&metadataPrefix=arXivRaw&set=cs%3Acs%3ACL&from=2026-01-13&until=2026-01-13',
      '/oai?verb=ListRecords&resumptionToken=a%7Cb%20c',
    ]);
  });

  test.each([
    [
      'ends before its own count',
      [part(['2601.00001'], 'a'), part(['2601.00002'], '')],
      'malformed',
      '3 records',
    ],
    [
      'repeats its token',
      [part(['2601.00001'], 'a'), part(['2601.00002'], 'a')],
      'malformed',
      'same one again',
    ],
    ['loses its token', [part(['2601.00001'], 'a'), error('badResumptionToken', 'gone')], 'reported', 'gone'],
    ['breaks off', [part(['2601.00001'], 'a'), '<OAI-PMH><ListRec'], 'malformed', 'cut off'],
    ['becomes a page', [part(['2601.00001'], 'a'), '<html></html>'], 'not-recognised', '<html>'],
  ])('a list that %s is an error and no shorter listing', async (_, parts, code, message) => {
    await using server = await loopback((_asked, response, index) => response.end(parts[index]));
    await expect(read(server.url)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('a list without end is given up', async () => {
    await using server = await loopback((_, response, index) => response.end(part([], `token ${index}`)));
    await expect(read(server.url)).rejects.toMatchObject({ code: 'too-large' });
    expect(server.asked).toHaveLength(50);
  });

  test('a day without changes is quiet', async () => {
    await using server = await loopback((_, response) => response.end(error('noRecordsMatch', '')));
    expect(await read(server.url)).toMatchObject({ state: 'read', listing: { announced: 0, quiet: true } });
  });

  test.each([
    ['an HTML page', 200, '<html></html>', 'not-recognised'],
    ['nothing', 200, '', 'not-recognised'],
    ['an error of the server', 500, 'busy', 'status'],
    ['not modified', 304, '', 'status'],
  ])('%s is an error', async (_, status, body, code) => {
    await using server = await loopback((_asked, response) => response.writeHead(status).end(body));
    await expect(read(server.url)).rejects.toMatchObject({ name: 'SourceError', code });
  });
});

test('each category is asked for each of the last days in UTC, the oldest day first', async () => {
  const source = arxivOai({
    ...options,
    categories: ['cs.CL', 'hep-th'],
    baseUrl: 'https://x.example',
    days: 2,
  });
  expect(await source.requests(Date.parse('2026-03-01T00:30:00Z'))).toEqual([
    { key: 'oai/cs.CL/2026-02-28', listDate: '2026-02-28' },
    { key: 'oai/hep-th/2026-02-28', listDate: '2026-02-28' },
    { key: 'oai/cs.CL/2026-03-01', listDate: '2026-03-01' },
    { key: 'oai/hep-th/2026-03-01', listDate: '2026-03-01' },
  ]);
});

test.each([
  ['cs.CL', 'cs:cs:CL'],
  ['cs', 'cs'],
  ['q-fin.ST', 'q-fin:q-fin:ST'],
  ['hep-th', 'physics:hep-th'],
  ['astro-ph.GA', 'physics:astro-ph:GA'],
  ['physics.gen-ph', 'physics:physics:gen-ph'],
  ['math-ph', 'physics:math-ph'],
])('the set of %s is %s', (category, set) => {
  expect(oaiSet(category)).toBe(set);
});

test.each([
  ['https://oaipmh.arxiv.org', { group: 'arxiv.org', minIntervalMs: 3000 }],
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
  const reading = arxivOai({ ...options, baseUrl }).read(
    { key: 'oai/cs.CL/2026-01-13', listDate: '2026-01-13' },
    { now, signal: new AbortController().signal, http: noting },
  );
  await expect(reading).rejects.toThrow('none');
  expect(paces).toEqual([expected]);
});
