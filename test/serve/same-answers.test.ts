/** The same bytes to a server that reads plain requests itself and to one of node:http alone: the same bytes back. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import * as fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSite } from '../../src/serve/app.ts';
import { startServer, type RunningServer } from '../../src/serve/server.ts';
import { writePublished } from '../../src/store/published.ts';

const head = 'GET /daily/feed.css HTTP/1.1\r\nHost: a\r\n';
/** Longer than what is copied, and short enough that the kernel takes it at once. */
const long = 'x'.repeat(17_000);
const stop = new AbortController();
let dir: string;
let fast: RunningServer;
let plain: RunningServer;
/** How many requests the fast server answered without node:http. */
let taken = 0;
let tag = '';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'same-'));
  await writePublished(dir, [
    { path: 'index.html', contentType: 'text/html; charset=utf-8', body: `<h1>Front</h1>${'y'.repeat(400)}` },
    { path: 'feed.css', contentType: 'text/css; charset=utf-8', body: 'rss { display: block }' },
    { path: 'rss.xml', contentType: 'application/rss+xml; charset=utf-8', body: `<rss>${long}</rss>` },
  ]);
  const now = Date.parse('2026-11-24T06:00:00Z');
  const site = createSite({
    publishedDir: dir,
    site: {
      title: 'Paper',
      description: '',
      baseUrl: 'https://papers.example.org/daily/',
      tagAuthority: 'papers.example.org,2026',
      language: 'en',
      topics: [],
      isSample: false,
    },
    maxAgeSeconds: () => 900,
    latestEditionAt: async () => now,
    now: () => now,
    log: pino({ level: 'silent' }),
  });
  await site.warm();
  // What is not for a published file tells how it was understood.
  const fetch = async (request: Request): Promise<Response> =>
    new Response(JSON.stringify([request.method, request.url, [...request.headers], await request.text()]));
  const listen = { host: '127.0.0.1', port: 0, signal: stop.signal };
  plain = await startServer({ app: { fetch, fast: site.fast }, ...listen });
  fast = await startServer({
    app: {
      fetch,
      fast: site.fast,
      plain: (request, socket) => {
        const answer = site.plain(request, socket);
        if (answer) taken += 1;
        return answer;
      },
    },
    ...listen,
  });
  const answer = await answers(plain.port, [`${head}Connection: close\r\n\r\n`]);
  tag = /^ETag: (.*)$/m.exec(answer)?.[1] ?? '';
});

afterAll(async () => {
  stop.abort();
  await Promise.all([fast.closed, plain.closed]);
  await rm(dir, { recursive: true });
});

/** Sends the pieces one after the other, each when the one before was read, and gives all that comes back. */
async function answers(port: number, pieces: readonly string[]): Promise<string> {
  return (await exchange(port, pieces)).text;
}

/** The answers, and whether the server reset the connection, which takes away what was on its way. */
async function exchange(
  port: number,
  pieces: readonly string[],
  patience = 30,
): Promise<{ text: string; isReset: boolean }> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  const chunks: Buffer[] = [];
  let quiet = 0;
  socket.on('data', (chunk: Buffer) => {
    quiet = 0;
    chunks.push(chunk);
  });
  let isReset = false;
  socket.on('error', () => {
    isReset = true;
  });
  socket.on('end', () => socket.end());
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  for (const piece of pieces) {
    if (socket.writable) socket.write(piece, 'latin1');
    for (let turns = 0; turns < 3; turns += 1) await turn();
  }
  while (!socket.readableEnded && !socket.destroyed && quiet < patience) {
    quiet += 1;
    await turn();
  }
  socket.end();
  await closed;
  const text = Buffer.concat(chunks)
    .toString('latin1')
    .replaceAll(/^Date: .* GMT$/gm, 'Date: now');
  return { text, isReset };
}

/**
 * node:http forgets the answers to requests that came in one piece with bytes that are no request, so it gets
 * them one by one where that matters (`toPlain`).
 */
async function difference(
  toFast: readonly string[],
  toPlain = toFast,
  isSame = (one: string, other: string) => one === other,
): Promise<unknown> {
  let found: unknown;
  // On a busy machine pieces arrive together and we hang up before an answer: a difference counts when it comes every
  // time, however long we wait.
  for (let tries = 0; tries < 5; tries += 1) {
    taken = 0;
    const [one, other] = await Promise.all([
      exchange(fast.port, toFast, 30 * 5 ** tries),
      exchange(plain.port, toPlain, 30 * 5 ** tries),
    ]);
    if (isSame(one.text, other.text)) return undefined;
    if (one.isReset && other.text.startsWith(one.text)) return undefined;
    if (other.isReset && one.text.startsWith(other.text)) return undefined;
    found = { toFast, one, other };
  }
  return found;
}

/**
 * Of bytes after which node:http hangs up: it takes what it was handed as one piece, and so forgets the answers to requests
 * before them that had not left. The shorter has to be how the longer begins, but for the word of refusal.
 */
function isSameUpToHangUp(one: string, other: string): boolean {
  const said = (text: string): string =>
    text.replace(/HTTP\/1\.1 4\d\d [\w ]+\r\nConnection: close\r\n\r\n$/, '');
  return said(one).startsWith(said(other)) || said(other).startsWith(said(one));
}

const plainRequests = (): readonly string[] => [
  `${head}\r\n`,
  `${head}Accept-Encoding: gzip\r\n\r\n`,
  `${head}accept-encoding: br;q=0.5, gzip\r\nACCEPT: */*\r\nUser-Agent: x/1 (y; +z)\r\nConnection: Keep-Alive\r\n\r\n`,
  `${head}If-None-Match: ${tag}\r\n\r\n`,
  `${head}If-None-Match: W/"x", ${tag}\r\nIf-Modified-Since: garbage\r\n\r\n`,
  `${head}If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\r\n\r\n`,
  `${head}If-Modified-Since: Fri, 01 Jan 2010 00:00:00 GMT\r\nCookie: a=b\r\nX-Forwarded-For: 8.8.4.4\r\n\r\n`,
  'GET /daily/ HTTP/1.1\r\nHost: papers.example.org:80\r\nAccept-Encoding: br\r\nSec-Fetch-Dest: document\r\n\r\n',
  'GET /daily/rss.xml HTTP/1.1\r\nHost: [::1]:80\r\n\r\n',
  'GET /daily/rss.xml HTTP/1.1\r\nHost: a\r\nSec-Fetch-Dest: document\r\nAccept-Encoding: gzip\r\n\r\n',
];

/** Right ones and wrong ones, after which nobody else but node:http may say how the bytes go on. */
const oddRequests: readonly string[] = [
  head.replace('GET', 'HEAD') + '\r\n',
  head.replace('GET', 'get') + '\r\n',
  head.replace('GET', 'OPTIONS') + '\r\n',
  head.replace('1.1', '1.0') + '\r\n',
  head.replace('1.1', '1.0') + 'Connection: keep-alive\r\n\r\n',
  head.replace('1.1', '2.0') + '\r\n',
  head.replace('HTTP/1.1', '') + '\r\n',
  head.replace('GET ', 'GET  ') + '\r\n',
  head.replace('GET ', ' GET ') + '\r\n',
  head.replace('/daily', 'http://evil.example/daily') + '\r\n',
  head.replace('.css', '.css?limit=1') + '\r\n',
  head.replace('.css', '%2ecss') + '\r\n',
  head.replace('/daily', '/daily/..') + '\r\n',
  head.replace('feed.css', 'nowhere') + '\r\n',
  head.replace('feed.css', 'x'.repeat(9000)) + '\r\n',
  head.replace('\r\nHost: a', '') + '\r\n',
  head + 'Host: b\r\n\r\n',
  head.replace(': a', ':a') + '\r\n',
  head.replace(': a', ' : a') + '\r\n',
  head.replace(': a', ': a b') + '\r\n',
  head.replace(': a', ': ') + '\r\n',
  head.replace(': a', ': a \t') + '\r\n',
  head + 'X-Odd: 1\r\n\r\n',
  head + 'Accept: a\r\n b\r\n\r\n',
  head + 'Accept:\r\n\r\n',
  head + 'Accept: caf\u00e9\r\n\r\n',
  head + 'Accept: a\0b\r\n\r\n',
  head + 'Accept: a\nAccept: b\r\n\r\n',
  head + 'Accept: a\rAccept: b\r\n\r\n',
  head + 'Accept Language: a\r\n\r\n',
  head + 'If-None-Match: "a"\r\nIf-None-Match: *\r\n\r\n',
  head + 'If-Modified-Since: x\r\nIf-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\r\n\r\n',
  head + 'Accept-Encoding: gzip\r\nAccept-Encoding: br\r\n\r\n',
  head + 'Sec-Fetch-Dest: document\r\nSec-Fetch-Dest: empty\r\n\r\n',
  head + 'Connection: close\r\nConnection: keep-alive\r\n\r\n',
  head + 'Connection: close, te\r\n\r\n',
  head + 'Connection: upgrade\r\nUpgrade: websocket\r\n\r\n',
  head + 'Proxy-Connection: close\r\n\r\n',
  head + 'Expect: 100-continue\r\n\r\n',
  head + 'Content-Length: 0\r\n\r\n',
  head + `Content-Length: ${head.length + 2}\r\n\r\n${head}\r\n`,
  head + `Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
  head + `Content-Length: +5\r\n\r\nhello`,
  head + 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  head + 'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  head + 'Transfer-Encoding : chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  head + 'Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n',
  head + 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
  head + '\n',
  head.replaceAll('\r\n', '\n') + '\n',
  `\r\n${head}\r\n`,
  `\n${head}\r\n`,
  'POST /daily/feed.css HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'hello there\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  '\r\n\r\n',
  `${head}Cookie: ${'c'.repeat(17_000)}\r\n\r\n`,
  `${head}${'Accept: a\r\n'.repeat(800)}\r\n`,
  head,
];
const last = `${head}Connection: close\r\n\r\n`;

function parted(bytes: string, cuts: readonly number[]): readonly string[] {
  const places = [0, ...cuts, bytes.length];
  return places
    .slice(1)
    .map((end, at) => bytes.slice(places[at], end))
    .filter((piece) => piece !== '');
}

describe('a connection that is read without node:http', () => {
  it('gives the same answers to plain requests, and gives them itself', async () => {
    for (const request of plainRequests()) {
      taken = 0;
      const asked = [`${request}${request}${last}`];
      expect(await difference(asked)).toBeUndefined();
      expect([request, taken]).toEqual([request, 3]);
      expect((await answers(fast.port, asked)).match(/HTTP\/1\.1 (?:200|304) /g)).toHaveLength(3);
    }
  });

  it.each(oddRequests.map((request) => [request.slice(0, 160), request]))(
    'leaves %j and what follows to node:http',
    async (_, request) => {
      taken = 0;
      expect(await difference([`${request}${last}`])).toBeUndefined();
      expect(taken).toBe(0);
      expect(await difference([request, last])).toBeUndefined();
      expect(taken).toBe(0);
      const before = plainRequests();
      expect(
        await difference([`${before.join('')}${request}${last}`], [...before, `${request}${last}`]),
      ).toBeUndefined();
      expect(taken).toBe(before.length);
    },
  );

  it('gives the same answers wherever the bytes are parted', async () => {
    const [first = '', , , unchanged = ''] = plainRequests();
    const bytes = `${first}${unchanged}${head}Content-Length: 3\r\n\r\nabc${last}`;
    for (let at = 1; at < bytes.length; at += 1)
      expect(await difference([bytes.slice(0, at), bytes.slice(at)])).toBeUndefined();
  });

  it('gives the same answers to any mix of requests, in any pieces', async () => {
    const hangUps = new Set<number>();
    for (const [at, request] of oddRequests.entries()) {
      const answer = await answers(plain.port, [request]);
      if (answer === '' || answer.includes('Connection: close')) hangUps.add(at);
    }
    expect(hangUps.size).toBeLessThan(oddRequests.length - 10);
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.nat({ max: plainRequests().length - 1 }).map((at) => ({ isPlain: true, at })),
            fc.nat({ max: oddRequests.length - 1 }).map((at) => ({ isPlain: false, at })),
          ),
          { minLength: 1, maxLength: 5 },
        ),
        fc.array(fc.nat({ max: 2_000 }), { maxLength: 4 }),
        fc.boolean(),
        async (chosen, somewhere, isEnded) => {
          const requests = chosen.map(
            ({ isPlain, at }) => (isPlain ? plainRequests() : oddRequests)[at] ?? '',
          );
          const bytes = `${requests.join('')}${isEnded ? last : ''}`;
          const cuts = somewhere.map((cut) => cut % bytes.length).toSorted((a, b) => a - b);
          // Those that come whole before anything else comes are answered one by one.
          const whole: string[] = [];
          let from = 0;
          for (const [at, request] of requests.entries()) {
            const to = from + request.length;
            if (chosen[at]?.isPlain !== true || cuts.some((cut) => cut > from && cut < to)) break;
            whole.push(request);
            from = to;
          }
          const rest = cuts.filter((cut) => cut > from).map((cut) => cut - from);
          expect(
            await difference(
              parted(bytes, cuts),
              [...whole, ...parted(bytes.slice(from), rest)],
              chosen.some(({ isPlain, at }) => !isPlain && hangUps.has(at)) ? isSameUpToHangUp : undefined,
            ),
          ).toBeUndefined();
        },
      ),
      { numRuns: 150 },
    );
  });

  it('gives the same answers to a request with any byte changed', async () => {
    const [, request = ''] = plainRequests();
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: request.length - 1 }), fc.nat({ max: 255 }), async (at, byte) => {
        expect(
          await difference([
            `${request.slice(0, at)}${String.fromCharCode(byte)}${request.slice(at + 1)}${last}`,
          ]),
        ).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });
});
