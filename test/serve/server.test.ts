import { once } from 'node:events';
import { connect } from 'node:net';
import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { startServer, type RunningServer } from '../../src/serve/server.ts';

const running: { stop: AbortController; server: RunningServer }[] = [];

afterEach(async () => {
  for (const { stop, server } of running.splice(0)) {
    stop.abort();
    await server.closed;
  }
});

async function start(app: Hono, port = 0): Promise<{ stop: AbortController; server: RunningServer }> {
  const stop = new AbortController();
  const server = await startServer({ app, host: '127.0.0.1', port, signal: stop.signal });
  running.push({ stop, server });
  return { stop, server };
}

function hello(): Hono {
  return new Hono().get('/', (context) => context.text('hello'));
}

/** One request, byte for byte, and the whole answer. */
async function exchange(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(request);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

describe('the server', () => {
  it('tells where it listens and answers there', async () => {
    const { server } = await start(hello());
    expect(server.url).toBe(`http://127.0.0.1:${server.port}/`);
    expect(await (await fetch(server.url)).text()).toBe('hello');
  });

  it.each([
    ['HTTP/1.1', 'GET / HTTP/1.1\r\nHost: papers.example.org\r\nConnection: close\r\n\r\n'],
    ['HTTP/1.0 without a host', 'GET / HTTP/1.0\r\n\r\n'],
  ])('answers %s', async (_, request) => {
    const { server } = await start(hello());
    const answer = await exchange(server.port, request);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('hello');
  });

  it('gives a request to the framework only when it cannot be answered at once', async () => {
    const stop = new AbortController();
    const server = await startServer({
      app: {
        fetch: (request) => hello().fetch(request),
        fast: ({ url }, response) => {
          if (url !== '/fast') return false;
          response.end('fast');
          return true;
        },
      },
      host: '127.0.0.1',
      port: 0,
      signal: stop.signal,
    });
    running.push({ stop, server });
    expect(await (await fetch(`${server.url}fast`)).text()).toBe('fast');
    expect(await (await fetch(server.url)).text()).toBe('hello');
  });

  it.each([
    ['headers without an end', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(16_500)}`, 431],
    ['no HTTP at all', 'hello there\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['a host that is none', 'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400],
  ])('answers %s with what is wrong', async (_, request, status) => {
    const { server } = await start(hello());
    expect(await exchange(server.port, request)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  it('names a port that is in use and what to do about it', async () => {
    const { server } = await start(hello());
    const second = start(hello(), server.port);
    await expect(second).rejects.toThrow(UsageError);
    await expect(second).rejects.toThrow(
      `Port ${server.port} on 127.0.0.1 is already in use. Stop the program that uses it, or set another serve.port`,
    );
  });

  it('names a host that is not of this machine', async () => {
    const signal = new AbortController().signal;
    await expect(startServer({ app: hello(), host: '192.0.2.1', port: 0, signal })).rejects.toThrow(
      /^192\.0\.2\.1 is not an address of this machine/,
    );
  });

  it('lets an answer under way end after the signal, and takes no new one', async () => {
    const asked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const app = new Hono().get('/', async (context) => {
      asked.resolve();
      await release.promise;
      return context.text('late but whole');
    });
    const { stop, server } = await start(app);
    const answer = fetch(server.url);
    await asked.promise;

    stop.abort();
    await expect(fetch(server.url)).rejects.toThrow('fetch failed');
    release.resolve();
    expect(await (await answer).text()).toBe('late but whole');
    await server.closed;
  });

  it('does not start when the signal was given before', async () => {
    await expect(
      startServer({ app: hello(), host: '127.0.0.1', port: 0, signal: AbortSignal.abort() }),
    ).rejects.toThrow(/abort/);
  });
});
