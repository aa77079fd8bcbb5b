import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith';
import { parseXmlDocument } from 'slimdom';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RenderError } from '../../../src/errors.ts';
import { formatInstant } from '../../../src/domain/time.ts';
import { renderAtom } from '../../../src/render/feed/atom.ts';
import { allFeed, editionsFeed, topicFeed } from '../../../src/render/feed/documents.ts';
import { editionHtml } from '../../../src/render/feed/edition-html.ts';
import { renderJson } from '../../../src/render/feed/json.ts';
import type { FeedDocument, FeedItem } from '../../../src/render/feed/model.ts';
import { renderRss } from '../../../src/render/feed/rss.ts';
import { cleanText } from '../../../src/render/text.ts';
import { sampleEdition, sampleSite } from '../edition-sample.ts';
import {
  documentWith,
  editionBefore,
  sampleDigest,
  sampleDocument,
  sampleItem,
  sampleTopic,
} from './feed-sample.ts';
import { atomFaults, elementNames, htmlFaults, jsonFaults, rssFaults } from './lint.ts';

const rss = (document: FeedDocument) => renderRss(document, document.formatUrls.rss);
const atom = (document: FeedDocument) => renderAtom(document, document.formatUrls.atom);
const json = (document: FeedDocument) => renderJson(document, document.formatUrls.json);

const at = (date: unknown) => Date.parse(String(date));
const golden = (feed: string, file: string) => `../../golden/feeds/${feed}.${file}`;

/** The sample with one item, changed so. */
const item = (change: Partial<FeedItem>) => ({ ...sampleDocument, items: [{ ...sampleItem, ...change }] });

/** What every feed of ours must hold, in all three formats. */
function expectValid(document: FeedDocument): void {
  expect(rssFaults(rss(document))).toEqual([]);
  expect(atomFaults(atom(document))).toEqual([]);
  elementNames(rss(document));
  elementNames(atom(document));
  expect(jsonFaults(json(document))).toEqual([]);
}

const withoutItems = { ...sampleDocument, items: [], updatedAt: Date.UTC(2026, 0, 1) };

const documents: readonly (readonly [string, FeedDocument])[] = [
  ['all', allFeed(sampleSite, [sampleEdition, editionBefore(1, 3)])],
  ['topic', topicFeed(sampleSite, sampleTopic, [sampleEdition])],
  [
    'editions',
    editionsFeed(sampleSite, sampleDigest, [sampleEdition], (edition) => editionHtml(sampleSite, edition)),
  ],
  ['empty', allFeed(sampleSite, [])],
  ['one', sampleDocument],
  [
    'hundred',
    allFeed(
      sampleSite,
      [0, 1, 2, 3, 4, 5].map((day) => editionBefore(day, 20)),
    ),
  ],
];

describe.each(documents)('the feed %s', (name, document) => {
  it('breaks no rule of validators in any format', () => {
    expect.hasAssertions();
    expectValid(document);
  });

  it('comes back from a parser with the same ids, titles, links and times', () => {
    const fromRss = parseRssFeed(rss(document)).items ?? [];
    const fromAtom = parseAtomFeed(atom(document)).entries ?? [];
    const fromJson = parseJsonFeed(json(document)).items ?? [];
    const same = document.items.map(({ id, title, url, publishedAt }) => [
      id,
      shown(title),
      url,
      publishedAt,
    ]);

    expect(fromRss.map((item) => [item.guid?.value, item.title, item.link, at(item.pubDate)])).toEqual(same);
    expect(
      fromAtom.map((entry) => [
        entry.id,
        unescapeHtml(entry.title?.value),
        entry.links?.[0]?.href,
        at(entry.published),
      ]),
    ).toEqual(same);
    expect(fromJson.map((item) => [item.id, item.title, item.url, at(item.date_published)])).toEqual(same);
  });

  it('is the same text twice', () => {
    expect([rss(document), atom(document), json(document)]).toEqual([
      rss(document),
      atom(document),
      json(document),
    ]);
  });

  it.skipIf(name === 'hundred')('is what it was', async () => {
    await expect(rss(document)).toMatchFileSnapshot(golden(name, 'rss.xml'));
    await expect(atom(document)).toMatchFileSnapshot(golden(name, 'atom.xml'));
    await expect(json(document)).toMatchFileSnapshot(golden(name, 'json'));
  });

  it.skipIf(spawnSync('xmllint', ['--version']).error !== undefined)(
    'is well-formed for libxml2 (skipped where xmllint is not installed)',
    () => {
      for (const xml of [rss(document), atom(document)]) {
        expect(
          spawnSync('xmllint', ['--noout', '--nonet', '-'], { input: xml, encoding: 'utf8' }),
        ).toMatchObject({
          status: 0,
          stderr: '',
        });
      }
    },
  );
});

const hostile: readonly (readonly [string, string])[] = [
  ['NUL, VT, ESC', '\u0000\u000B\u001B'],
  ['noncharacters', '\uFFFE\uFFFF\uFDD0\u{1FFFE}'],
  ['lone surrogates', '\uD800 \uDC00'],
  ['C1 and U+FFFD', '\u0085\u009F\uFFFD'],
  ['the end of CDATA, twice', ' ]]> and ]]> '],
  ['CDATA and an element', ']]></title><link>https://evil.example/</link><title><![CDATA['],
  ['markup', '<script>alert(1)</script><b>&amp;&#0;'],
  ['an entity', '&lt; &nbsp; & &&amp;amp;'],
  ['end tags', 'CO<sub>2</sub> </p></B> R&D2 &#60;'],
  ['a declaration', '<?xml version="1.1"?><!DOCTYPE x [<!ENTITY a "b">]>'],
  ['quotes', `"'\``],
  ['line ends', 'one\r\ntwo\rthree\nfour\u2028five'],
  ['emoji', '👩‍🔬😀🇩🇪'],
  ['right to left', '\u202Eשלום\u202C مرحبا'],
  ['10 kB', '<&]]>'.repeat(2000)],
];

/** A text as a feed has it: one line, and a word joiner in what would be an end tag. */
const shown = (text: string) =>
  cleanText(text)
    .replace(/\s+/g, ' ')
    .replace(/<\/(?=[\p{L}\p{N}_]+>)/gu, '</\u2060');

describe('hostile text in every field', () => {
  const plain = documentWith('x');

  it.each(hostile)('%s: no rule is broken and no element is added', (_, text) => {
    const document = documentWith(text);
    expectValid(document);
    expect(elementNames(rss(document))).toEqual(elementNames(rss(plain)));
    expect(elementNames(atom(document))).toEqual(elementNames(atom(plain)));
  });

  it.each(hostile)('%s: the text itself comes back', (_, text) => {
    const expected = shown(`a${text}b`);
    const document = documentWith(text);
    expect(texts(rss(document), 'title')).toEqual([expected, expected, expected, expected]);
    expect(texts(rss(document), 'dc:creator')).toEqual([`${expected}, Bo Sample`, `${expected}, Bo Sample`]);
    expect(texts(atom(document), 'title').map(unescapeHtml)).toEqual([expected, expected, expected]);
    const [first] = parseJsonFeed(json(document)).items ?? [];
    expect([first?.title, first?.authors?.[0]?.name, first?.tags?.[0]]).toEqual([
      expected,
      expected,
      expected,
    ]);
  });

  it('any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const document = documentWith(text);
        expect(elementNames(rss(document))).toEqual(elementNames(rss(plain)));
        expect(elementNames(atom(document))).toEqual(elementNames(atom(plain)));
        expect(texts(rss(document), 'title')[0]).toBe(shown(`a${text}b`));
      }),
      { numRuns: 100 },
    );
  });

  it('an abstract, a name, a reason and a source, through to clean HTML', () => {
    for (const [, text] of hostile) {
      const edition = editionBefore(1, 1, {
        title: text,
        abstract: text,
        authors: [{ name: text }],
        categories: [text],
        organization: text,
        source: `x${text}`,
        doi: `10.1/${text}`,
        links: { abstract: `https://a.example/${text}`, code: `javascript:${text}`, pdf: text },
      });
      const document = allFeed(sampleSite, [edition]);
      expectValid(document);
      const whole = editionsFeed(sampleSite, sampleDigest, [edition], (one) => editionHtml(sampleSite, one));
      expectValid(whole);
      expect(whole.items.flatMap((item) => htmlFaults(item.contentHtml))).toEqual([]);
    }
  });
});

describe('times and places', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  });

  it('are the same in another zone and on another day', () => {
    const before = [
      rss(sampleDocument),
      atom(sampleDocument),
      json(sampleDocument),
      rss(withoutItems),
      atom(withoutItems),
    ];
    vi.stubEnv('TZ', 'Pacific/Chatham');
    vi.setSystemTime(new Date('2031-01-01T00:00:00Z'));
    expect([
      rss(sampleDocument),
      atom(sampleDocument),
      json(sampleDocument),
      rss(withoutItems),
      atom(withoutItems),
    ]).toEqual(before);
  });

  it('of an empty feed are the constant of the document', () => {
    expectValid(withoutItems);
    expect(parseRssFeed(rss(withoutItems)).lastBuildDate).toBe('Thu, 01 Jan 2026 00:00:00 GMT');
    expect(parseAtomFeed(atom(withoutItems)).updated).toBe('2026-01-01T00:00:00Z');
    expect(JSON.parse(json(withoutItems))).toMatchObject({ items: [] });
  });

  it('name the address that the text will have, and the other formats beside it', () => {
    const self = 'https://mirror.example/feed?a=1&b=2';
    expect(parseJsonFeed(renderJson(sampleDocument, self)).feed_url).toBe(self);
    expect(parseRssFeed(renderRss(sampleDocument, self)).atom?.links).toEqual([
      { rel: 'self', type: 'application/rss+xml', href: self },
      { rel: 'alternate', type: 'application/atom+xml', href: sampleDocument.formatUrls.atom },
      { rel: 'alternate', type: 'application/feed+json', href: sampleDocument.formatUrls.json },
    ]);
    expect(
      parseAtomFeed(renderAtom(sampleDocument, self)).links?.filter((link) => link.rel === 'self'),
    ).toEqual([{ rel: 'self', type: 'application/atom+xml', href: self }]);
  });

  it('are URIs in ASCII', () => {
    const item = { ...sampleItem, url: 'https://papers.example.org/p/é|[1] 2?q=%zz^' };
    expect(parseRssFeed(rss({ ...sampleDocument, items: [item] })).items?.[0]?.link).toBe(
      'https://papers.example.org/p/%C3%A9%7C%5B1%5D%202?q=%25zz%5E',
    );
  });
});

describe('the facts of a paper', () => {
  it('stand in all formats', () => {
    const issued = formatInstant(Date.UTC(2026, 10, 22, 18));
    expect(texts(rss(sampleDocument), 'dcterms:issued')).toEqual([issued]);
    expect(texts(atom(sampleDocument), 'dcterms:issued')).toEqual([issued]);
    expect(JSON.parse(json(sampleDocument))).toMatchObject({
      items: [{ _paper: { id: 'arxiv:2611.00001', version: 1, submitted_at: issued, author_count: 2 } }],
    });
  });

  it.each<[string, number]>([
    ['before 1990', Date.UTC(1905, 5, 30)],
    ['after the entry', Date.UTC(2027, 0, 1)],
  ])('leave a date %s to the JSON, for validators do not believe it', (_, submittedAt) => {
    const old = item({ ...(sampleItem.paper && { paper: { ...sampleItem.paper, submittedAt } }) });
    expectValid(old);
    expect(texts(rss(old), 'dcterms:issued')).toEqual([]);
    expect(texts(atom(old), 'dcterms:issued')).toEqual([]);
    expect(JSON.parse(json(old))).toMatchObject({
      items: [{ _paper: { submitted_at: formatInstant(submittedAt) } }],
    });
  });

  it('name every author in order, and an ellipsis for those the edition left out', () => {
    expect(texts(rss(sampleDocument), 'dc:creator')).toEqual(['Ada Example, Bo Sample']);
    expect(parseAtomFeed(atom(sampleDocument)).entries?.[0]?.authors).toEqual([
      { name: 'Ada Example' },
      { name: 'Bo Sample' },
    ]);
    const many = { ...sampleItem, paper: sampleItem.paper && { ...sampleItem.paper, authorCount: 312 } };
    expect(texts(rss({ ...sampleDocument, items: [many as FeedItem] }), 'dc:creator')).toEqual([
      'Ada Example … Bo Sample',
    ]);
  });
});

describe('an invalid document is refused by the name of the field', () => {
  it.each<[string, FeedDocument]>([
    ['id', { ...sampleDocument, id: '' }],
    ['title', { ...sampleDocument, title: ' \u0000 ' }],
    ['language', { ...sampleDocument, language: 'English please' }],
    ['pageUrl', { ...sampleDocument, pageUrl: '/feeds/' }],
    ['stylesheetUrl', { ...sampleDocument, stylesheetUrl: 'feed.css' }],
    ['updatedAt', { ...sampleDocument, updatedAt: Number.NaN }],
    ['items.0.id', item({ id: '2611.00001' })],
    ['items.0.title', item({ title: '' })],
    ['items.0.url', item({ url: '//papers.example.org/p/' })],
    ['items.0.url', item({ url: 'javascript:alert(1)' })],
    ['items.0.externalUrl', item({ externalUrl: 'https://user:secret@a.example/' })],
    ['items.0.summary', item({ summary: '' })],
    ['items.0.contentHtml', item({ contentHtml: '' })],
    ['items.0.contentHtml', item({ contentHtml: '<p><a href="/p/1">x</a></p>' })],
    ['items.0.contentHtml', item({ contentHtml: '<img alt="" src=x.png>' })],
    ['items.0.publishedAt', item({ publishedAt: Number.NaN })],
    ['items.0.updatedAt', item({ updatedAt: 0 })],
    ['items.0.updatedAt', item({ updatedAt: sampleItem.publishedAt - 1 })],
    ['items.0.related.0.url', item({ related: [{ title: 'Code', url: 'code' }] })],
    ['items.1.id', { ...sampleDocument, items: [sampleItem, sampleItem] }],
    [
      'items.1.updatedAt',
      { ...sampleDocument, items: [sampleItem, { ...sampleItem, id: 'tag:a.example,2026:2' }] },
    ],
  ])('%s', (field, document) => {
    for (const render of [rss, atom, json]) {
      const refusal = (() => {
        try {
          return render(document);
        } catch (error) {
          return error;
        }
      })();
      expect(refusal).toBeInstanceOf(RenderError);
      expect(refusal).toMatchObject({ field, code: 'RENDER' });
    }
  });
});

/** The text of all elements of that name, in document order. */
function texts(xml: string, name: string): readonly string[] {
  return parseXmlDocument(xml)
    .getElementsByTagName(name)
    .map((element) => element.textContent ?? '');
}

function unescapeHtml(html: string | undefined): string {
  expect(html ?? '').not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
  return (html ?? '').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
