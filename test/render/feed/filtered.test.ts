import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RenderError } from '../../../src/errors.ts';
import { allFeed, editionsFeed } from '../../../src/render/feed/documents.ts';
import { editionHtml } from '../../../src/render/feed/edition-html.ts';
import { checkedDocument } from '../../../src/render/feed/check.ts';
import { readFeedQuery, type FeedQuery } from '../../../src/render/feed/feed-query.ts';
import { filteredFeed } from '../../../src/render/feed/filtered.ts';
import { renderJson } from '../../../src/render/feed/json.ts';
import type { FeedDocument } from '../../../src/render/feed/model.ts';
import { renderFeed } from '../../../src/render/feed/publish.ts';
import { readJson } from '../../../src/render/feed/read-json.ts';
import { sampleEdition, sampleSite } from '../edition-sample.ts';
import { documentWith, editionBefore, sampleDigest, sampleDocument } from './feed-sample.ts';
import { atomFaults, jsonFaults, rssFaults } from './lint.ts';

const all = allFeed(sampleSite, [sampleEdition, editionBefore(1, 3)]);
const self = 'https://papers.example.org/daily/feeds/all.xml?asked';

function queryOf(search: string): FeedQuery {
  const read = readFeedQuery(search, 'rss');
  if (read.state === 'fault') throw new Error(read.text);
  return read.query;
}

const asked = (search: string, now = sampleEdition.publishedAt): FeedDocument =>
  filteredFeed(all, queryOf(search), self, now);

const ids = (document: FeedDocument): readonly string[] =>
  document.items.map(({ id }) => id.split('paper/')[1] ?? '');

describe('a JSON Feed read back', () => {
  it.each([
    ['of papers', all],
    [
      'of editions',
      editionsFeed(sampleSite, sampleDigest, [sampleEdition], (edition) => editionHtml(sampleSite, edition)),
    ],
    ['of one entry', sampleDocument],
    ['without entries', { ...sampleDocument, items: [], hubUrl: 'https://hub.example/' }],
  ] as const)('%s is the document it was', (_, document) => {
    expect(readJson(renderJson(document, document.formatUrls.json))).toEqual(checkedDocument(document));
  });

  it('of any text is the document it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        const document = documentWith(text);
        expect(readJson(renderJson(document, document.formatUrls.json))).toEqual(checkedDocument(document));
      }),
      { numRuns: 30 },
    );
  });

  it('is refused when it is none of ours', () => {
    for (const text of [
      '',
      '{}',
      '[]',
      '{"version":"https://jsonfeed.org/version/1.1","title":"x","items":[]}',
    ])
      expect(() => readJson(text)).toThrow(RenderError);
  });
});

describe('parameters', () => {
  it.each([
    ['filter=Errands', ['arxiv:2611.00101']],
    ['filter_title=Errands|Pixel', ['arxiv:2611.00101', 'arxiv:2611.00301']],
    ['filter_title=pixel', []],
    ['filter_title=pixel&filter_case_sensitive=false', ['arxiv:2611.00301']],
    ['filter_author=Mira%20Invented', ['arxiv:2611.00101']],
    ['filter_category=Retrieval&limit=1', ['arxiv:2611.00101']],
    ['filter_category=cs.CV', ['arxiv:2611.00301']],
    ['filter_description=billion', ['arxiv:2611.00201']],
    ['filter=Shelf&filterout_title=Library', []],
    ['filterout=e', []],
    ['filter_title=.*', []],
    ['filter_title=%3Cscript%3E', ['arxiv:2611.00102']],
  ])('%s: %j', (search, expected) => {
    expect(ids(asked(search))).toEqual(expected);
  });

  it('filter_time counts from now', () => {
    expect(ids(asked('filter_time=3600'))).toHaveLength(9);
    expect(ids(asked('filter_time=172800'))).toHaveLength(12);
    expect(ids(asked('filter_time=3600', sampleEdition.publishedAt + 7_200_000))).toEqual([]);
  });

  it('brief cuts the content to plain text', () => {
    const [item] = asked('brief=100&limit=1').items;
    expect(item?.contentHtml).toMatch(/^<p>[^<]{50,101}<\/p>$/);
    expect(item?.summary).toBe(all.items[0]?.summary);
  });

  it('name the feed they make: another id, no archive, and addresses with the same parameters', () => {
    const found = filteredFeed(
      { ...all, hubUrl: 'https://hub.example/' },
      queryOf('limit=2&filter=a%26b'),
      self,
      0,
    );
    expect(found).toMatchObject({
      id: 'tag:papers.example.org,2026:feed/all?filter=a%26b&limit=2',
      title: 'The Morning Broadsheet · filtered',
      formatUrls: { rss: self, json: 'https://papers.example.org/daily/feeds/all.json?filter=a%26b&limit=2' },
    });
    expect(found.hubUrl).toBeUndefined();
    expect(found.paging).toBeUndefined();
  });

  it('are one text in whatever order they come, without what is unknown or changes nothing', () => {
    const canonical = (search: string): string => queryOf(search).canonical;
    expect(canonical('limit=5&filter=b|a')).toBe('filter=b%7Ca&limit=5');
    expect(canonical('utm_source=x&filter=b|a|b&limit=05&sorted=false&limit[]=3')).toBe(
      'filter=b%7Ca&limit=5',
    );
    expect(canonical('limit=100&filter=&filter_case_sensitive=false&sorted=true')).toBe('');
    expect(canonical('limit=999999')).toBe('');
    expect(canonical('key=1&code=2&mode=fulltext')).toBe('');
  });

  it.each([
    'limit=0',
    'limit=-1',
    'limit=abc',
    'limit=1e3',
    'limit=1&limit=2',
    'brief=99',
    'filter_time=yesterday',
    'sorted=maybe',
    'filter_case_sensitive=1',
    'format=xml',
    `filter=${Array.from({ length: 21 }, (_, index) => index).join('|')}`,
    'filter=%FF',
    'filter=%00',
    `filter=${'x'.repeat(2001)}`,
  ])('%s is refused with a sentence', (search) => {
    expect(readFeedQuery(search, 'rss')).toMatchObject({
      state: 'fault',
      text: expect.stringMatching(/^Expected .*\.$/),
    });
  });

  it('any query at all gives a valid feed or a sentence', () => {
    const names = [
      'filter',
      'filterout_title',
      'filter_author',
      'limit',
      'brief',
      'format',
      'filter_time',
      'x',
    ];
    const values = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('rss', 'json', 'atom', '5', '150', 'a|b', '((((a+)+)+)+$'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...names), values), { maxLength: 4 }), (parameters) => {
        const search = new URLSearchParams(
          parameters.map(([name, value]) => [name, value.toWellFormed()]),
        ).toString();
        const read = readFeedQuery(search, 'rss');
        if (read.state === 'fault') return;
        const { format } = read.query;
        const text = renderFeed(filteredFeed(all, read.query, self, 0), format);
        expect({ rss: rssFaults, atom: atomFaults, json: jsonFaults }[format](text)).toEqual([]);
        expect(queryOf(read.query.canonical).canonical).toBe(read.query.canonical);
      }),
      { numRuns: 40 },
    );
  });
});
