/** What a feed endpoint must do over HTTP: a sentence of each, over a socket, by both ways through the server. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PublishedDocument } from '../../src/domain/site.ts';
import { openSite, type OpenSite } from './over-sockets.ts';

const feed = `<?xml version="1.0" encoding="utf-8"?>\n<rss>${'a paper '.repeat(400)}</rss>\n`;
const documents: readonly PublishedDocument[] = [
  { path: 'index.html', contentType: 'text/html; charset=utf-8', body: `<h1>Front</h1>${'x'.repeat(400)}` },
  { path: '404.html', contentType: 'text/html; charset=utf-8', body: '<h1>Nothing here</h1>' },
  { path: 'feed.css', contentType: 'text/css; charset=utf-8', body: 'rss { display: block }' },
  { path: 'icon.png', contentType: 'image/png', body: new Uint8Array([137, 80, 78, 71]) },
  { path: 't/llm/index.html', contentType: 'text/html; charset=utf-8', body: '<h1>LLM</h1>' },
  { path: 't/llm/rss.xml', contentType: 'application/rss+xml; charset=utf-8', body: feed },
  { path: 't/llm/atom.xml', contentType: 'application/atom+xml; charset=utf-8', body: '<feed/>' },
  { path: 't/llm/feed.json', contentType: 'application/feed+json; charset=utf-8', body: '{"items":[]}' },
];
const feedPath = '/daily/t/llm/rss.xml';
const paths = [
  '/daily/',
  '/daily/feed.css',
  '/daily/t/llm/',
  feedPath,
  '/daily/t/llm/atom.xml',
  '/daily/t/llm/feed.json',
];

let open: OpenSite;
beforeAll(async () => {
  open = await openSite();
  await open.publish(documents);
});
afterAll(() => open[Symbol.asyncDispose]());

/** Without what differs by the second. */
function lasting(headers: Headers): Readonly<Record<string, string>> {
  const { date: _, ...rest } = Object.fromEntries(headers);
  return rest;
}

/** The same request by both ways: what is not in memory goes through the framework, after that it is answered at once. */
async function twice<T>(ask: () => Promise<T>): Promise<readonly [T, T]> {
  return [await ask(), await ask()];
}

describe('21. GET and HEAD', () => {
  it.each(paths)(
    'of %s have type, length, validators, Cache-Control up to an hour, and Vary',
    async (path) => {
      const { status, headers, body } = await open.get(path);
      expect(status).toBe(200);
      expect(headers.get('Content-Type')).toMatch(/^[a-z]+\/[a-z+]+; charset=utf-8$/);
      expect(headers.get('Content-Length')).toBe(String(body.byteLength));
      expect(headers.get('ETag')).toMatch(/^"[\w-]+"$/);
      expect(headers.get('Last-Modified')).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
      const [, maxAge = ''] = /^public, max-age=(\d+)$/.exec(headers.get('Cache-Control') ?? '') ?? [];
      expect(Number(maxAge)).toBeLessThanOrEqual(3600);
      expect(headers.get('Vary')).toMatch(/^Accept-Encoding(, Sec-Fetch-Dest)?$/);
    },
  );

  it.each(['gzip', 'br', 'identity'])('have the same headers in %s, and HEAD no body', async (encoding) => {
    for (const path of [...paths, '/daily/nowhere', '/daily/t/llm']) {
      const asked = { 'Accept-Encoding': encoding };
      const full = await open.get(path, asked);
      const head = await open.head(path, asked);
      expect([path, head.status, lasting(head.headers)]).toEqual([path, full.status, lasting(full.headers)]);
      expect([path, head.body.byteLength]).toEqual([path, 0]);
    }
  });
});

describe('22. If-None-Match', () => {
  it.each([
    ['the tag', (tag: string) => tag],
    ['the weak form of the tag', (tag: string) => `W/${tag}`],
    ['a list that holds it', (tag: string) => `"x", W/"y", ${tag}`],
    ['any', () => '*'],
  ])('with %s is answered 304 with the headers of a cache and no body', async (_, value) => {
    for (const path of paths) {
      const full = await open.get(path);
      const tag = full.headers.get('ETag') ?? '';
      for (const answer of await twice(() => open.get(path, { 'If-None-Match': value(tag) }))) {
        expect([path, answer.status, answer.body.byteLength]).toEqual([path, 304, 0]);
        for (const name of ['ETag', 'Cache-Control', 'Vary', 'Access-Control-Allow-Origin']) {
          expect([path, name, answer.headers.get(name)]).toEqual([path, name, full.headers.get(name)]);
        }
        expect(answer.headers.get('Content-Type')).toBeNull();
      }
    }
  });

  it('outranks If-Modified-Since', async () => {
    const later = 'Fri, 01 Jan 2100 00:00:00 GMT';
    const answers = await twice(() =>
      open.get(feedPath, { 'If-None-Match': '"other"', 'If-Modified-Since': later }),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('with another tag is answered in full', async () => {
    const answers = await twice(() => open.get(feedPath, { 'If-None-Match': '"other"' }));
    expect(answers.map(({ status, body }) => [status, body.toString()])).toEqual([
      [200, feed],
      [200, feed],
    ]);
  });
});

describe('23. If-Modified-Since', () => {
  it.each([
    ['equal', 0, 304],
    ['later', 1000, 304],
    ['earlier', -1000, 200],
  ])('that is %s is answered %#', async (_, differenceMs, status) => {
    const modified = Date.parse((await open.get(feedPath)).headers.get('Last-Modified') ?? '');
    const since = new Date(modified + differenceMs).toUTCString();
    const answers = await twice(() => open.get(feedPath, { 'If-Modified-Since': since }));
    expect(answers.map((answer) => answer.status)).toEqual([status, status]);
  });

  it.each(['garbage', '', '99999999999999999999', 'garbage 2099', '2099-01-01T00:00:00Z'])(
    'that is no date but "%s" is answered in full',
    async (since) => {
      const answers = await twice(() => open.get(feedPath, { 'If-Modified-Since': since }));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    },
  );
});

describe('24. the encoding', () => {
  it('is the one asked for, each under its own tag, and the text is the same after decoding', async () => {
    const tags = new Set<string | null>();
    for (const [accept, encoding, decode] of [
      ['gzip', 'gzip', gunzipSync],
      ['br, gzip', 'br', brotliDecompressSync],
      ['identity', null, (bytes: Buffer) => bytes],
      ['gzip;q=0, br;q=0', null, (bytes: Buffer) => bytes],
    ] as const) {
      for (const answer of await twice(() => open.get(feedPath, { 'Accept-Encoding': accept }))) {
        expect([accept, answer.headers.get('Content-Encoding')]).toEqual([accept, encoding]);
        expect(decode(answer.body).toString()).toBe(feed);
        tags.add(answer.headers.get('ETag'));
      }
    }
    expect(tags.size).toBe(3);
  });

  it('is none for a client that names none', async () => {
    const answers = await twice(() => open.get(feedPath));
    expect(answers.map(({ headers }) => headers.get('Content-Encoding'))).toEqual([null, null]);
  });

  it('is none for a picture, which is compressed already', async () => {
    const answers = await twice(() => open.get('/daily/icon.png', { 'Accept-Encoding': 'br, gzip' }));
    expect(answers.map(({ headers }) => headers.get('Content-Encoding'))).toEqual([null, null]);
  });

  it('with a tag of another encoding is answered in full', async () => {
    const tag = (await open.get(feedPath, { 'Accept-Encoding': 'gzip' })).headers.get('ETag') ?? '';
    const answers = await twice(() => open.get(feedPath, { 'If-None-Match': tag, 'Accept-Encoding': 'br' }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });
});

describe('25. the type of a feed', () => {
  it.each([
    [feedPath, 'application/rss+xml; charset=utf-8', 'application/xml; charset=utf-8'],
    ['/daily/t/llm/atom.xml', 'application/atom+xml; charset=utf-8', 'application/xml; charset=utf-8'],
    [
      '/daily/t/llm/feed.json',
      'application/feed+json; charset=utf-8',
      'application/feed+json; charset=utf-8',
    ],
  ])('%s is its own, and one that browsers show with the style sheet', async (path, own, shown) => {
    for (const [dest, type] of [
      [{}, own],
      [{ 'Sec-Fetch-Dest': 'empty' }, own],
      [{ 'Sec-Fetch-Dest': 'document' }, shown],
    ] as const) {
      const answers = await twice(() => open.get(path, dest));
      expect(answers.map(({ headers }) => headers.get('Content-Type'))).toEqual([type, type]);
      expect(answers.map(({ headers }) => headers.get('Vary'))).toEqual([
        'Accept-Encoding, Sec-Fetch-Dest',
        'Accept-Encoding, Sec-Fetch-Dest',
      ]);
    }
  });

  it('is served with a style sheet as text/css', async () => {
    expect((await open.get('/daily/feed.css')).headers.get('Content-Type')).toBe('text/css; charset=utf-8');
  });
});

describe('26. an address without a document', () => {
  it('is 404 when it never had one: no feed, and not for long', async () => {
    const { status, headers, body } = await open.get('/daily/t/unknown/rss.xml');
    expect(status).toBe(404);
    expect(headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    expect(headers.get('Cache-Control')).toBe('no-cache');
    expect(body.toString()).toBe('<h1>Nothing here</h1>');
  });

  it('is 410 when it had one, also after many publications and a restart', async () => {
    await using site = await openSite();
    await site.publish(documents);
    expect((await site.get(feedPath)).status).toBe(200);
    const without = documents.filter(({ path }) => !path.startsWith('t/'));
    await site.publish(without);
    await site.publish(without);
    for (const path of [feedPath, '/daily/t/llm/']) {
      const { status, headers, body } = await site.get(path);
      expect([path, status]).toEqual([path, 410]);
      expect(headers.get('Content-Type')).toContain('text/html');
      expect(body.toString()).toContain('removed for good');
    }
    await using restarted = await openSite({ publishedDir: site.dir });
    expect((await restarted.get(feedPath)).status).toBe(410);
    await site.publish(documents);
    expect((await site.get(feedPath)).status).toBe(200);
  });

  it('is 301 to where it moved, for good: also after the rule was taken away', async () => {
    await using site = await openSite();
    await site.publish(documents);
    const renamed = documents.map((document) => ({
      ...document,
      path: document.path.replace('t/llm', 't/words'),
    }));
    await site.publish(renamed, [{ from: 't/llm/', to: 't/words/' }]);
    await site.publish(renamed);
    for (const [path, location] of [
      [feedPath, '/daily/t/words/rss.xml'],
      ['/daily/t/llm/', '/daily/t/words/'],
      ['/daily/t/llm/feed.json?limit=5', '/daily/t/words/feed.json?limit=5'],
    ] as const) {
      const { status, headers } = await site.get(path);
      expect([path, status, headers.get('Location')]).toEqual([path, 301, location]);
    }
  });
});

describe('27. a query', () => {
  it('that nobody knows is ignored, and absent from the address the feed gives itself', async () => {
    const { status, headers, body } = await open.get(`${feedPath}?utm_source=x&a=%E2%82%AC`);
    expect([status, body.toString()]).toEqual([200, feed]);
    expect(headers.get('Link')).toBe('<https://papers.example.org/daily/t/llm/rss.xml>; rel="self"');
  });

  it.each(['%', '%zz', 'a=%e2%82', 'a=%ff', `a=${'%'.repeat(4000)}`])(
    '%s is malformed: 400',
    async (query) => {
      const { status, headers } = await open.get(`${feedPath}?${query}`);
      expect(status).toBe(400);
      expect(headers.get('Content-Type')).toContain('text/html');
      expect(headers.get('Cache-Control')).toBe('no-store');
    },
  );

  it('that is huge is refused without being read to its end', async () => {
    expect((await open.get(`${feedPath}?a=${'x'.repeat(12_000)}`)).status).toBe(414);
    expect((await open.get(`${feedPath}?a=${'x'.repeat(17_000)}`)).status).toBe(431);
  });
});

describe('28. a client', () => {
  const proxied = (client: string): Record<string, string> => ({ 'X-Forwarded-For': client });
  const limits = { requestsPerMinute: 20, trustedProxies: ['127.0.0.1'] };

  it('is answered 304 as often as it asks, also after it has asked for too much', async () => {
    await using site = await openSite(limits);
    await site.publish(documents);
    const headers = proxied('8.8.4.4');
    const tag = (await site.get(feedPath, headers)).headers.get('ETag') ?? '';
    for (let count = 0; count < 30; count += 1) await site.get(feedPath, headers);
    expect((await site.get(feedPath, headers)).status).toBe(429);
    for (let count = 0; count < 50; count += 1) {
      expect((await site.get(feedPath, { ...headers, 'If-None-Match': tag })).status).toBe(304);
    }
    // By the way through the framework too.
    expect((await site.get(`${feedPath}?a=1`, { ...headers, 'If-None-Match': tag })).status).toBe(304);
    expect((await site.get(`${feedPath}?a=1`, { ...headers, 'If-None-Match': '"x"' })).status).toBe(429);
  });

  it('that floods is answered 429 with whole seconds to wait, and others are not', async () => {
    await using site = await openSite(limits);
    await site.publish(documents);
    const statuses: number[] = [];
    for (let count = 0; count < 25; count += 1) {
      statuses.push((await site.get(feedPath, proxied('8.8.4.4'))).status);
    }
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(20);
    const { status, headers } = await site.get(feedPath, proxied('8.8.4.4'));
    expect(status).toBe(429);
    expect(headers.get('Retry-After')).toMatch(/^[1-9]\d*$/);
    expect((await site.get(feedPath, proxied('8.8.4.5'))).status).toBe(200);
    // Health is for machines that ask all the time.
    expect((await site.get('/daily/healthz', proxied('8.8.4.4'))).status).toBe(200);
  });

  it('may get a feed three times within a second', async () => {
    await using site = await openSite({ ...limits, requestsPerMinute: 1 });
    await site.publish(documents);
    const ask = () => site.get(feedPath, proxied('8.8.4.4'));
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

describe('29. any client', () => {
  it.each([
    ['without a User-Agent', `GET ${feedPath} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`],
    ['with HTTP/1.0', `GET ${feedPath} HTTP/1.0\r\n\r\n`],
    [
      'with an odd User-Agent and a cookie',
      `GET ${feedPath} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: ()<>\x7e\r\nCookie: a=b\r\nConnection: close\r\n\r\n`,
    ],
  ])('%s gets the feed', async (_, request) => {
    for (const { status, headers, body } of await twice(() => open.raw(request))) {
      expect([status, body.toString()]).toEqual([200, feed]);
      expect(headers.get('Access-Control-Allow-Origin')).toBe('*');
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
      expect(headers.get('Set-Cookie')).toBeNull();
    }
  });
});

describe('30. the address of the site', () => {
  it.each(['evil.example', 'evil.example:99', '127.0.0.1', ''])(
    'is the configured one, whatever the Host header "%s" says',
    async (host) => {
      const headers = {
        Host: host,
        'X-Forwarded-Host': 'evil.example',
        Forwarded: 'host=evil.example',
        'X-Forwarded-Proto': 'gopher',
      };
      for (const path of [feedPath, '/daily', '/daily/t/llm', '/daily/nowhere', '/daily/t/llm/atom.xml']) {
        for (const answer of await twice(() => open.get(path, headers))) {
          const whole = `${JSON.stringify(Object.fromEntries(answer.headers))}${answer.body.toString()}`;
          expect(whole).not.toContain('evil');
          expect(whole).not.toContain('gopher');
        }
      }
      const folder = await open.get('/daily/t/llm', headers);
      if (host !== '') expect(folder.headers.get('Location')).toBe('/daily/t/llm/');
    },
  );

  it('holds for a request that names a whole address', async () => {
    const answer = await open.raw(
      `GET http://evil.example${feedPath} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    );
    expect([answer.status, answer.headers.get('Link')]).toEqual([
      200,
      '<https://papers.example.org/daily/t/llm/rss.xml>; rel="self"',
    ]);
  });
});

describe('31. a publication meanwhile', () => {
  it('shows each reader the old or the new document whole, and the new one within a second', async () => {
    await using site = await openSite();
    const version = (count: number): PublishedDocument[] =>
      documents.map((document) =>
        document.path === 't/llm/rss.xml' ? { ...document, body: `${count} `.repeat(20_000) } : document,
      );
    await site.publish(version(1));
    const reading = new AbortController();
    const seen = new Set<string>();
    const read = async (encoding: string): Promise<void> => {
      while (!reading.signal.aborted) {
        const { status, headers, body } = await site.get(feedPath, { 'Accept-Encoding': encoding });
        const text = (headers.get('Content-Encoding') === 'gzip' ? gunzipSync(body) : body).toString();
        const [number = ''] = text.split(' ', 1);
        expect(status).toBe(200);
        expect(text === `${number} `.repeat(20_000)).toBe(true);
        seen.add(`${number} ${headers.get('ETag')}`);
      }
    };
    const readers = [read('gzip'), read('identity')];
    for (let count = 2; count <= 12; count += 1) {
      await site.publish(version(count));
      const deadline = performance.now() + 1_000;
      while (!(await site.get(feedPath)).body.toString().startsWith(`${count} `)) {
        expect(performance.now()).toBeLessThan(deadline);
      }
    }
    reading.abort();
    await Promise.all(readers);
    // One tag for one text and encoding.
    expect(new Set([...seen].map((one) => one.split(' ')[1])).size).toBe(seen.size);
  });
});
