import { once } from 'node:events';
import * as fc from 'fast-check';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { afterEach, describe, expect, it } from 'vitest';
import { WireConnection, wireReady } from '../../src/deliver/wire-connection.ts';
import { rudeServer } from './servers.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const text = fc
  .array(
    fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('.', '..', '\r\n', 'Größe', ' ', '\r\n.\r\n')),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((pieces) => `Subject: x\r\n\r\n${pieces.join('').replace(/\r(?!\n)|(?<!\r)\n/g, '')}`);

describe('a message in the form of the wire', () => {
  it('has CRLF alone, and no line in it ends the message', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('\r', '\n', '.', 'a', 'ä') }), (raw) => {
        const wire = wireReady(Buffer.from(raw)).toString();
        expect(wire).not.toMatch(/\r(?!\n)|(?<!\r)\n/);
        expect(wire).not.toMatch(/(^|\r\n)\.(?!\.)/);
        expect(wire).toMatch(/\r\n$/);
        const read = wire.replace(/(^|\r\n)\.\./g, '$1.');
        expect(read.replace(/\r\n$/, '')).toBe(raw.replace(/\r\n|\r|\n/g, '\r\n').replace(/\r\n$/, ''));
      }),
    );
  });
});

describe('the connection', () => {
  it("sends what the library's public way sends, byte for byte", async () => {
    const server = await rudeServer({ ehlo: '250-rude.example\r\n250 PIPELINING' });
    closers.push(server.close);
    const { host, port } = server.config;
    const open = async (connection: SMTPConnection) => {
      await new Promise<void>((resolve, reject) => {
        connection.once('error', reject);
        connection.connect((error) => (error ? reject(error) : resolve()));
      });
      closers.push(async () => connection.close());
      return connection;
    };
    const options = { host, port, ignoreTLS: true };
    const ours = await open(new WireConnection(options));
    const theirs = await open(new SMTPConnection(options));
    const send = (connection: SMTPConnection, raw: Buffer) =>
      new Promise((resolve, reject) => {
        connection.send({ from: 'a@example.org', to: ['b@example.net'] }, raw, (error, info) =>
          error ? reject(error) : resolve(info),
        );
      });
    await fc.assert(
      fc.asyncProperty(text, async (raw) => {
        await send(ours, wireReady(Buffer.from(raw)));
        await send(theirs, Buffer.from(raw));
      }),
      { numRuns: 50 },
    );
    const [mine = '', other] = server.heard;
    expect(mine.length).toBeGreaterThan(2000);
    expect(mine).toBe(other);
  });

  it('keeps the final dot back until it may go', async () => {
    const server = await rudeServer({});
    closers.push(server.close);
    const connection = new WireConnection({ ...server.config, ignoreTLS: true });
    closers.push(async () => connection.close());
    connection.connect();
    await once(connection, 'connect');
    const may = Promise.withResolvers<void>();
    connection.beforeDot = () => may.promise;
    const sent = new Promise((resolve) => {
      connection.send(
        { from: 'a@example.org', to: ['b@example.net'] },
        Buffer.from('Subject: x\r\n\r\n'),
        resolve,
      );
    });
    await expect.poll(() => server.heard[0] ?? '').toContain('Subject: x');
    expect(server.heard[0]).not.toContain('\r\n.\r\n');
    may.resolve();
    expect(await sent).toBeNull();
    expect(server.heard[0]).toContain('\r\n.\r\n');
  });
});
