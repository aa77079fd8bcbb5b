import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createOutgoing, type Outgoing } from '../../src/websub/outgoing.ts';
import { subscriberServer } from './subscriber-server.ts';

const { signal } = new AbortController();

/** A name server on the loopback. `answers` gives the IPv4 address of a name; to other questions it is silent or says there is none. */
async function nameServer(answers: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
      labels.push(message.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const name = labels.join('.');
    asked.push(name);
    const address = answers[name];
    if (address === undefined) return;
    // RFC 1035 section 4: the same header as an answer, the question, and for type A one record that points at its name.
    const isA = message.readUInt16BE(at + 1) === 1;
    const header = Buffer.from(message.subarray(0, 12));
    header.writeUInt16BE(0x8180, 2);
    header.writeUInt16BE(isA ? 1 : 0, 6);
    header.writeUInt16BE(0, 8);
    header.writeUInt16BE(0, 10);
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)]);
    const question = message.subarray(12, at + 5);
    socket.send(Buffer.concat([header, question, ...(isA ? [record] : [])]), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    asked,
    address: `127.0.0.1:${socket.address().port}`,
    [Symbol.dispose]: () => void socket.close(),
  };
}

function outgoing(nameServers: readonly string[], timeoutMs = 400): Outgoing {
  return createOutgoing({ userAgent: 'test', allowedHosts: ['localhost'], timeoutMs, nameServers });
}

describe('names of strangers', () => {
  it('that nobody resolves hold up neither the others nor the rest of the program', async () => {
    using names = await nameServer({});
    await using server = await subscriberServer();
    await using client = outgoing([names.address], 2_500);
    let ended = 0;
    const lost = Array.from({ length: 15 }, (_, number) =>
      client
        .send(`http://h${number}.stranger.example/in`, { method: 'GET', signal })
        .finally(() => (ended += 1)),
    );
    await lookup('localhost');
    const url = server.url('/in').replace('127.0.0.1', 'localhost');
    expect(await client.send(url, { method: 'GET', signal })).toMatchObject({ state: 'answered' });
    expect(ended).toBe(0);
    expect((await Promise.all(lost)).map(({ state }) => state)).toEqual(lost.map(() => 'unanswered'));
    expect(new Set(names.asked).size).toBe(15);
  });

  it('that lead to a private address are not asked', async () => {
    using names = await nameServer({ 'inside.stranger.example': '127.0.0.1' });
    await using server = await subscriberServer();
    await using client = outgoing([names.address]);
    const url = server.url('/in').replace('127.0.0.1', 'inside.stranger.example');
    expect(await client.send(url, { method: 'GET', signal })).toMatchObject({ state: 'private' });
    expect(server.posts()).toEqual([]);
  });
});
