import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { PublishedDocument, Site } from '../../src/domain/site.ts';
import { createSite, type WebAppParts } from '../../src/serve/app.ts';
import { startServer } from '../../src/serve/server.ts';
import type { Move } from '../../src/store/departed.ts';
import { writePublished } from '../../src/store/published.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** A site behind a real server on the loopback. */
export interface OpenSite extends AsyncDisposable {
  readonly site: Site;
  readonly dir: string;
  readonly port: number;
  publish(documents: readonly PublishedDocument[], moves?: readonly Move[]): Promise<void>;
  /** One request as it is written, over a connection of its own. */
  raw(request: string): Promise<Answer>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  head(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

export async function openSite(
  parts: Partial<WebAppParts> & { readonly baseUrl?: string } = {},
): Promise<OpenSite> {
  const { baseUrl = 'https://papers.example.org/daily/', ...changes } = parts;
  const dir = await mkdtemp(join(tmpdir(), 'serve-'));
  const site: Site = {
    title: 'Paper',
    description: '',
    baseUrl,
    tagAuthority: 'papers.example.org,2026',
    language: 'en',
    topics: [],
    isSample: false,
  };
  const now = Date.parse('2026-11-24T06:00:00Z');
  const web = createSite({
    publishedDir: dir,
    site,
    maxAgeSeconds: () => 900,
    latestEditionAt: async () => now,
    now: () => now,
    log: pino({ level: 'silent' }),
    ...changes,
  });
  const stop = new AbortController();
  const server = await startServer({
    app: { fetch: (request, bindings) => web.app.fetch(request, bindings), fast: web.fast, plain: web.plain },
    host: '127.0.0.1',
    port: 0,
    signal: stop.signal,
  });
  const raw = (request: string): Promise<Answer> => exchange(server.port, request);
  const ask = (method: string, path: string, headers: Readonly<Record<string, string>>): Promise<Answer> =>
    raw(
      [
        `${method} ${path} HTTP/1.1`,
        ...Object.entries({ Host: 'localhost', Connection: 'close', ...headers }).map(
          ([name, value]) => `${name}: ${value}`,
        ),
        '\r\n',
      ].join('\r\n'),
    );
  return {
    site,
    dir,
    port: server.port,
    publish: async (documents, moves = []) => {
      await writePublished(dir, documents, { moves });
    },
    raw,
    get: (path, headers = {}) => ask('GET', path, headers),
    head: (path, headers = {}) => ask('HEAD', path, headers),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await server.closed;
      await rm(dir, { recursive: true });
    },
  };
}

async function exchange(port: number, request: string): Promise<Answer> {
  const socket = connect(port, '127.0.0.1');
  socket.write(request);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'close');
  const answer = Buffer.concat(chunks);
  const end = answer.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = answer.subarray(0, end).toString('latin1').split('\r\n');
  const headers = new Headers(
    lines.map((line): [string, string] => {
      const [, name = '', value = ''] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
      return [name, value];
    }),
  );
  const rest = answer.subarray(end + 4);
  const body = headers.get('Transfer-Encoding') === 'chunked' ? unchunked(rest) : rest;
  return { status: Number(statusLine.split(' ')[1]), headers, body };
}

/** RFC 9112 section 7.1, without extensions and trailers. */
function unchunked(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.subarray(at, end).toString('latin1'), 16);
    if (!(size > 0)) break;
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(parts);
}
