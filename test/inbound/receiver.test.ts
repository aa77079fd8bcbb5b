import { connect } from 'node:net';
import { once } from 'node:events';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openReceiver, type Receiver } from '../../src/inbound/receiver.ts';
import { createLogger } from '../../src/log.ts';
import { waitingInboundMessages } from '../../src/store/inbound-messages.ts';
import { now, openLedger, type Ledger } from '../deliver/ledger.ts';
import { dsn, unknownUser } from './mails.ts';

const maxBytes = 20_000;
let ledger: Ledger;
let receiver: Receiver;
let stored: number;

beforeEach(async () => {
  ledger = await openLedger([]);
  stored = 0;
  receiver = await openReceiver({
    db: ledger.db,
    addresses: { bounces: 'bounces@example.org' },
    host: '127.0.0.1',
    port: 0,
    maxBytes,
    now: () => now,
    log: createLogger('silent'),
    onStored: () => {
      stored += 1;
    },
  });
});
afterEach(async () => {
  await receiver[Symbol.asyncDispose]();
  await ledger.close();
});

const raw = dsn({ recipients: [unknownUser('ada@example.net')] });
const waiting = () => waitingInboundMessages(ledger.db, { after: 0, limit: 10 });

async function send(to: readonly string[], bytes: Uint8Array = raw): Promise<string> {
  const transport = createTransport({ host: '127.0.0.1', port: receiver.port, ignoreTLS: true });
  try {
    const { response } = await transport.sendMail({
      envelope: { from: '', to: [...to] },
      raw: Buffer.from(bytes),
    });
    return response;
  } catch (thrown) {
    return thrown instanceof Error && 'response' in thrown ? String(thrown.response) : String(thrown);
  } finally {
    transport.close();
  }
}

it('a bounce is stored with its envelope, byte for byte, before it is answered with 250', async () => {
  const to = 'bounces+k2-abcdefghijklmnop@example.org';
  expect(await send([to])).toBe('250 2.0.0 Kept');
  const [message] = await waiting();
  expect(message).toMatchObject({ via: 'smtp', receivedAt: now, envelopeTo: [to] });
  expect(Buffer.from(message?.raw ?? []).toString()).toBe(raw.toString());
  expect(stored).toBe(1);
});

it('the same bytes again are answered and stored once', async () => {
  await send(['bounces@example.org']);
  expect(await send(['bounces@example.org'])).toBe('250 2.0.0 Kept');
  expect(await waiting()).toHaveLength(1);
});

it('nothing is relayed', async () => {
  expect(await send(['reader@example.net'])).toMatch(/^550 5\.1\.1/);
  expect(await waiting()).toEqual([]);
});

it('a message that is too big is refused for good', async () => {
  expect(await send(['bounces@example.org'], Buffer.alloc(maxBytes + 1, 'x\r\n'))).toMatch(/^552/);
  expect(await waiting()).toEqual([]);
});

it('a client that lies about the size is refused too', async () => {
  const socket = connect(receiver.port, '127.0.0.1');
  let heard = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    heard += text;
  });
  const lines = ['EHLO x', 'MAIL FROM:<> SIZE=10', 'RCPT TO:<bounces@example.org>', 'DATA'];
  for (const line of lines) {
    await once(socket, 'data');
    socket.write(`${line}\r\n`);
  }
  await once(socket, 'data');
  socket.write(`${'x'.repeat(70)}\r\n`.repeat(Math.ceil(maxBytes / 70) + 10));
  socket.write('.\r\nQUIT\r\n');
  await once(socket, 'close');
  expect(heard).toMatch(/^552 5\.3\.4/m);
  expect(await waiting()).toEqual([]);
});

it('one that cannot be stored is answered 451, so that its server keeps it', async () => {
  await ledger.db.destroy();
  expect(await send(['bounces@example.org'])).toMatch(/^451 4\.3\.0/);
  ledger = { ...ledger, close: async () => {} };
});

it('a client that breaks off in the middle stores nothing and harms nobody', async () => {
  const socket = connect(receiver.port, '127.0.0.1');
  for (const line of ['EHLO x', 'MAIL FROM:<>', 'RCPT TO:<bounces@example.org>', 'DATA']) {
    await once(socket, 'data');
    socket.write(`${line}\r\n`);
  }
  await once(socket, 'data');
  socket.write('Subject: half\r\n');
  socket.destroy();
  expect(await send(['bounces@example.org'])).toBe('250 2.0.0 Kept');
  expect(await waiting()).toHaveLength(1);
});

it('a port that is taken is named', async () => {
  const parts = { db: ledger.db, addresses: {}, maxBytes, now: () => now, log: createLogger('silent') };
  const second = openReceiver({ ...parts, host: '127.0.0.1', port: receiver.port, onStored: () => {} });
  await expect(second).rejects.toThrow(`127.0.0.1:${receiver.port}`);
});
