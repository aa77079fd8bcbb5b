import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { apiRoutes } from '../../src/serve/api.ts';
import { clientReader } from '../../src/serve/client-address.ts';
import { dayMs } from '../../src/domain/time.ts';
import { sampleEdition, sampleSite } from '../render/edition-sample.ts';
import { addEdition, digests, openApiSite, startAt, token, tokens, type ApiSite } from './api-site.ts';
import { openSite } from './over-sockets.ts';

let api: ApiSite;
let logged: string;
beforeEach(async () => {
  logged = '';
  const log = pino({ level: 'trace' }, { write: (line: string) => void (logged += line) });
  api = await openApiSite({ log });
});
afterEach(() => api[Symbol.asyncDispose]());

const ada = '/subscribers/ada@example.org';
const body = { subscriptions: [{ digest: 'daily', state: 'confirmed' }] };
const fresh = { 'If-None-Match': '*' };

describe('the token', () => {
  it('is asked for by everything but the document, in one way, with no word about what was wrong', async () => {
    const wrong = ['', token.slice(1), `${token}x`, token.toUpperCase(), 'x'.repeat(40)];
    const answers = new Set<string>();
    for (const path of ['/subscribers', ada, '/editions', '/nothing', '']) {
      for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
        for (const given of [null, ...wrong]) {
          const answer = await api.ask(method, path, { token: given });
          expect(answer.status).toBe(401);
          expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer realm="api"');
          answers.add(answer.text);
        }
      }
    }
    const headers = { Authorization: `Basic ${btoa(`api:${token}`)}` };
    answers.add((await api.ask('GET', '/subscribers', { token: null, headers })).text);
    answers.add((await api.ask('GET', `/subscribers?access_token=${token}`, { token: null })).text);
    expect([...answers]).toEqual([
      JSON.stringify({ type: 'about:blank', title: 'Unauthorized', status: 401, code: 'unauthorized' }),
    ]);
  });

  it('may be sent with any case of its scheme (RFC 9110 section 11.1)', async () => {
    const headers = { Authorization: `bearer  ${token}` };
    expect((await api.ask('GET', '/subscribers', { token: null, headers })).status).toBe(200);
  });

  it('stands in no answer and in no log, and neither does an address, also when something breaks', async () => {
    await api.ask('PUT', ada, { body, headers: fresh });
    await api.ask('GET', ada, { token: `${token}x` });
    await api.db.destroy();
    const broken = await api.ask('GET', ada);
    expect(broken.status).toBe(500);
    expect(broken.json).toMatchObject({ code: 'internal' });
    expect(logged).toContain('the API could not answer');
    for (const text of [logged, broken.text]) {
      expect(text).not.toContain(token.slice(0, 12));
      expect(text).not.toContain('ada@');
    }
  });

  it('cannot be guessed for long: a client that fails is let wait, also with the right one then', async () => {
    const parts = { db: api.db, tokens, site: sampleSite, digests, token, now: () => startAt };
    const clientOf = clientReader(['127.0.0.0/8']);
    const routes = apiRoutes({ ...parts, clientOf, log: createLogger('silent') });
    await using site = await openSite({ api: routes, trustedProxies: ['127.0.0.0/8'] });
    const ask = (client: string, given: string) =>
      site.get('/daily/api/v1/subscribers', {
        Authorization: `Bearer ${given}`,
        'X-Forwarded-For': client,
      });
    const [bad, good] = ['9.9.9.7', '9.9.9.8'];
    for (let tries = 0; tries < 30; tries += 1) expect((await ask(good, token)).status).toBe(200);
    for (let tries = 0; tries < 10; tries += 1) expect((await ask(bad, 'wrong')).status).toBe(401);
    for (const given of ['wrong', token]) {
      const answer = await ask(bad, given);
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
      expect(JSON.parse(answer.body.toString())).toMatchObject({ code: 'too-many-tries', status: 429 });
    }
    expect((await ask(good, token)).status).toBe(200);
    const document = await site.get('/daily/api/v1/openapi.json', { 'X-Forwarded-For': bad });
    expect(document.status).toBe(200);
  });
});

describe('a request', () => {
  it('to no path, or with a method that is not for it, is told so', async () => {
    for (const path of [
      '',
      '/',
      '/subscriber',
      '/subscribers/',
      `${ada}/erase/now`,
      '/editions/daily',
      '/openapi',
    ]) {
      expect((await api.ask('GET', path)).status, path).toBe(404);
    }
    for (const [method, path, allow] of [
      ['POST', '/subscribers', 'GET, HEAD'],
      ['PATCH', ada, 'GET, PUT, DELETE, HEAD'],
      ['GET', `${ada}/erase`, 'POST'],
      ['OPTIONS', '/editions', 'GET, HEAD'],
      ['DELETE', '/openapi.json', 'GET, HEAD'],
    ] as const) {
      const answer = await api.ask(method, path);
      expect([answer.status, answer.headers.get('Allow')]).toEqual([405, allow]);
    }
  });

  it('has a body of JSON, or none where none is expected', async () => {
    const put = (given: string | Uint8Array, headers: Record<string, string> = {}) =>
      api.ask('PUT', ada, { body: given, headers: { ...fresh, ...headers } });
    const good = JSON.stringify(body);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=latin1',
      'application/jsonx',
    ]) {
      expect((await put(good, { 'Content-Type': type })).status, type).toBe(415);
    }
    expect((await put(good, { 'Content-Encoding': 'gzip' })).status).toBe(415);
    for (const broken of ['', '{', 'null', '[]', '"text"', `${good},`, Buffer.from([0x22, 0xff, 0x22])]) {
      expect((await put(broken)).status).toBe(400);
    }
    expect((await put(`{"__proto__":{"name":"Ada"},"subscriptions":[]}`)).status).toBe(400);
    expect((await put('['.repeat(60_000))).status).toBe(400);
    for (const [method, path] of [
      ['DELETE', ada],
      ['POST', `${ada}/erase`],
    ] as const) {
      expect((await api.ask(method, path, { body: '{}' })).status).toBe(400);
    }
    expect(await api.subscriber('ada@example.org')).toBeUndefined();
    expect((await put(good, { 'Content-Type': 'Application/JSON; charset="UTF-8"' })).status).toBe(201);
  });

  it('has at most 64 KB, by its word and by its bytes', async () => {
    const padded = (length: number) => JSON.stringify(body).padEnd(length);
    const put = (length: number) => api.ask('PUT', ada, { body: padded(length), headers: fresh });
    expect((await put(65_537)).status).toBe(413);
    expect((await put(65_536)).status).toBe(201);
    const parts = { db: api.db, tokens, site: sampleSite, digests, token, now: () => startAt };
    const app = apiRoutes({ ...parts, clientOf: () => undefined, log: createLogger('silent') });
    let read = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        read += 1;
        controller.enqueue(new Uint8Array(8192));
      },
    });
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...fresh };
    const asked = { method: 'PUT', headers, body: endless, duplex: 'half' } as const;
    const answer = await app.request(`/api/v1${ada}`, asked);
    expect(answer.status).toBe(413);
    expect(read).toBeLessThan(20);
  });

  it('works over a socket as well, HEAD too', async () => {
    const parts = { db: api.db, tokens, site: sampleSite, digests, token, now: () => startAt };
    const clientOf = () => undefined;
    await using site = await openSite({
      api: apiRoutes({ ...parts, clientOf, log: createLogger('silent') }),
    });
    const head = (method: string, more: readonly string[]) =>
      [
        `${method} /daily/api/v1${ada} HTTP/1.1`,
        'Host: localhost',
        'Connection: close',
        `Authorization: Bearer ${token}`,
        ...more,
        '\r\n',
      ].join('\r\n');
    const text = JSON.stringify(body);
    const put = ['Content-Type: application/json', `Content-Length: ${text.length}`, 'If-None-Match: *'];
    expect((await site.raw(`${head('PUT', put)}${text}`)).status).toBe(201);
    const chunked = ['Content-Type: application/json', 'Transfer-Encoding: chunked', 'If-Match: *'];
    const chunk = `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
    expect((await site.raw(`${head('PUT', chunked)}${chunk}`)).status).toBe(200);
    const shown = await site.raw(head('HEAD', []));
    expect([shown.status, shown.body.length]).toEqual([200, 0]);
    expect(shown.headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect((await site.raw(head('DELETE', ['Content-Length: 0']))).status).toBe(204);
    expect((await site.raw(head('DELETE', []))).status).toBe(204);
  });

  it('of a page of another origin gets no leave to read the answer', async () => {
    const headers = { Origin: 'https://elsewhere.example' };
    for (const asked of [{ headers }, { headers, token: null }]) {
      const answer = await api.ask('GET', '/subscribers', asked);
      const names = [...answer.headers.keys()].filter((name) => name.startsWith('access-control'));
      expect(names).toEqual([]);
    }
  });
});

describe('editions', () => {
  const second = {
    ...sampleEdition,
    editionDate: '2026-11-25',
    number: sampleEdition.number + 1,
    publishedAt: sampleEdition.publishedAt + dayMs,
  };
  const path = `/editions/${sampleEdition.digest}/${sampleEdition.editionDate}`;

  it('are listed with the newest first, a page at a time, without what stands in them', async () => {
    await addEdition(api.db, second);
    await addEdition(api.db, { ...second, digest: 'other' });
    const pages: unknown[] = [];
    for (let query = '?limit=2'; ;) {
      const { json } = await api.ask('GET', `/editions${query}`);
      const { items, next } = json as {
        items: readonly { digest: string; editionDate: string }[];
        next?: string;
      };
      pages.push(items.map(({ digest, editionDate }) => `${digest} ${editionDate}`));
      if (next === undefined) break;
      query = `?limit=2&cursor=${next}`;
    }
    const { digest, editionDate } = sampleEdition;
    expect(pages).toEqual([['other 2026-11-25', `${digest} 2026-11-25`], [`${digest} ${editionDate}`]]);
    const { json } = await api.ask('GET', `/editions?digest=${digest}`);
    expect(json).toMatchObject({
      items: [{ digest }, { digest, href: `https://papers.example.org/daily/api/v1${path}` }],
    });
  });

  it('are given as they were frozen, to the byte, and 304 to whoever has them', async () => {
    const answer = await api.ask('GET', path);
    expect(answer.text).toBe(JSON.stringify(sampleEdition));
    expect(answer.headers.get('Cache-Control')).toBe('private, no-cache');
    const etag = answer.headers.get('ETag') ?? '';
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await api.ask('GET', path, { headers: { 'If-None-Match': tags } });
      expect([again.status, again.headers.get('ETag')]).toEqual([304, etag]);
    }
    expect((await api.ask('GET', path, { headers: { 'If-None-Match': '"other"' } })).status).toBe(200);
  });

  it('of another day or digest are not there, and a day that does not exist is a fault', async () => {
    expect((await api.ask('GET', '/editions/daily/2026-01-01')).status).toBe(404);
    expect((await api.ask('GET', '/editions/unknown/2026-11-24')).status).toBe(404);
    for (const wrong of [
      '/editions/daily/2026-02-30',
      '/editions/daily/today',
      '/editions/Da%20ily/2026-11-24',
      '/editions/%2e%2e/2026-11-24',
    ]) {
      expect([400, 404]).toContain((await api.ask('GET', wrong)).status);
    }
  });
});
