import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import type { Hono } from 'hono';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PaperRecord } from '../../src/domain/paper.ts';
import { searchWords } from '../../src/domain/search-words.ts';
import { dayMs, hourMs } from '../../src/domain/time.ts';
import { createWebApp } from '../../src/serve/app.ts';
import { searchPages } from '../../src/serve/search-pages.ts';
import type { Searcher } from '../../src/store/searcher.ts';
import { writePublished } from '../../src/store/published.ts';
import { atomFaults, jsonFaults, rssFaults } from '../render/feed/lint.ts';
import { readPage, type PageElement } from '../render/web/html-tree.ts';
import { projectPages, site as sampleSite } from '../render/web/sample-site.ts';
import { openSite } from './over-sockets.ts';
import { firstDay, hardSearch, openSearchStore, titled, type SearchStore } from '../store/search-store.ts';

const site = { ...sampleSite, hasSearch: true };
const hostile = "</title><script>alert(1)</script>\"onload='x' ]]> &amp; <mark> \u202e\0";

let store: SearchStore;
let publishedDir: string;
let app: Hono;
let now = firstDay + 10 * dayMs;

beforeAll(async () => {
  publishedDir = mkdtempSync(join(tmpdir(), 'broadsheet-search-site-'));
  store = await openSearchStore();
  const pages = await projectPages();
  app = createWebApp({
    publishedDir,
    site,
    search: searchPages({ ...store, publishedDir, site, pages, now: () => now }),
    maxAgeSeconds: () => 300,
    latestEditionAt: async () => undefined,
    now: () => now,
    log: pino({ level: 'silent' }),
  });
  await store.announce(papers(0, 45), firstDay);
  await store.announce(
    [
      titled(500, `Hostile ${hostile}`, {
        abstract: `${hostile} hostile words`,
        authors: [{ name: `Ha ${hostile}` }],
        organization: hostile,
        categories: [hostile],
        links: { abstract: 'javascript:alert(1)', code: 'https://example.org/"><script>' },
      }),
      titled(501, 'Taken back', { isWithdrawn: true, abstract: 'A withdrawn thing. '.repeat(40) }),
      titled(502, '', { abstract: '', authors: [], categories: [] }),
      titled(503, 'Many hands', {
        abstract: `${'Nothing to see here. '.repeat(30)}Then comes a narwhal, at last.`,
        authors: Array.from({ length: 300 }, (_, at) => ({
          name: at === 200 ? 'Zoë Quill' : `Author ${at}`,
        })),
      }),
    ],
    firstDay + dayMs,
  );
  await store.index();
});
afterAll(async () => {
  await store.close();
  rmSync(publishedDir, { recursive: true });
});

const vocabulary =
  'agent plan tool robot arm speech model graph tree node edge code test large small deep light'.split(' ');

/** Papers of a few words each, every combination another. */
function papers(from: number, count: number): readonly PaperRecord[] {
  return Array.from({ length: count }, (_, offset) => {
    const number = from + offset;
    const word = (step: number): string => vocabulary[(number * step + step) % vocabulary.length] ?? '';
    return titled(number + 1, `Kettle ${number}: ${word(3)} ${word(5)}`, {
      abstract: `On ${word(7)} ${word(2)}s and ${word(11)}ing. Paper ${number}.`,
    });
  });
}

async function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  return app.request(`${site.baseUrl}${path}`, { headers, method });
}

async function page(path: string): Promise<readonly PageElement[]> {
  const { elements, errors } = readPage(await (await get(path)).text());
  expect(errors).toEqual([]);
  return elements;
}

const results = (elements: readonly PageElement[]): readonly string[] =>
  elements.filter(({ name }) => name === 'h3').map(({ text }) => text);
const hrefs = (elements: readonly PageElement[]): readonly string[] =>
  elements.flatMap(({ attributes }) => attributes['href'] ?? []);

describe('the search page', () => {
  it('shows examples that can be followed where nothing is asked for', async () => {
    const elements = await page('search');
    const examples = hrefs(elements).filter((href) => href.startsWith('/daily/search?'));
    expect(examples.length).toBeGreaterThan(5);
    expect(results(elements)).toEqual([]);
    for (const href of examples) expect((await app.request(new URL(href, site.baseUrl))).status).toBe(200);
  });

  it('marks what was found, keeps the form filled in and offers the feeds of the search', async () => {
    const elements = await page('search?q=robots+arm&topic=robotics&sort=votes&after=2026-01');
    const found = await page('search?q=kettle+%22arm%22&sort=relevance');
    expect(found.filter(({ name }) => name === 'mark').map(({ text }) => text)).toContain('arm');
    expect(results(found).length).toBeGreaterThan(2);
    const input = (name: string): PageElement | undefined =>
      elements.find(({ attributes }) => attributes['name'] === name);
    expect(input('q')?.attributes['value']).toBe('robots arm');
    expect(input('after')?.attributes['value']).toBe('2026-01-01');
    expect(
      elements
        .filter(({ attributes }) => 'selected' in attributes)
        .map(({ attributes }) => attributes['value']),
    ).toEqual(['robotics', 'votes']);
    const feeds = elements
      .filter(({ attributes }) => attributes['rel'] === 'alternate')
      .map(({ attributes }) => attributes['href']);
    expect(feeds.slice(0, 3)).toEqual([
      `${site.baseUrl}search/feed.xml?after=2026-01-01&q=robots+arm&topic=robotics`,
      `${site.baseUrl}search/feed.atom.xml?after=2026-01-01&q=robots+arm&topic=robotics`,
      `${site.baseUrl}search/feed.json?after=2026-01-01&q=robots+arm&topic=robotics`,
    ]);
  });

  it('turns its pages, and says so where there are fewer', async () => {
    const first = await page('search?q=kettle');
    expect(results(first)).toHaveLength(20);
    expect(results(first)[0]).toMatch(/^Kettle 44:/);
    expect(first.find(({ attributes }) => attributes['rel'] === 'next')?.attributes['href']).toBe(
      '/daily/search?page=2&q=kettle',
    );
    const last = await page('search?q=kettle&page=3');
    expect(results(last)).toHaveLength(5);
    expect(last.some(({ attributes }) => attributes['rel'] === 'next')).toBe(false);
    const beyond = await page('search?q=kettle&page=4');
    expect(beyond.map(({ text }) => text).join(' ')).toContain('fewer pages');
    expect(hrefs(beyond)).toContain(
      '/daily/search?q=kettle&page=3'.replace('q=kettle&page=3', 'page=3&q=kettle'),
    );
  });

  it.each(['!!!', 'has:nonsense', 'title:', '???'])(
    'finds nothing by %j, in which nothing can be read',
    async (text) => {
      const elements = await page(`search?${new URLSearchParams({ q: text }).toString()}`);
      expect(results(elements)).toEqual([]);
      expect(elements.map((element) => element.text).join(' ')).toContain('No paper found');
      const feed: { items: readonly unknown[] } = JSON.parse(
        await (await get(`search/feed.json?${new URLSearchParams({ q: text }).toString()}`)).text(),
      );
      expect(feed.items).toEqual([]);
    },
  );

  it('helps where nothing was found', async () => {
    const text = (await page('search?q=zebra&topic=agents')).map((element) => element.text).join(' ');
    expect(text).toContain('No paper found');
    expect(hrefs(await page('search?q=zebra&topic=agents'))).toContain('/daily/search?q=zebra');
    expect((await page('search?q=after:soon+zebra')).map((element) => element.text).join(' ')).toContain(
      'was left out',
    );
  });

  it('shows the passage that was found, and an author among hundreds', async () => {
    const elements = await page('search?q=narwhal+quill');
    const summary = elements.find(({ attributes }) => attributes['class'] === 'summary')?.text ?? '';
    expect(summary).toMatch(/^… .*comes a narwhal, at last\.$/);
    const byline = elements.find(({ attributes }) => attributes['class'] === 'byline')?.text;
    expect(byline).toBe('Author 0, Author 1, Author 2 … Author 299 (300 authors), among them Zoë Quill');
  });

  it('links the page of a paper while the site has one, whoever picked it, else the page at its source', async () => {
    const links = async (): Promise<readonly unknown[]> =>
      (await page('search?q=title:kettle&page=3')).flatMap((element) =>
        element.name === 'a' && /^Kettle [34]:/.test(element.text) ? [element.attributes['href']] : [],
      );
    expect(await links()).toEqual(['https://arxiv.org/abs/2510.90005', 'https://arxiv.org/abs/2510.90004']);
    const contentType = 'text/html; charset=utf-8';
    await writePublished(publishedDir, [
      { path: 'p/arxiv/2510.90004/index.html', contentType, body: 'Kettle 3' },
    ]);
    expect(await links()).toEqual(['https://arxiv.org/abs/2510.90005', '/daily/p/arxiv/2510.90004/']);
    await writePublished(publishedDir, []);
    expect(await links()).toEqual(['https://arxiv.org/abs/2510.90005', 'https://arxiv.org/abs/2510.90004']);
  });

  it('says which papers were taken back', async () => {
    expect((await page('search?q=taken')).map(({ text }) => text)).toContain('Withdrawn by its authors');
  });

  it.each([
    'search?q=hostile',
    `search?q=${encodeURIComponent(hostile)}`,
    `search?q=hostile&page=2&x=${encodeURIComponent(hostile)}`,
  ])('keeps its structure whatever stands in a paper or in the address: %#', async (path) => {
    const response = await get(path);
    const elements = await page(path);
    expect(elements.filter(({ name }) => name === 'script' || name === 'title')).toHaveLength(1);
    expect(hrefs(elements).filter((href) => !/^(?:https?:|\/daily\/|mailto:|#)/.test(href))).toEqual([]);
    expect(
      elements
        .flatMap(({ attributes }) => Object.keys(attributes))
        .filter((name) => /^on|^style$/.test(name)),
    ).toEqual([]);
    expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
  });

  it('is not for search engines', async () => {
    const response = await get('search?q=kettle');
    expect(response.headers.get('X-Robots-Tag')).toBe('noindex');
    expect(await response.text()).toContain('<meta name="robots" content="noindex">');
  });
});

describe('the answers', () => {
  it.each([
    ['search?q=a&page=abc', 400],
    ['search?sort=best', 400],
    ['search?q=a&q=b', 400],
    ['search?topic=none', 404],
    ['search/feed.xml?limit=-1', 400],
    ['search/feed.json?q=a&after=x', 400],
    ['search/feed.atom.xml?topic=none', 404],
    ['search/feed.rss', 404],
    ['search?q=%zz', 400],
  ])('to %s have the status %i and are not kept', async (path, status) => {
    const response = await get(path);
    expect(response.status).toBe(status);
    expect(response.headers.get('Cache-Control')).not.toContain('max-age');
    expect(response.headers.get('Content-Type')).not.toMatch(/xml|json/);
  });

  it('say on the page what is wrong with the address', async () => {
    const text = (await page('search?q=a&page=abc')).map((element) => element.text).join(' ');
    expect(text).toContain('Expected page as a number from 1 to 50, got “abc”.');
  });

  it.each(['search?q=kettle', 'search/feed.xml?q=kettle', 'search/feed.json?q=kettle'])(
    'to %s need not be sent twice, are as long without a body, and smaller when packed',
    async (path) => {
      const whole = await get(path);
      const body = await whole.text();
      const etag = whole.headers.get('ETag') ?? '';
      expect(whole.headers.get('Cache-Control')).toBe('public, max-age=300');
      expect(whole.headers.get('Content-Length')).toBe(String(Buffer.byteLength(body)));
      const again = await get(path, { 'If-None-Match': `"x", W/${etag}` });
      expect([again.status, await again.text(), again.headers.get('ETag')]).toEqual([304, '', etag]);
      const head = await get(path, {}, 'HEAD');
      expect([head.status, await head.text()]).toEqual([200, '']);
      expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(whole.headers));
      const packed = await get(path, { 'Accept-Encoding': 'gzip' });
      expect(packed.headers.get('Vary')).toContain('Accept-Encoding');
      expect(packed.headers.get('ETag')).not.toBe(etag);
      expect(gunzipSync(await packed.arrayBuffer()).toString()).toBe(body);
    },
  );

  it('to the same question in another order are the same', async () => {
    const [one, other] = await Promise.all([
      get('search?q=kettle&sort=votes&page=2'),
      get('search?x=1&page=2&sort=votes&q=+kettle'),
    ]);
    expect(one.headers.get('ETag')).toBe(other.headers.get('ETag'));
  });

  it('are only to GET and HEAD', async () => {
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect((await get('search?q=a', {}, method)).status).toBe(405);
  });

  it('stand at one address', async () => {
    const response = await get('search/?q=a');
    expect([response.status, response.headers.get('Location')]).toEqual([301, '/daily/search?q=a']);
  });

  it('show a browser a feed as plain XML', async () => {
    expect((await get('search/feed.xml', { 'Sec-Fetch-Dest': 'document' })).headers.get('Content-Type')).toBe(
      'application/xml; charset=utf-8',
    );
  });

  it('change when papers come in', async () => {
    const before = (await get('search?q=unheard')).headers.get('ETag');
    await store.announce([titled(700, 'An unheard one')], firstDay + 2 * dayMs);
    await store.index();
    const after = await get('search?q=unheard');
    expect(after.headers.get('ETag')).not.toBe(before);
    expect(await after.text()).toContain('1 paper');
  });

  it('change when votes come in, after five minutes', async () => {
    const etag = async (): Promise<string | null> => (await get('search?q=unheard')).headers.get('ETag');
    const before = await etag();
    const [row] = await store.db
      .selectFrom('papers')
      .select('id')
      .where('title', '=', 'An unheard one')
      .execute();
    await store.db
      .insertInto('signals')
      .values({ paper_id: row?.id ?? '', kind: 'upvotes', source: 's', counted_at: now, value: 3 })
      .execute();
    expect(await etag()).toBe(before);
    now += hourMs;
    expect(await etag()).not.toBe(before);
  });
});

describe('the feed of a search', () => {
  interface JsonItem {
    readonly id: string;
    readonly url: string;
    readonly title: string;
    readonly date_published: string;
    readonly date_modified: string;
  }
  const items = async (query: string): Promise<readonly JsonItem[]> => {
    const feed: { items: JsonItem[] } = JSON.parse(await (await get(`search/feed.json?${query}`)).text());
    return feed.items;
  };

  it.each([
    'q=kettle',
    'q=hostile',
    'q=taken',
    'q=zebra',
    '',
    'q=id:arxiv:2510.90502',
    `q=${encodeURIComponent(hostile)}&limit=3`,
  ])('of %j is valid in every format', async (query) => {
    const text = async (format: string): Promise<string> =>
      (await get(`search/feed.${format}?${query}`)).text();
    expect(rssFaults(await text('xml'))).toEqual([]);
    expect(atomFaults(await text('atom.xml'))).toEqual([]);
    expect(jsonFaults(await text('json'))).toEqual([]);
  });

  it('has its canonical address as its own', async () => {
    const { headers } = await get(
      'search/feed.atom.xml?topic=agents&sort=votes&page=2&limit=200&q=+tool++use&junk=1',
    );
    expect(headers.get('Link')).toBe(
      `<${site.baseUrl}search/feed.atom.xml?q=tool+use&topic=agents>; rel="self"`,
    );
  });

  it('has those met last first, at most so many as asked for, under the ids of all other feeds', async () => {
    const found = await items('q=kettle&limit=10');
    expect(found).toHaveLength(10);
    expect(found[0]).toMatchObject({
      id: 'tag:papers.example.org,2026:paper/arxiv:2510.90045',
      title: /^Kettle 44/,
    });
    const times = found.map((item) => item.date_published);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(new Set(times).size).toBe(10);
  });

  it('dates each of thousands that came at once, and none anew when others are found beside it', async () => {
    const dates = async (query: string): Promise<ReadonlyMap<string, string>> =>
      new Map((await items(query)).map((item) => [item.id, item.date_published]));
    const alone = new Map([...(await dates('q="kettle+7"')), ...(await dates('q="kettle+8"'))]);
    const beside = await dates('q=kettle');
    expect(alone.size).toBe(2);
    for (const [id, date] of alone) expect(beside.get(id)).toBe(date);
  });

  it('never dates an entry anew, and tells a revision by its time alone', async () => {
    const before = await items('q=kettle');
    const [newest] = papers(46, 1);
    const [oldest] = papers(0, 1);
    if (!newest || !oldest) throw new Error('no papers');
    await store.announce([newest, { ...oldest, version: 2, title: 'Kettle 0 again' }], firstDay + 3 * dayMs);
    await store.index();
    const after = await items('q=kettle');
    expect(after).toHaveLength(46);
    for (const item of before) {
      const now = after.find(({ id }) => id === item.id);
      expect(now?.date_published).toBe(item.date_published);
      if (item.title.startsWith('Kettle 0:')) {
        expect(now?.title).toBe('Kettle 0 again');
        expect(Date.parse(now?.date_modified ?? '')).toBeGreaterThan(firstDay + 2 * dayMs);
      } else expect(now).toEqual(item);
    }
    const updates = after.map((item) => item.date_modified);
    expect(new Set(updates).size).toBe(updates.length);
  });
});

describe('any search', () => {
  beforeAll(async () => {
    await store.announce(papers(1_000, 3_000), firstDay + 4 * dayMs);
    await store.index();
  });

  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc
      .array(
        fc.constantFrom(
          ...vocabulary,
          '"',
          '(',
          ')',
          '-',
          'OR',
          'NOT',
          'AND',
          '*',
          'NEAR(',
          ':',
          'title:',
          'author:',
          'cat:cs.*',
          '{title}',
          '^',
          '+',
          '\0',
          '😀',
        ),
        {
          maxLength: 60,
        },
      )
      .map((parts) => parts.join(' ')),
  );

  it('is answered, at once and with a sound page', async () => {
    let slowest = 0;
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        const startedAt = performance.now();
        const response = await get(`search?${new URLSearchParams({ q: text }).toString()}`);
        slowest = Math.max(slowest, performance.now() - startedAt);
        expect(response.status).toBe(200);
        expect(readPage(await response.text()).errors).toEqual([]);
      }),
      { numRuns: 150 },
    );
    expect(slowest).toBeLessThan(3_000);
  });

  it('says in which order its thousand are listed', async () => {
    const text = async (sort: string): Promise<string> =>
      (await page(`search?q=kettle&sort=${sort}`)).map((element) => element.text).join(' ');
    expect(await text('newest')).toContain('The newest 1,000 are listed.');
    expect(await text('votes')).toContain('The newest 1,000 are listed.');
    expect(await text('relevance')).toContain(
      '1,000 are listed: those with the words in their title, however old, then the newest others.',
    );
  });

  it('finds only papers with every word that was asked for', async () => {
    const words = fc.array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(words, fc.constantFrom(...vocabulary), async (wanted, unwanted) => {
        const text = `${wanted.join(' ')} -${unwanted}`;
        const found = await store.titles(text);
        const rows = await store.db.selectFrom('papers').select(['title', 'abstract']).execute();
        const stems = (of: string): readonly string[] => searchWords(of).map(({ stem }) => stem);
        const [needed, refused] = [stems(wanted.join(' ')), stems(unwanted)];
        const expected = rows
          .filter(({ title, abstract }) => {
            const has = new Set(stems(`${title} ${abstract}`));
            return needed.every((stem) => has.has(stem)) && !refused.some((stem) => has.has(stem));
          })
          .map(({ title }) => title);
        expect(expected.length).toBeLessThan(1_000);
        expect(found.toSorted()).toEqual(expected.toSorted());
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['a word of 7,000 characters', 'x'.repeat(7_000)],
    ['brackets', '('.repeat(2_500)],
    ['operators', 'OR NOT AND - '.repeat(400)],
    ['words that stand everywhere', 'kettle on and paper '.repeat(300)],
    ['a phrase of them', `"${'kettle on and paper '.repeat(100)}"`],
  ])('of %s is answered and says what was left out', async (_, text) => {
    const response = await get(`search?${new URLSearchParams({ q: text }).toString()}`);
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/Only the first (?:2,000 characters|32 words)|no word to look for/);
  });
});

describe('a search that takes too long', () => {
  it('is answered so, page and feed, while the server answers others', async () => {
    const slow = await openSearchStore({ mostMs: 300, mostWaitMs: 5_000 });
    await slow.announce(papers(0, 3));
    await slow.index();
    await slow.addHardPapers();
    const search = searchPages({ ...slow, publishedDir, site, pages: await projectPages(), now: () => now });
    const server = await openSite({ search, baseUrl: site.baseUrl });
    try {
      const query = new URLSearchParams({ q: hardSearch }).toString();
      const ended: string[] = [];
      const searching = server.get(`/daily/search?${query}`);
      await Promise.all([
        searching.then(() => ended.push('search')),
        server.get('/daily/healthz').then(() => ended.push('health')),
      ]);
      expect(ended).toEqual(['health', 'search']);
      const { status, headers, body } = await searching;
      expect([status, headers.get('Retry-After'), headers.get('Cache-Control')]).toEqual([
        503,
        '3600',
        'no-store',
      ]);
      const { elements, errors } = readPage(body.toString());
      expect(errors).toEqual([]);
      expect(elements.map(({ text }) => text).join(' ')).toContain(
        'This search takes too long. Please try it with fewer or rarer words.',
      );
      const feed = await server.get(`/daily/search/feed.xml?${query}`);
      expect([feed.status, feed.headers.get('Content-Type')]).toEqual([503, 'text/plain; charset=UTF-8']);
      expect((await server.get('/daily/search?q=kettle')).status).toBe(200);
    } finally {
      await server[Symbol.asyncDispose]();
      await slow.close();
    }
  });
});

describe('a client that asks too much', () => {
  it('is refused before anything is looked for, also where it says that it knows an answer', async () => {
    const pages = await projectPages();
    let asked = 0;
    const searcher: Searcher = {
      ...store.searcher,
      look: (looks) => {
        asked += 1;
        return store.searcher.look(looks);
      },
    };
    const search = searchPages({ db: store.db, searcher, publishedDir, site, pages, now: () => now });
    const server = await openSite({
      search,
      baseUrl: site.baseUrl,
      requestsPerMinute: 10,
      trustedProxies: ['127.0.0.1'],
    });
    try {
      const statuses: number[] = [];
      for (let number = 0; number < 30; number += 1) {
        const path = number % 2 === 0 ? 'search' : 'search/feed.xml';
        const answer = await server.get(`/daily/${path}?q=number${number}`, {
          'X-Forwarded-For': '198.51.99.7',
          'If-None-Match': '"x"',
        });
        statuses.push(answer.status);
      }
      expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(15);
      expect(asked).toBe(statuses.filter((status) => status === 200).length);
    } finally {
      await server[Symbol.asyncDispose]();
    }
  });
});
