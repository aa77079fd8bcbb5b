/** Feeds that are asked for with parameters, over a socket. */
import { parseAtomFeed, parseRssFeed } from 'feedsmith';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PublishedDocument } from '../../src/domain/site.ts';
import { editionHtml } from '../../src/render/feed/edition-html.ts';
import { renderFeeds } from '../../src/render/feed/publish.ts';
import { feedSite, material, weekly } from '../render/feed/feed-site.ts';
import { sampleDigest } from '../render/feed/feed-sample.ts';
import { atomFaults, jsonFaults, rssFaults } from '../render/feed/lint.ts';
import { readFeed } from '../render/feed/read-feed.ts';
import { openSite, type Answer, type OpenSite } from './over-sockets.ts';

function published(days: number): readonly PublishedDocument[] {
  const { editions, trending } = material({ days, picks: 3 });
  const feeds = renderFeeds(
    feedSite,
    [sampleDigest, weekly],
    editions,
    (edition) => editionHtml(feedSite, edition),
    'test',
    trending,
  );
  return [
    ...feeds,
    { path: 'index.html', contentType: 'text/html; charset=utf-8', body: '<h1>Front</h1>' },
    { path: 'old.xml', contentType: 'application/rss+xml; charset=utf-8', body: '<rss/>' },
    { path: 'old.json', contentType: 'application/feed+json; charset=utf-8', body: '{"items":[]}' },
  ];
}

/** Papers of the days 1 and 2, and those of ranks 1 and 2: their titles end in three digits for each. */
const filter = 'filter_title=001%7C002';
let open: OpenSite;
let now = Date.UTC(2026, 8, 25, 12);

beforeAll(async () => {
  open = await openSite({ now: () => now });
  await open.publish(published(5));
});
afterAll(() => open[Symbol.asyncDispose]());

const text = ({ body }: Answer): string => body.toString('utf8');

describe('27. parameters of a feed', () => {
  it('make a valid feed of what was asked for, in each format', async () => {
    for (const [path, format, lint] of [
      ['feeds/all.xml', 'rss', rssFaults],
      ['feeds/all.atom.xml', 'atom', atomFaults],
      ['feeds/all.json', 'json', jsonFaults],
      ['t/agents/rss.xml', 'rss', rssFaults],
      ['feeds/daily.xml', 'rss', rssFaults],
      ['editions/daily/2026-09-23/atom.xml', 'atom', atomFaults],
      ['trending/feed.json', 'json', jsonFaults],
    ] as const) {
      const answer = await open.get(`/daily/${path}?limit=2`);
      expect(answer.status).toBe(200);
      expect(lint(text(answer))).toEqual([]);
      const feed = readFeed(format, text(answer));
      const whole = readFeed(format, text(await open.get(`/daily/${path}`)));
      expect(feed.items).toEqual(whole.items.slice(0, 2));
      expect(feed.self).toBe(`https://papers.example.org/daily/${path}?limit=2`);
    }
  });

  it('name the canonical address, in the document and in the Link header, whatever was asked with it', async () => {
    const answer = await open.get(
      '/daily/feeds/all.xml?utm_source=x&sorted=true&limit=3&filter=Invented&fbclid=1',
    );
    const self = 'https://papers.example.org/daily/feeds/all.xml?filter=Invented&limit=3';
    expect(readFeed('rss', text(answer)).self).toBe(self);
    expect(answer.headers.get('Link')).toBe(`<${self}>; rel="self"`);
    const other = await open.get('/daily/feeds/all.xml?filter=Invented&limit=3');
    expect(other.body).toEqual(answer.body);
    expect(other.headers.get('ETag')).toBe(answer.headers.get('ETag'));
  });

  it('that are unknown or change nothing give the published bytes', async () => {
    const plain = await open.get('/daily/feeds/all.xml');
    for (const search of [
      'utm_source=x',
      'limit=100',
      'limit=4000',
      'sorted=false',
      'filter=',
      'format=rss',
    ]) {
      expect((await open.get(`/daily/feeds/all.xml?${search}`)).body).toEqual(plain.body);
    }
  });

  it('give another format at the same address', async () => {
    const atom = await open.get('/daily/feeds/all.xml?format=atom&limit=2');
    expect(atom.headers.get('Content-Type')).toBe('application/atom+xml; charset=utf-8');
    const feed = parseAtomFeed(text(atom));
    expect(feed.entries).toHaveLength(2);
    expect(feed.links?.find(({ rel }) => rel === 'self')?.href).toBe(
      'https://papers.example.org/daily/feeds/all.xml?format=atom&limit=2',
    );
    const json = await open.get('/daily/t/agents/rss.xml?format=json');
    expect(jsonFaults(text(json))).toEqual([]);
    expect(readFeed('json', text(json)).items).toHaveLength(5);
  });

  it('filter by literal text', async () => {
    const found = parseRssFeed(text(await open.get(`/daily/feeds/all.xml?${filter}`))).items ?? [];
    expect(found).toHaveLength(12);
    expect(found.every(({ title }) => /00[12]/.test(title ?? ''))).toBe(true);
    expect(readFeed('rss', text(await open.get('/daily/feeds/all.xml?filter=.*'))).items).toEqual([]);
  });

  it('count time from the clock, by five minutes', async () => {
    const items = async () =>
      readFeed('rss', text(await open.get('/daily/feeds/all.xml?filter_time=86400'))).items.length;
    const before = now;
    expect(await items()).toBe(3);
    now = before + 86_400_000;
    expect(await items()).toBe(0);
    now = before;
  });

  it.each([
    'limit=0',
    'limit=many',
    'limit=1&limit=2',
    'brief=5',
    'format=pdf',
    `filter=${'x'.repeat(3000)}`,
    `filter=${Array.from({ length: 500 }, (_, index) => index).join('|')}`,
  ])('%s is answered 400 with a sentence, and at once', async (search) => {
    const startedAt = performance.now();
    const answer = await open.get(`/daily/feeds/all.xml?${search}`);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(answer.status).toBe(400);
    expect(text(answer)).toMatch(/^Expected .*\.\n$/);
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
    expect(answer.headers.get('Content-Type')).toMatch(/^text\/plain/);
  });

  it('do nothing to pages, to feeds that are not there, and to that of one paper', async () => {
    expect(text(await open.get('/daily/?limit=0'))).toBe('<h1>Front</h1>');
    expect((await open.get('/daily/t/nothing/rss.xml?limit=2')).status).toBe(404);
    const paper = '/daily/p/arxiv/2611.001001/feed.atom.xml';
    expect((await open.get(`${paper}?limit=1`)).body).toEqual((await open.get(paper)).body);
  });

  it('wait for the next publication where an earlier version wrote the feed', async () => {
    expect(text(await open.get('/daily/old.xml?limit=2'))).toBe('<rss/>');
  });

  it('are answered 304, in every encoding, and HEAD as GET', async () => {
    const path = `/daily/feeds/all.xml?${filter}`;
    for (const encoding of ['br', 'gzip', 'identity']) {
      const first = await open.get(path, { 'Accept-Encoding': encoding });
      expect(first.headers.get('Content-Encoding') ?? 'identity').toBe(encoding);
      expect(first.headers.get('Vary')).toBe('Accept-Encoding, Sec-Fetch-Dest');
      expect(first.headers.get('Access-Control-Allow-Origin')).toBe('*');
      const etag = first.headers.get('ETag') ?? '';
      const again = await open.get(path, { 'Accept-Encoding': encoding, 'If-None-Match': etag });
      expect([again.status, again.body.byteLength]).toEqual([304, 0]);
      const head = await open.head(path, { 'Accept-Encoding': encoding });
      expect([head.status, head.body.byteLength, head.headers.get('ETag')]).toEqual([200, 0, etag]);
    }
  });

  it('tell of the next publication', async () => {
    const path = '/daily/feeds/all.xml?limit=3';
    const before = await open.get(path);
    await open.publish(published(6));
    const after = await open.get(path);
    expect(after.headers.get('ETag')).not.toBe(before.headers.get('ETag'));
    expect(readFeed('rss', text(after)).items[0]?.publishedAt).toBeGreaterThan(
      readFeed('rss', text(before)).items[0]?.publishedAt ?? 0,
    );
  });
});
