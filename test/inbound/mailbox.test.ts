import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MailboxConfig } from '../../src/config/inbound-config.ts';
import { verpAddress } from '../../src/domain/verp.ts';
import { keepPolling, pollMailbox } from '../../src/inbound/mailbox.ts';
import { handleWaiting } from '../../src/inbound/work.ts';
import { createLogger } from '../../src/log.ts';
import { countBounceEvents } from '../../src/store/inbound-events.ts';
import { waitingInboundMessages } from '../../src/store/inbound-messages.ts';
import { isSuppressed } from '../../src/store/suppressions.ts';
import { now, openLedger, tokens, type Ledger } from '../deliver/ledger.ts';
import { imapServer, lacking, type ImapMailbox, type ImapServer } from './imap-server.ts';
import { dsn, mail, mailboxFull, refusedForPolicy, unknownUser } from './mails.ts';

const base = 'bounces@example.org';
const readers = ['ada@example.net', 'bo@example.net', 'cy@example.net'] as const;
const log = createLogger('silent');
const running = new AbortController().signal;

let ledger: Ledger;
let server: ImapServer;
let box: ImapMailbox;
let user = 0;

async function openBox(): Promise<void> {
  ledger = await openLedger(readers);
  user += 1;
  box = server.open(`box${user}`);
}

const poll = (change: Partial<MailboxConfig> = {}, signal = running, onStored = (): void => {}) =>
  pollMailbox({ db: ledger.db, config: { ...box.config, ...change }, now: () => now, log, onStored }, signal);

const handle = () =>
  handleWaiting({ db: ledger.db, tokens, addresses: { bounces: base }, now: () => now, log }, running);

const waiting = () => waitingInboundMessages(ledger.db, { after: 0, limit: 1000 });
const events = () => countBounceEvents(ledger.db, 0);

async function returnPath(address: string): Promise<string> {
  const { id } = await ledger.db
    .selectFrom('deliveries')
    .select('id')
    .where('address', '=', address)
    .executeTakeFirstOrThrow();
  return verpAddress(tokens.deliveryToken(id), base);
}

async function bounces(): Promise<readonly Buffer[]> {
  const about = [unknownUser, mailboxFull, refusedForPolicy];
  return Promise.all(
    readers.map(async (address, index) =>
      dsn({ to: await returnPath(address), recipients: [about[index]?.(address) ?? []] }),
    ),
  );
}

const away = (to: string): Buffer =>
  mail(
    ['From: ada@example.net', `To: ${to}`, 'Subject: Away', 'Auto-Submitted: auto-replied'],
    'I am back on Monday.',
  );

const numbered = (count: number): readonly Buffer[] =>
  Array.from({ length: count }, (_, index) => mail([`Subject: ${index}`], 'A text.'));

const failure = (change: Partial<MailboxConfig> = {}): Promise<unknown> =>
  poll(change).then(
    () => 'no failure',
    (error: unknown) => error,
  );

describe.skipIf(lacking !== undefined)(`a mailbox read by IMAP${lacking ? ` (${lacking})` : ''}`, () => {
  beforeAll(async () => {
    server = await imapServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  beforeEach(openBox);
  afterEach(() => ledger.close());

  it('three bounces and an automatic reply are kept byte for byte, marked as seen, and acted on once', async () => {
    const mails = [...(await bounces()), away(await returnPath(readers[0]))];
    for (const raw of mails) box.deliver(raw);
    expect(await poll()).toEqual({ read: 4, new: 4, cut: 0, left: 0 });
    const kept = await waiting();
    expect(kept.map(({ raw }) => Buffer.from(raw).toString())).toEqual(mails.map(String));
    expect(kept.every(({ via, receivedAt }) => via === 'imap' && receivedAt <= now)).toBe(true);
    expect(box.files().map((name) => name.split(':2,')[1])).toEqual(['S', 'S', 'S', 'S']);

    await handle();
    expect(await events()).toEqual({ hard: 1, soft: 1, policy: 1, 'auto-reply': 1 });
    expect(await isSuppressed(ledger.db, tokens.addressHash(readers[0]), 'daily')).toBe(true);

    expect(await poll()).toEqual({ read: 0, new: 0, cut: 0, left: 0 });
    expect(await handle()).toMatchObject({ done: 0 });
  });

  it('with a folder for them, mails are moved there, also such that somebody has read', async () => {
    for (const raw of await bounces()) box.deliver(raw);
    await poll();
    expect(await poll({ moveTo: 'Done' })).toEqual({ read: 3, new: 0, cut: 0, left: 0 });
    expect([box.files().length, box.files('Done').length]).toEqual([0, 3]);
    expect(await poll({ moveTo: 'Done' })).toMatchObject({ read: 0 });
  });

  it('a kill between keeping and marking makes no event twice', async () => {
    for (const raw of await bounces()) box.deliver(raw);
    const script = join(import.meta.dirname, 'poll-child.ts');
    const child = spawn(process.execPath, [script, ledger.path, box.config.user, `${box.config.port}`, '2'], {
      stdio: 'inherit',
    });
    const [, signal] = await once(child, 'exit');
    expect(signal).toBe('SIGKILL');
    expect(await waiting()).toHaveLength(2);
    expect(box.files().every((name) => !name.endsWith('S'))).toBe(true);
    await handle();

    expect(await poll()).toEqual({ read: 3, new: 1, cut: 0, left: 0 });
    await handle();
    expect(await events()).toEqual({ hard: 1, soft: 1, policy: 1 });
  });

  it('the same bounce with another trace at its head counts once', async () => {
    const [, raw = Buffer.alloc(0)] = await bounces();
    for (const hop of ['one', 'two']) {
      const trace = `Received: from ${hop}.example.net; Tue, 24 Nov 2026 06:00:00 +0000\r\nMessage-ID: <b1@mx.example.net>\r\n`;
      box.deliver(Buffer.concat([Buffer.from(trace), raw]));
    }
    expect(await poll()).toMatchObject({ read: 2, new: 2 });
    expect(await handle()).toMatchObject({ done: 2 });
    expect(await events()).toEqual({ soft: 1 });
  });

  it('what nobody can parse is kept all the same', async () => {
    const noise = Buffer.from(
      Array.from({ length: 3000 }, (_, index) => (index * 7919) % 251).filter(
        (byte) => byte !== 13 && byte !== 10 && byte !== 0,
      ),
    );
    box.deliver(noise);
    await poll();
    expect(await handle()).toMatchObject({ unread: 1 });
    expect(box.files().map((name) => name.split(':2,')[1])).toEqual(['S']);
  });

  it('of a mail that is too big the first bytes are kept', async () => {
    const [raw = Buffer.alloc(0)] = await bounces();
    box.deliver(Buffer.concat([raw, Buffer.alloc(300_000, 'x'.repeat(70) + '\r\n')]));
    expect(await poll()).toEqual({ read: 1, new: 1, cut: 1, left: 0 });
    const [kept] = await waiting();
    expect(kept?.raw.byteLength).toBe(box.config.maxBytes);
    await handle();
    expect(await events()).toEqual({ hard: 1 });
  });

  it('more mails than a batch are all read, in their order', async () => {
    for (const raw of numbered(130)) box.deliver(raw);
    expect(await poll()).toMatchObject({ read: 130, new: 130 });
    expect((await waiting()).map(({ raw }) => Buffer.from(raw).toString())).toEqual(
      numbered(130).map(String),
    );
  });

  it('a connection that is lost keeps what came before; the rest comes the next time', async () => {
    for (const raw of numbered(120)) box.deliver(raw);
    const wire = createTcpServer((near) => {
      const far = connect(box.config.port, '127.0.0.1');
      let heard = 0;
      near.on('error', () => {}).pipe(far.on('error', () => {}));
      far.on('data', (bytes) => {
        heard += bytes.length;
        if (heard < 12_000) near.write(bytes);
        else near.destroy();
      });
      near.on('close', () => far.destroy());
    }).listen(0, '127.0.0.1');
    await once(wire, 'listening');
    const { port } = wire.address() as AddressInfo;
    expect(await failure({ port })).toMatchObject({ name: 'MailboxError', code: 'unreachable' });
    wire.close();
    const before = (await waiting()).length;
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(120);
    expect(await poll()).toMatchObject({ new: 120 - before });
  });

  it('a signal ends it at once', async () => {
    for (const raw of numbered(60)) box.deliver(raw);
    const stop = new AbortController();
    const ended = poll({}, stop.signal, () => stop.abort(new Error('stopped')));
    await expect(ended).rejects.toThrow('stopped');
  });

  it('a wrong password is named, and the next try goes on when it is right', async () => {
    box.setPassword('another');
    expect(await failure()).toMatchObject({
      code: 'login',
      message: expect.stringMatching(/let box\d+ in, got: .+check inbound.imap.user/),
    });
    box.deliver(mail(['Subject: One'], 'A text.'));

    const stop = new AbortController();
    const stored = Promise.withResolvers<void>();
    const told: string[] = [];
    const telling = {
      ...log,
      error: (_: object, words: string) => {
        told.push(words);
        box.setPassword('secret');
      },
    };
    const parts = {
      db: ledger.db,
      now: () => now,
      log: Object.assign(Object.create(log), telling),
      onStored: () => stored.resolve(),
    };
    const polling = keepPolling({ ...parts, config: { ...box.config, everyMs: 20 } }, stop.signal);
    await stored.promise;
    stop.abort();
    await polling;
    expect(told[0]).toBe('the mailbox could not be read');
    expect(await waiting()).toHaveLength(1);
  });

  it('a mailbox that is not there, and a server that is not there, are named', async () => {
    expect(await failure({ mailbox: 'Bounces' })).toMatchObject({
      code: 'mailbox',
      message: expect.stringContaining('the mailbox Bounces'),
    });
    expect(await failure({ port: 1 })).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('127.0.0.1:1'),
    });
  });

  it('where TLS is required, nothing secret is said without it', async () => {
    expect(await failure({ tls: 'required', isLocal: false })).toMatchObject({ code: 'tls' });
    expect(server.log.join('\n')).not.toContain(`<${box.config.user}>`);
  });

  it('a mail that the disk refuses stays unmarked', async () => {
    for (const raw of numbered(3)) box.deliver(raw);
    await ledger.db.destroy();
    const failed = await failure();
    expect(failed).toBeInstanceOf(Error);
    expect(failed).not.toMatchObject({ name: 'MailboxError' });
    expect(box.files().every((name) => !name.endsWith('S'))).toBe(true);
    ledger = { ...ledger, close: async () => {} };
  });
});

describe.skipIf(lacking !== undefined)('a way in', () => {
  let tokenInfo: Server;
  beforeAll(async () => {
    tokenInfo = createServer((request, response) => {
      const isGood = request.url?.endsWith('=good') === true;
      response.writeHead(isGood ? 200 : 401, { 'content-type': 'application/json' });
      response.end(isGood ? JSON.stringify({ user: box.config.user }) : '{}');
    }).listen(0, '127.0.0.1');
    await once(tokenInfo, 'listening');
    const { port } = tokenInfo.address() as AddressInfo;
    server = await imapServer({ hasTls: true, tokenInfo: `http://127.0.0.1:${port}/?token=` });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    tokenInfo.close();
    tokenInfo.closeAllConnections();
  });
  beforeEach(openBox);
  afterEach(() => ledger.close());

  it('by TLS from the first byte or by STARTTLS; a certificate that nobody signed does on this machine only', async () => {
    box.deliver(mail(['Subject: One'], 'A text.'));
    const implicit = { port: server.tlsPort, tls: 'implicit' } as const;
    for (const way of [implicit, { tls: 'required' } as const]) {
      expect(await failure({ ...way, isLocal: false })).toMatchObject({
        code: 'tls',
        message: expect.stringContaining('certificate'),
      });
    }
    expect(await poll({ tls: 'required' })).toMatchObject({ new: 1 });
    expect(await poll(implicit)).toMatchObject({ read: 0 });
  });

  it('by an access token that is read from its file each time', async () => {
    box.deliver(mail(['Subject: One'], 'A text.'));
    const tokenFile = join(ledger.folder, 'token');
    const secret = { tokenFile };
    expect(await failure({ secret })).toMatchObject({
      code: 'login',
      message: expect.stringContaining(tokenFile),
    });
    writeFileSync(tokenFile, 'old\n');
    expect(await failure({ secret })).toMatchObject({ code: 'login' });
    writeFileSync(tokenFile, 'good\n');
    expect(await poll({ secret })).toMatchObject({ new: 1 });
  });
});
