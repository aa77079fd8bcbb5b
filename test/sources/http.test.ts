import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { SourceError } from '../../src/errors.ts';
import type { HttpAnswer } from '../../src/sources/http-answer.ts';
import { createHttpClient, type HttpClient, type HttpRequest } from '../../src/sources/http.ts';
import { requestedPauseMs } from '../../src/sources/http-pause.ts';
import { loopback } from './loopback.ts';

const client = (options: Partial<Parameters<typeof createHttpClient>[0]> = {}): HttpClient =>
  createHttpClient({
    userAgent: 'Broadsheet/0.1',
    allowedHosts: ['127.0.0.1'],
    timeoutMs: 5000,
    maxBytes: 10_000,
    retryDelayMs: 1,
    ...options,
  });

const request = (more: Partial<HttpRequest> = {}): HttpRequest => ({
  accept: 'text/plain',
  signal: new AbortController().signal,
  ...more,
});

const text = (answer: HttpAnswer): string => {
  if (answer.state !== 'ok') throw new Error(`expected a body, got ${answer.state}`);
  return new TextDecoder().decode(answer.body);
};

const refusal = async (answer: Promise<HttpAnswer>): Promise<SourceError> => {
  const thrown: unknown = await answer.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof SourceError) return thrown;
  throw new Error('expected a SourceError', { cause: thrown });
};

describe('an answer', () => {
  test('comes with its validators, its type and its address, and the server learns who asks', async () => {
    await using server = await loopback((_, response) => {
      response.writeHead(200, {
        'content-type': 'text/plain',
        etag: '"a"',
        'last-modified': 'Mon, 27 Apr 2026 04:00:00 GMT',
        link: '<x>; rel="next"',
      });
      response.end('hello');
    });
    await using http = client({ contact: 'mailto:ops@example.org' });
    const answer = await http.get(`${server.url}/list`, request());
    expect(text(answer)).toBe('hello');
    expect(answer).toMatchObject({
      contentType: 'text/plain',
      link: '<x>; rel="next"',
      validators: { etag: '"a"', lastModified: 'Mon, 27 Apr 2026 04:00:00 GMT' },
      url: `${server.url}/list`,
    });
    expect(server.asked[0]?.headers).toMatchObject({
      'user-agent': 'Broadsheet/0.1 (+mailto:ops@example.org)',
      accept: 'text/plain',
      'accept-encoding': 'gzip, br',
    });
  });

  test.each([
    ['gzip', gzipSync('hello')],
    ['x-gzip', gzipSync('hello')],
    ['br', brotliCompressSync('hello')],
    ['identity', Buffer.from('hello')],
  ])('coded as %s is decoded', async (coding, body) => {
    await using server = await loopback((_, response) =>
      response.writeHead(200, { 'content-encoding': coding }).end(body),
    );
    await using http = client();
    expect(text(await http.get(server.url, request()))).toBe('hello');
  });

  test('is `unchanged` when the server says so to the validators it gave', async () => {
    await using server = await loopback((asked, response) => {
      response.writeHead(asked.headers['if-none-match'] === '"a"' ? 304 : 200).end();
    });
    await using http = client();
    const validators = { etag: '"a"', lastModified: 'Mon, 27 Apr 2026 04:00:00 GMT', bodyHash: '00' };
    expect(await http.get(server.url, request({ validators }))).toEqual({ state: 'unchanged' });
    expect(server.asked[0]?.headers['if-modified-since']).toBe(validators.lastModified);
  });

  test('of 304 to a request without validators is an error', async () => {
    await using server = await loopback((_, response) => response.writeHead(304).end());
    await using http = client();
    expect(await refusal(http.get(server.url, request()))).toMatchObject({ code: 'status' });
  });

  test('is found behind redirects, and says where it came from', async () => {
    await using server = await loopback((asked, response) => {
      if (asked.url === '/end') response.end('there');
      else
        response
          .writeHead(asked.url === '/' ? 301 : 307, { location: asked.url === '/' ? '/middle' : 'end' })
          .end();
    });
    await using http = client();
    const answer = await http.get(server.url, request());
    expect(text(answer)).toBe('there');
    expect(answer).toMatchObject({ url: `${server.url}/end` });
  });
});

describe('limits', () => {
  test('redirects in a circle end', async () => {
    await using server = await loopback((_, response) => response.writeHead(302, { location: '/' }).end());
    await using http = client();
    expect(await refusal(http.get(server.url, request()))).toMatchObject({
      code: 'status',
      message: expect.stringContaining('3 redirects'),
    });
    expect(server.asked).toHaveLength(4);
  });

  test('redirects without end end', async () => {
    await using server = await loopback((_, response, index) =>
      response.writeHead(302, { location: `/${index}` }).end(),
    );
    await using http = client();
    expect(await refusal(http.get(server.url, request()))).toMatchObject({
      code: 'status',
      message: expect.stringContaining('the last to'),
    });
    expect(server.asked).toHaveLength(4);
  });

  test('a body of 100 MB is refused with its reason, after little of it was read', async () => {
    let sent = 0;
    await using server = await loopback((_, response) => {
      response.writeHead(200, { 'content-length': 100_000_000 });
      const more = (): void => {
        while (!response.destroyed && sent < 100_000_000) {
          sent += 100_000;
          if (!response.write(Buffer.alloc(100_000))) return void response.once('drain', more);
        }
      };
      more();
    });
    await using http = client();
    expect(await refusal(http.get(server.url, request()))).toMatchObject({
      code: 'too-large',
      message: expect.stringContaining('Expected at most 10000 bytes'),
    });
    expect(sent).toBeLessThan(50_000_000);
  });

  test.each([429, 500])('the body of a %i is limited too, and is not asked for again', async (status) => {
    await using server = await loopback((_, response) =>
      response.writeHead(status, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(5_000_000))),
    );
    await using http = client();
    expect(await refusal(http.get(server.url, request()))).toMatchObject({ code: 'too-large' });
    expect(server.asked).toHaveLength(1);
  });

  test('a body coded twice is not recognised', async () => {
    await using server = await loopback((_, response) =>
      response
        .writeHead(200, { 'content-encoding': 'gzip, gzip' })
        .end(gzipSync(gzipSync(Buffer.alloc(5_000_000)))),
    );
    await using http = client();
    expect(await refusal(http.get(server.url, request()))).toMatchObject({ code: 'not-recognised' });
  });

  test('an endless body is cut at the limit', async () => {
    await using server = await loopback((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(4096)));
        response.once('drain', more);
      };
      more();
    });
    await using http = client();
    expect(await refusal(http.get(server.url, request()))).toMatchObject({ code: 'too-large' });
  });

  test.each([
    ['gzip', gzipSync(Buffer.alloc(5_000_000))],
    ['br', brotliCompressSync(Buffer.alloc(5_000_000))],
  ])('a small %s body that unpacks to a large one is not unpacked', async (coding, body) => {
    expect(body.byteLength).toBeLessThan(10_000);
    await using server = await loopback((_, response) =>
      response.writeHead(200, { 'content-encoding': coding }).end(body),
    );
    await using http = client();
    expect(await refusal(http.get(server.url, request()))).toMatchObject({ code: 'too-large' });
  });

  test('half a gzip body is malformed', async () => {
    const half = gzipSync('hello '.repeat(100)).subarray(0, 20);
    await using server = await loopback((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(half),
    );
    await using http = client();
    expect(await refusal(http.get(server.url, request()))).toMatchObject({ code: 'malformed' });
  });

  test('a server that does not answer in time is a timeout, and is not asked again', async () => {
    await using server = await loopback(() => undefined);
    await using http = client({ timeoutMs: 50 });
    expect(await refusal(http.get(server.url, request()))).toMatchObject({ code: 'timeout' });
    expect(server.asked).toHaveLength(1);
  });

  test('a body that stops half-way is a timeout too', async () => {
    await using server = await loopback((_, response) => void response.write('half'));
    await using http = client({ timeoutMs: 50 });
    expect(await refusal(http.get(server.url, request()))).toMatchObject({ code: 'timeout' });
  });

  test('an abort ends the request with its own reason', async () => {
    const controller = new AbortController();
    await using server = await loopback(() => controller.abort(new Error('stopping')));
    await using http = client();
    await expect(http.get(server.url, request({ signal: controller.signal }))).rejects.toThrow('stopping');
  });
});

describe('trying again', () => {
  test.each([429, 500, 503])('after %i, up to twice', async (status) => {
    await using server = await loopback((_, response, index) =>
      response.writeHead(index < 2 ? status : 200).end('at last'),
    );
    await using http = client();
    expect(text(await http.get(server.url, request()))).toBe('at last');
    expect(server.asked).toHaveLength(3);
  });

  test('gives up after two, with what the server said', async () => {
    await using server = await loopback((_, response) =>
      response.writeHead(500).end('<h1>out of\norder</h1>'),
    );
    await using http = client();
    expect(await refusal(http.get(server.url, request()))).toMatchObject({
      code: 'status',
      message: expect.stringContaining('got 500: "<h1>out of order</h1>"'),
    });
    expect(server.asked).toHaveLength(3);
  });

  test('after a connection that closes without an answer', async () => {
    await using server = await loopback(
      (asked, response, index) => void (index === 0 ? asked.socket.destroy() : response.end('back')),
    );
    await using http = client();
    expect(text(await http.get(server.url, request()))).toBe('back');
  });

  test('nobody listening is unreachable', async () => {
    const server = createTcpServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    server.close();
    await once(server, 'close');
    await using http = client();
    expect(await refusal(http.get(`http://127.0.0.1:${port}/`, request()))).toMatchObject({
      code: 'unreachable',
    });
  });

  test.each([400, 403, 404])('not after %i', async (status) => {
    await using server = await loopback((_, response) => response.writeHead(status).end());
    await using http = client();
    expect(await refusal(http.get(server.url, request()))).toMatchObject({ code: 'status' });
    expect(server.asked).toHaveLength(1);
  });

  test.each([
    ['seconds', { 'retry-after': '0' }],
    ['a date', { 'retry-after': 'Mon, 27 Apr 2026 04:00:00 GMT', date: 'Mon, 27 Apr 2026 04:00:00 GMT' }],
    ['a rate limit', { ratelimit: '"api";r=0;t=0' }],
  ])('after the pause asked for in %s', async (_, headers) => {
    await using server = await loopback((_asked, response, index) =>
      response.writeHead(index === 0 ? 429 : 200, headers).end('now'),
    );
    await using http = client({ retryDelayMs: 60_000 });
    expect(text(await http.get(server.url, request()))).toBe('now');
  });

  test.each([
    ['seconds', { 'retry-after': '3600' }],
    ['a date', { 'retry-after': 'Mon, 27 Apr 2026 05:00:00 GMT', date: 'Mon, 27 Apr 2026 04:00:00 GMT' }],
    ['a rate limit', { ratelimit: '"api";r=0;t=3600' }],
  ])('not when the pause asked for in %s is long: the error says how long', async (_, headers) => {
    await using server = await loopback((_asked, response) => response.writeHead(429, headers).end());
    await using http = client();
    expect(await refusal(http.get(server.url, request()))).toMatchObject({
      message: expect.stringContaining('asks to wait 3600 s'),
    });
    expect(server.asked).toHaveLength(1);
  });
});

describe('a question sent as JSON', () => {
  const json = { ids: ['arXiv:2601.01234'] };
  const bodyOf = async (asked: IncomingMessage): Promise<string> => {
    const chunks: Buffer[] = [];
    for await (const chunk of asked) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString();
  };

  test('is a POST with its type and the headers given', async () => {
    await using server = await loopback(
      (asked, response) => void bodyOf(asked).then((body) => response.end(`${asked.method} ${body}`)),
    );
    await using http = client();
    const answer = await http.get(server.url, request({ json, headers: { 'x-api-key': 'invented' } }));
    expect(text(answer)).toBe('POST {"ids":["arXiv:2601.01234"]}');
    expect(server.asked[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-api-key': 'invented',
      'user-agent': 'Broadsheet/0.1',
    });
  });

  test.each([429, 503])('is asked again, whole, after %i', async (status) => {
    await using server = await loopback(
      (asked, response, index) =>
        void bodyOf(asked).then((body) => response.writeHead(index === 0 ? status : 200).end(body)),
    );
    await using http = client();
    expect(text(await http.get(server.url, request({ json })))).toBe(JSON.stringify(json));
    expect(server.asked).toHaveLength(2);
  });

  test.each([307, 308])('goes on as a POST after %i', async (status) => {
    await using server = await loopback((asked, response) => {
      if (asked.url === '/there') response.end(asked.method);
      else response.writeHead(status, { location: '/there' }).end();
    });
    await using http = client();
    expect(text(await http.get(server.url, request({ json })))).toBe('POST');
  });

  test.each([301, 302, 303])('does not become a GET after %i', async (status) => {
    await using server = await loopback((_, response) =>
      response.writeHead(status, { location: '/there' }).end(),
    );
    await using http = client();
    expect(await refusal(http.get(server.url, request({ json })))).toMatchObject({
      code: 'status',
      message: expect.stringContaining(String(status)),
    });
    expect(server.asked).toHaveLength(1);
  });
});

test('a key goes to the host that was asked, also behind a redirect there, and to no other', async () => {
  await using other = await loopback((_, response) => response.end('elsewhere'));
  await using server = await loopback((asked, response) => {
    response.writeHead(302, { location: asked.url === '/' ? '/again' : other.url }).end();
  });
  await using http = client();
  const headers = { authorization: 'Bearer invented' };
  expect(text(await http.get(server.url, request({ headers })))).toBe('elsewhere');
  expect(server.asked.map((asked) => asked.headers.authorization)).toEqual([
    'Bearer invented',
    'Bearer invented',
  ]);
  expect(other.asked.map((asked) => asked.headers.authorization)).toEqual([undefined]);
});

describe('the pause that a server asks for', () => {
  const date = 'Mon, 27 Apr 2026 04:00:00 GMT';
  const reset = String(Date.parse(date) / 1000 + 90);
  test.each([
    ['nothing', {}, undefined],
    ['Retry-After in seconds', { 'retry-after': ' 7 ' }, 7000],
    ['Retry-After as a date', { 'retry-after': 'Mon, 27 Apr 2026 04:01:00 GMT', date }, 60_000],
    ['Retry-After as a past date', { 'retry-after': 'Mon, 27 Apr 2026 03:00:00 GMT', date }, 0],
    ['Retry-After as a date without one to compare', { 'retry-after': date }, undefined],
    ['Retry-After that says nothing', { 'retry-after': 'soon' }, undefined],
    ['RateLimit with nothing left', { ratelimit: '"api";r=0;t=12' }, 12_000],
    ['RateLimit with some left', { ratelimit: '"api";r=3;t=12' }, undefined],
    ['a time of reset', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset, date }, 90_000],
    [
      'a time of reset that is over',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1000000001', date },
      0,
    ],
    ['seconds to the reset', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '30' }, 30_000],
    ['no reset', { 'x-ratelimit-remaining': '0' }, 60_000],
    [
      'a time of reset without one to compare',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
      60_000,
    ],
    ['some left', { 'x-ratelimit-remaining': '59', 'x-ratelimit-reset': reset, date }, undefined],
  ])('with %s', (_, headers: Record<string, string>, expected) => {
    expect(requestedPauseMs((name) => headers[name])).toBe(expected);
  });

  test.each([200, 304])('is told with a %i too', async (status) => {
    await using server = await loopback((_, response) =>
      response.writeHead(status, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9' }).end(),
    );
    await using http = client();
    expect(await http.get(server.url, request({ validators: { etag: '"a"' } }))).toMatchObject({
      pauseMs: 9000,
    });
  });
});

describe('private addresses', () => {
  test.each([
    'http://127.0.0.1:9/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://169.254.169.254/latest',
    'http://localhost:9/',
  ])('are refused unless named: %s', async (url) => {
    await using http = client({ allowedHosts: [] });
    expect(await refusal(http.get(url, request()))).toMatchObject({ code: 'private-address' });
  });

  test('are refused behind a redirect from a named host', async () => {
    await using inner = await loopback((_, response) => response.end('secret'));
    await using server = await loopback((_, response) =>
      response.writeHead(302, { location: inner.url.replace('127.0.0.1', 'localhost') }).end(),
    );
    await using http = client();
    expect(await refusal(http.get(server.url, request()))).toMatchObject({ code: 'private-address' });
    expect(inner.asked).toHaveLength(0);
  });

  test.each([
    ['http://10.0.0.1/', 'private-address'],
    ['http://169.254.169.254/latest', 'private-address'],
    ['http://[::ffff:127.0.0.2]/', 'private-address'],
    ['file:///etc/passwd', 'unreachable'],
  ])('are refused behind a redirect to %s', async (location, code) => {
    await using server = await loopback((_, response) => response.writeHead(307, { location }).end());
    await using http = client();
    expect(await refusal(http.get(server.url, request()))).toMatchObject({ code });
    expect(server.asked).toHaveLength(1);
  });

  test('are refused behind a redirect with the reason', async () => {
    await using server = await loopback((_, response) =>
      response.writeHead(302, { location: 'http://192.168.0.1/' }).end(),
    );
    await using http = client();
    expect((await refusal(http.get(server.url, request()))).message).toContain(
      'Expected a public address for 192.168.0.1; got 192.168.0.1, which is private',
    );
  });

  test('a named host is reached also by its name', async () => {
    await using server = await loopback((_, response) => response.end('hello'));
    await using http = client({ allowedHosts: ['LOCALHOST'] });
    expect(text(await http.get(server.url.replace('127.0.0.1', 'localhost'), request()))).toBe('hello');
  });

  test('an IPv6 address may be named as it stands in a URL', async () => {
    await using http = client({ allowedHosts: ['[::1]'] });
    expect(await refusal(http.get('http://[::1]:1/', request()))).toMatchObject({ code: 'unreachable' });
  });

  test.each(['file:///etc/passwd', 'ftp://example.org/', 'nonsense'])(
    'other addresses are not asked: %s',
    async (url) => {
      await using http = client();
      expect(await refusal(http.get(url, request()))).toMatchObject({ code: 'unreachable' });
    },
  );
});

describe('the clock of a server', () => {
  const hour = 3_600_000;
  const now = Date.parse('2026-11-10T02:30:00Z');
  const ask = async (headers: Record<string, string>, clock?: () => number): Promise<HttpAnswer> => {
    await using server = await loopback((_, response) => {
      response.sendDate = false;
      response.writeHead(200, { 'content-type': 'text/plain', ...headers }).end('hello');
    });
    await using http = client(clock && { clock });
    return await http.get(server.url, request());
  };
  const dateOf = (at: number): string => new Date(at).toUTCString();

  test.each([
    ['is like ours', { date: dateOf(now) }],
    ['is two days away', { date: dateOf(now - 48 * hour) }],
    ['is not told', {}],
    ['is no time', { date: 'yesterday' }],
    ['is that of an answer of a week ago out of a cache', { date: dateOf(now - 168 * hour), age: '604800' }],
  ])('that %s is no fault', async (_, headers) => {
    expect(text(await ask(headers, () => now))).toBe('hello');
  });

  test.each([
    ['ten years after', now + 3650 * 24 * hour, '3650 days after'],
    ['three days before', now - 72 * hour, '3 days before'],
  ])('%s ours refuses the answer and says what to do', async (_, at, words) => {
    const error = await refusal(ask({ date: dateOf(at) }, () => now));
    expect(error.code).toBe('clock');
    expect(error.message).toContain(words);
    expect(error.message).toContain('Set the clock of this machine');
  });

  test('is not looked at where ours is not that of the wall', async () => {
    expect(text(await ask({ date: dateOf(now + 3650 * 24 * hour) }))).toBe('hello');
  });
});
