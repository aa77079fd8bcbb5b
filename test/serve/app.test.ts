import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PublishedDocument, Site } from '../../src/domain/site.ts';
import { parseInstant, type Instant } from '../../src/domain/time.ts';
import { createWebApp } from '../../src/serve/app.ts';
import { writePublished } from '../../src/store/published.ts';

const now = Date.parse('2026-11-24T06:00:00Z');
const publishedAt = new Date('2026-11-24T02:30:05Z');
const feed = `<?xml version="1.0"?><rss>${'a paper '.repeat(200)}</rss>`;

const site: Site = {
  title: 'Paper',
  description: '',
  baseUrl: 'https://papers.example.org/daily/',
  tagAuthority: 'papers.example.org,2026',
  language: 'en',
  topics: [],
  isSample: false,
};

const documents: readonly PublishedDocument[] = [
  { path: 'index.html', contentType: 'text/html; charset=utf-8', body: '<h1>Front</h1>' },
  { path: '404.html', contentType: 'text/html; charset=utf-8', body: '<h1>Nothing here</h1>' },
  { path: 'archive/index.html', contentType: 'text/html; charset=utf-8', body: '<h1>Archive</h1>' },
  { path: 'p/doi/10.5555/a%3Cb/index.html', contentType: 'text/html; charset=utf-8', body: '<h1>Odd</h1>' },
  { path: 'feeds/all.xml', contentType: 'application/rss+xml; charset=utf-8', body: feed },
  { path: 'feeds/all.atom.xml', contentType: 'application/atom+xml; charset=utf-8', body: '<feed/>' },
  { path: 'feeds/all.json', contentType: 'application/feed+json; charset=utf-8', body: '{}' },
  { path: 'feeds.opml', contentType: 'text/x-opml; charset=utf-8', body: '<opml/>' },
  { path: 'feed.css', contentType: 'text/css; charset=utf-8', body: 'rss {}' },
];

let dir: string;
let logged: string[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'serve-'));
  logged = [];
  await publish(documents);
});
afterEach(() => rm(dir, { recursive: true }));

async function publish(made: readonly PublishedDocument[]): Promise<void> {
  await writePublished(dir, made);
  await utimes(join(dir, 'feeds/all.xml'), publishedAt, publishedAt);
}

async function state(): Promise<unknown> {
  return Promise.all(
    documents.map(async ({ path }) => {
      const file = join(dir, decodeURIComponent(path));
      return [path, (await stat(file)).mtimeMs, await readFile(file, 'utf8')];
    }),
  );
}

function webApp(
  changes: {
    baseUrl?: string;
    maxAge?: number;
    unsubscribe?: Hono;
    latest?: () => Promise<Instant | undefined>;
  } = {},
): Hono {
  return createWebApp({
    publishedDir: dir,
    site: { ...site, baseUrl: changes.baseUrl ?? site.baseUrl },
    ...(changes.unsubscribe ? { unsubscribe: changes.unsubscribe } : {}),
    maxAgeSeconds: () => changes.maxAge ?? 900,
    latestEditionAt: changes.latest ?? (async () => parseInstant('2026-11-24T02:30:00Z')),
    now: () => now,
    log: pino({ base: null }, { write: (record) => void logged.push(record) }),
  });
}

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return Promise.resolve(webApp().request(path, { headers }));
}

describe('a published file', () => {
  it('comes with everything a feed reader needs to ask less', async () => {
    const answer = await get('/daily/feeds/all.xml');
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(feed);
    expect(Object.fromEntries(answer.headers)).toEqual({
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=900',
      'content-length': String(Buffer.byteLength(feed)),
      'content-security-policy':
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'content-type': 'application/rss+xml; charset=utf-8',
      etag: expect.stringMatching(/^"[\w-]{22}"$/),
      'last-modified': 'Tue, 24 Nov 2026 02:30:05 GMT',
      link: '<https://papers.example.org/daily/feeds/all.xml>; rel="self"',
      'referrer-policy': 'same-origin',
      vary: 'Accept-Encoding, Sec-Fetch-Dest',
      'x-content-type-options': 'nosniff',
    });
  });

  it.each([
    ['/daily/', 'text/html; charset=utf-8'],
    ['/daily/archive/', 'text/html; charset=utf-8'],
    ['/daily/p/doi/10.5555/a%3Cb/', 'text/html; charset=utf-8'],
    ['/daily/feeds/all.atom.xml', 'application/atom+xml; charset=utf-8'],
    ['/daily/feeds/all.json', 'application/feed+json; charset=utf-8'],
    ['/daily/feeds.opml', 'text/x-opml; charset=utf-8'],
    ['/daily/feed.css', 'text/css; charset=utf-8'],
  ])('%s has the type %s', async (path, type) => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Content-Type')).toBe(type);
  });

  it.each([
    ['/daily/feeds/all.xml', 'document', 'application/xml; charset=utf-8'],
    ['/daily/feeds/all.atom.xml', 'document', 'application/xml; charset=utf-8'],
    ['/daily/feeds/all.xml', 'empty', 'application/rss+xml; charset=utf-8'],
    ['/daily/feeds/all.json', 'document', 'application/feed+json; charset=utf-8'],
    ['/daily/', 'document', 'text/html; charset=utf-8'],
  ])('%s opened as %s has the type %s', async (path, dest, type) => {
    const answer = await get(path, { 'Sec-Fetch-Dest': dest });
    expect(answer.headers.get('Content-Type')).toBe(type);
  });

  it('is for every origin when it is a feed, and only then', async () => {
    for (const path of ['feeds/all.xml', 'feeds/all.atom.xml', 'feeds/all.json', 'feeds.opml']) {
      expect([path, (await get(`/daily/${path}`)).headers.get('Access-Control-Allow-Origin')]).toEqual([
        path,
        '*',
      ]);
    }
    expect((await get('/daily/')).headers.get('Access-Control-Allow-Origin')).toBeNull();
  });

  it('is saved as a file when it is the list of feeds', async () => {
    expect((await get('/daily/feeds.opml')).headers.get('Content-Disposition')).toBe(
      'attachment; filename="feeds.opml"',
    );
  });

  it.each([
    [10, 300],
    [900.4, 900],
    [86_400, 3600],
  ])('may be kept for %d seconds: told as %d', async (asked, told) => {
    const answer = await webApp({ maxAge: asked }).request('/daily/');
    expect(answer.headers.get('Cache-Control')).toBe(`public, max-age=${told}`);
  });

  it('is answered to HEAD with the same headers and no body', async () => {
    for (const path of [
      '/daily/',
      '/daily/feeds/all.xml',
      '/daily/nowhere',
      '/daily/archive',
      '/daily/healthz',
    ]) {
      const full = await get(path);
      const head = await webApp().request(path, { method: 'HEAD' });
      expect([path, head.status]).toEqual([path, full.status]);
      expect([path, Object.fromEntries(head.headers)]).toEqual([path, Object.fromEntries(full.headers)]);
      expect([path, await head.text()]).toEqual([path, '']);
    }
  });

  it('is new for the reader as soon as its bytes change', async () => {
    const app = webApp();
    const before = await app.request('/daily/archive/');
    await publish(
      documents.map((document) =>
        document.path === 'archive/index.html' ? { ...document, body: '<h1>Changed</h1>' } : document,
      ),
    );
    const after = await app.request('/daily/archive/', {
      headers: { 'If-None-Match': before.headers.get('ETag') ?? '' },
    });
    expect(after.status).toBe(200);
    expect(await after.text()).toBe('<h1>Changed</h1>');
  });

  it('is gone when it is no longer published', async () => {
    const app = webApp();
    expect((await app.request('/daily/archive/')).status).toBe(200);
    await publish(documents.filter((document) => document.path !== 'archive/index.html'));
    expect((await app.request('/daily/archive/')).status).toBe(410);
    expect((await app.request('/daily/archive')).headers.get('Location')).toBe('/daily/archive/');
  });
});

describe('a conditional request', () => {
  it('is answered 304 without a body, with the headers that a cache needs', async () => {
    const etag = (await get('/daily/feeds/all.xml')).headers.get('ETag') ?? '';
    const answer = await get('/daily/feeds/all.xml', { 'If-None-Match': `"x", W/${etag}` });
    expect(answer.status).toBe(304);
    expect(await answer.text()).toBe('');
    expect(answer.headers.get('ETag')).toBe(etag);
    expect(answer.headers.get('Cache-Control')).toBe('public, max-age=900');
    expect(answer.headers.get('Vary')).toBe('Accept-Encoding, Sec-Fetch-Dest');
    expect(answer.headers.get('Content-Type')).toBeNull();
    expect(answer.headers.get('Content-Length')).toBeNull();
  });

  it.each([
    [{ 'If-None-Match': '*' }, 304],
    [{ 'If-None-Match': '"other"' }, 200],
    [{ 'If-None-Match': '"other"', 'If-Modified-Since': 'Tue, 24 Nov 2026 05:00:00 GMT' }, 200],
    [{ 'If-Modified-Since': 'Tue, 24 Nov 2026 02:30:05 GMT' }, 304],
    [{ 'If-Modified-Since': 'Tue, 24 Nov 2026 02:30:04 GMT' }, 200],
    [{ 'If-Modified-Since': 'garbage' }, 200],
  ])('%j is answered %d', async (headers, status) => {
    expect((await get('/daily/feeds/all.xml', headers)).status).toBe(status);
  });

  it('is answered 304 in the encoding whose tag it names, and in full in another', async () => {
    const tag = (await get('/daily/feeds/all.xml', { 'Accept-Encoding': 'gzip' })).headers.get('ETag') ?? '';
    const ask = (encoding: string): Promise<Response> =>
      get('/daily/feeds/all.xml', { 'If-None-Match': tag, 'Accept-Encoding': encoding });
    expect((await ask('gzip')).status).toBe(304);
    expect((await ask('br')).status).toBe(200);
    expect((await ask('identity')).status).toBe(200);
  });
});

describe('compression', () => {
  const decoders: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
    gzip: gunzipSync,
    br: brotliDecompressSync,
  };

  it('gives the same bytes after decoding, each encoding under its own tag', async () => {
    const tags = new Set<string | null>();
    const sizes: number[] = [];
    for (const encoding of ['gzip', 'br', 'identity']) {
      const answer = await get('/daily/feeds/all.xml', { 'Accept-Encoding': encoding });
      const bytes = Buffer.from(await answer.arrayBuffer());
      expect(answer.headers.get('Content-Length')).toBe(String(bytes.byteLength));
      expect(answer.headers.get('Content-Encoding')).toBe(encoding === 'identity' ? null : encoding);
      expect((decoders[encoding]?.(bytes) ?? bytes).toString()).toBe(feed);
      tags.add(answer.headers.get('ETag'));
      sizes.push(bytes.byteLength);
    }
    expect(tags.size).toBe(3);
    expect(Math.max(...sizes.slice(0, 2))).toBeLessThan(feed.length / 4);
  });

  it('is left out when it is refused', async () => {
    const answer = await get('/daily/feeds/all.xml', { 'Accept-Encoding': 'gzip;q=0, br;q=0' });
    expect(answer.headers.get('Content-Encoding')).toBeNull();
  });
});

describe('an address without a document', () => {
  it.each([
    '/daily/nowhere',
    '/daily/nowhere/',
    '/daily/index',
    '/daily/.published.json',
    '/daily/..%2f..%2fetc/passwd',
    '/daily/%2e%2e%2f%2e%2e%2fetc/passwd',
    '/daily/..%5c..%5cetc/passwd',
    '/daily/feeds%2Fall.xml',
    '/daily/%00',
    '/daily/%ff%fe',
    '/daily/%',
    '/daily//index.html',
    '/daily/index.html/',
    '/daily/feeds/all.xml/x',
    '/daily/constructor',
    '/daily/__proto__/',
    '/',
    '/index.html',
    '/dailyfeeds/all.xml',
    '/other/index.html',
  ])('%s is answered 404 with the page of the site', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    expect(await answer.text()).toBe('<h1>Nothing here</h1>');
    expect(answer.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
  });

  it('is a file that lies in the folder but was not published', async () => {
    await writeFile(join(dir, 'secret.txt'), 'x');
    expect((await get('/daily/secret.txt')).status).toBe(404);
  });

  it('is answered in plain words before anything is published', async () => {
    await rm(join(dir, '.published.json'));
    const answer = await get('/daily/');
    expect(answer.status).toBe(404);
    expect(await answer.text()).toBe('There is nothing at this address.\n');
  });
});

describe('a folder', () => {
  it.each([
    ['/daily/archive', '/daily/archive/'],
    ['/daily/archive?page=2', '/daily/archive/?page=2'],
    ['/daily/p/doi/10.5555/a%3Cb', '/daily/p/doi/10.5555/a%3Cb/'],
    ['/daily', '/daily/'],
  ])('%s without its slash leads to %s', async (path, location) => {
    const answer = await get(path);
    expect(answer.status).toBe(301);
    expect(answer.headers.get('Location')).toBe(location);
  });

  it('never leads to another host', async () => {
    const app = webApp({ baseUrl: 'http://localhost:8080/' });
    await publish([...documents, { path: 'evil.example/index.html', contentType: 'text/html', body: 'x' }]);
    expect((await app.request('http://localhost:8080//evil.example')).status).toBe(404);
  });
});

describe('the site at the root of its host', () => {
  it('is served without a prefix', async () => {
    const app = webApp({ baseUrl: 'http://localhost:8080/' });
    expect(await (await app.request('/')).text()).toBe('<h1>Front</h1>');
    expect((await app.request('/archive')).headers.get('Location')).toBe('/archive/');
    expect((await app.request('/healthz')).status).toBe(200);
    expect((await app.request('/daily/')).status).toBe(404);
  });
});

describe('what is asked', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('by %s is refused with 405', async (method) => {
    for (const path of ['/daily/', '/daily/feeds/all.xml', '/daily/nowhere', '/daily/healthz']) {
      const answer = await webApp().request(path, { method });
      expect([path, answer.status]).toEqual([path, 405]);
      expect([path, answer.headers.get('Allow')]).toEqual([path, 'GET, HEAD']);
    }
  });

  it('changes nothing on the disk', async () => {
    const before = await state();
    for (const { path } of documents) {
      await get(`/daily/${path}`, { 'Accept-Encoding': 'gzip' });
      await webApp().request(`/daily/${path}`, { method: 'POST', body: 'x' });
    }
    expect(await state()).toEqual(before);
  });
});

describe('the health check', () => {
  it.each([
    ['2026-11-24T02:30:00Z', { status: 'ok', latestEditionAt: '2026-11-24T02:30:00Z' }],
    [undefined, { status: 'ok', latestEditionAt: null }],
  ])('tells the time of the latest edition: %s', async (at, body) => {
    const latest = async (): Promise<Instant | undefined> =>
      at === undefined ? undefined : parseInstant(at);
    const answer = await webApp({ latest }).request('/daily/healthz');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
    expect(await answer.json()).toEqual(body);
  });
});

describe('the unsubscribe pages', () => {
  const forms = new Hono()
    .post('/u/:token', (context) => context.text(`gone: ${context.req.param('token')}`))
    .get('/u/:token', () => {
      throw new Error('no database');
    });

  it('stand below the path of the site and may take a POST', async () => {
    const app = webApp({ unsubscribe: forms });
    const answer = await app.request('/daily/u/abc', { method: 'POST' });
    expect(await answer.text()).toBe('gone: abc');
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect((await app.request('/u/abc', { method: 'POST' })).status).toBe(405);
    expect((await app.request('/daily/', { method: 'POST' })).status).toBe(405);
    expect((await app.request('/daily/')).status).toBe(200);
  });

  it('never bring a token into the log', async () => {
    expect((await webApp({ unsubscribe: forms }).request('/daily/u/secret-token')).status).toBe(500);
    expect(logged.join('')).toContain('no database');
    expect(logged.join('')).toContain('"area":"u"');
    expect(logged.join('')).not.toContain('secret-token');
  });
});

describe('a fault inside', () => {
  it('is logged and answered 500 without telling what it was', async () => {
    await writeFile(join(dir, '.published.json'), '{"secret": "part');
    const answer = await webApp().request('/daily/');
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain('Something went wrong here');
    expect(answer.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    expect(logged.join('')).toContain('.published.json is damaged');
    expect(logged.join('')).toContain('"method":"GET"');
  });
});
