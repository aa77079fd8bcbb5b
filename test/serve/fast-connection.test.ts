import { once } from 'node:events';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { AnswerBytes } from '../../src/serve/answer-bytes.ts';
import { fastConnections, type FastConnections } from '../../src/serve/fast-connection.ts';

const patient = { firstMs: 60_000, idleMs: 60_000, silenceMs: 60_000 };
const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const hello: AnswerBytes = { status: 200, pieces: [Buffer.from('hello\n')] };

interface Opened {
  readonly server: Server;
  readonly connections: FastConnections;
  /** What was read of each connection that was handed over. */
  readonly handedOver: string[];
}
const opened: Opened[] = [];
afterEach(() => {
  for (const { server, connections } of opened.splice(0)) {
    server.close();
    connections.cut();
  }
});

async function open(
  parts: Partial<Parameters<typeof fastConnections>[0]> = {},
): Promise<Opened & { readonly client: () => Promise<Socket> }> {
  const handedOver: string[] = [];
  const connections = fastConnections({
    answer: () => hello,
    handOver: (socket) => {
      const at = handedOver.push('') - 1;
      socket.on('data', (chunk: Buffer) => (handedOver[at] += chunk.toString()));
      socket.on('end', () => socket.end('end\n'));
      socket.on('error', () => undefined);
    },
    ...patient,
    ...parts,
  });
  const server = createServer({ allowHalfOpen: true }, (socket) => connections.take(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const one = { server, connections, handedOver };
  opened.push(one);
  const client = async (): Promise<Socket> => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('expected a port');
    const socket = connect({ port: address.port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };
  return { ...one, client };
}

/** All that comes until the connection is closed. */
async function rest(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('end', () => socket.end());
  socket.resume();
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

describe('a connection', () => {
  it('is answered as long as its requests are plain, then handed over with what was not answered', async () => {
    const { client, handedOver } = await open();
    const socket = await client();
    socket.end(`${request}${request}POST / HTTP/1.1\r\n\r\n${request}`);
    expect(await rest(socket)).toBe('hello\nhello\nend\n');
    expect(handedOver).toEqual([`POST / HTTP/1.1\r\n\r\n${request}`]);
  });

  it('is handed over with a request that has not come whole, and gets the rest there', async () => {
    const { client, handedOver } = await open();
    const socket = await client();
    socket.write(request.slice(0, 9));
    while (handedOver.length === 0) await turn();
    socket.end(request.slice(9));
    expect(await rest(socket)).toBe('end\n');
    expect(handedOver).toEqual([request]);
  });

  it('is handed over with a request that is not answered at once', async () => {
    const { client, handedOver } = await open({ answer: () => undefined });
    const socket = await client();
    socket.end(request);
    expect(await rest(socket)).toBe('end\n');
    expect(handedOver).toEqual([request]);
  });

  it('ends after the request that says so, whatever else was sent', async () => {
    const { client, handedOver } = await open();
    const socket = await client();
    socket.write(`${request}${request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')}${request}`);
    expect(await rest(socket)).toBe('hello\nhello\n');
    expect(handedOver).toEqual([]);
  });

  it('ends when the client ends it', async () => {
    const { client } = await open();
    const socket = await client();
    socket.end(request);
    expect(await rest(socket)).toBe('hello\n');
  });
});

describe('a client that', () => {
  it('says nothing is told so and cut off', async () => {
    const { client } = await open({ firstMs: 50 });
    expect(await rest(await client())).toBe('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
  });

  it('asks no more is cut off without a word', async () => {
    const { client } = await open({ idleMs: 50 });
    const socket = await client();
    socket.write(request);
    expect(await rest(socket)).toBe('hello\n');
  });

  it(
    'does not read is not read either, and gets every answer when it does',
    { timeout: 30_000 },
    async () => {
      let answers = 0;
      const body = Buffer.alloc(100_000, 'x');
      const { client } = await open({
        answer: () => {
          answers += 1;
          return { status: 200, pieces: [Buffer.from('head\n'), body] };
        },
      });
      const socket = await client();
      socket.pause();
      const asked = 400;
      socket.end(request.repeat(asked));
      let before = -1;
      while (answers !== before) {
        before = answers;
        for (let turns = 0; turns < 50; turns += 1) await turn();
      }
      // What the kernel holds of a connection, and one answer.
      expect(answers).toBeLessThan(200);
      expect(await rest(socket)).toBe(`head\n${body.toString()}`.repeat(asked));
      expect(answers).toBe(asked);
    },
  );

  it('does not read keeps the order of what it sent when the connection is handed over', async () => {
    const { client, handedOver } = await open({
      answer: () => ({ status: 200, pieces: [Buffer.alloc(1_000_000, 'x')] }),
    });
    const socket = await client();
    socket.pause();
    socket.write(request.repeat(20));
    for (let turns = 0; turns < 50; turns += 1) await turn();
    const odd = Array.from({ length: 5 }, (_, at) => `ODD ${at} ${'y'.repeat(5_000)}\r\n`);
    for (const piece of odd) {
      socket.write(piece);
      await turn();
    }
    socket.end();
    expect((await rest(socket)).length).toBe(20 * 1_000_000 + 'end\n'.length);
    expect(handedOver).toEqual([odd.join('')]);
  });

  it('does not read for long is cut off', async () => {
    const { client, server } = await open({
      silenceMs: 50,
      answer: () => ({ status: 200, pieces: [Buffer.alloc(1_000_000)] }),
    });
    const socket = await client();
    socket.pause();
    socket.write(request.repeat(100));
    const count = promisify(server.getConnections.bind(server));
    while ((await count()) > 0) await turn();
    expect(await count()).toBe(0);
    socket.destroy();
  });
});

describe('at the end', () => {
  it('a connection without a request is closed at once, and one with an answer under way after it', async () => {
    const body = Buffer.alloc(20_000_000, 'x');
    const asked = Promise.withResolvers<void>();
    const { client, connections } = await open({
      answer: () => {
        asked.resolve();
        return { status: 200, pieces: [body] };
      },
    });
    const idle = await client();
    const busy = await client();
    busy.write(request);
    await asked.promise;
    connections.close();
    expect(await rest(idle)).toBe('');
    expect((await rest(busy)).length).toBe(body.length);
  });
});

describe('however it is cut', () => {
  it('what is sent is answered up to what is not plain, and the whole rest is handed over', async () => {
    const { client, handedOver } = await open();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 5 }),
        fc
          .string({ unit: 'binary-ascii', minLength: 1, maxLength: 30 })
          .filter((odd) => !odd.startsWith('GET ')),
        async (count, odd) => {
          handedOver.length = 0;
          const socket = await client();
          socket.end(`${request.repeat(count)}${odd}`);
          expect(await rest(socket)).toBe(`${'hello\n'.repeat(count)}end\n`);
          expect(handedOver).toEqual([odd]);
        },
      ),
      { numRuns: 50 },
    );
  });
});
