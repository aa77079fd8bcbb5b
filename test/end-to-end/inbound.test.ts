import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { importInbound, inboundStatus, showInbound } from '../../src/cli/inbound.ts';
import { openInbound } from '../../src/cli/inbound-open.ts';
import type { Context } from '../../src/cli/context.ts';
import { dayMs } from '../../src/domain/time.ts';
import { verpAddress } from '../../src/domain/verp.ts';
import { insertEdition } from '../../src/store/edition-insert.ts';
import { findEdition } from '../../src/store/editions.ts';
import { edition, insertAudience } from '../deliver/ledger.ts';
import { mailServer, type MailServer } from '../deliver/servers.ts';
import { dsn, feedback, mail, refusedForPolicy, unknownUser } from '../inbound/mails.ts';
import { house, type House } from './house.ts';
import { sampleCaptures, sourcesServer, type SourcesServer } from './sources-server.ts';

const now = Date.parse('2026-11-10T02:30:00Z');
const base = 'bounces@papers.example.org';
const readers = ['ada', 'bob', 'eve', 'kim'].map((name) => `${name}@example.org`);
const signal = new AbortController().signal;

let server: SourcesServer;
let smtp: MailServer;
let home: House;

beforeEach(async () => {
  server = await sourcesServer(sampleCaptures());
  server.now = now;
  smtp = await mailServer();
  home = await house({
    sources: `  - { name: daily, type: hf-daily-papers, baseUrl: "${server.url}" }\n`,
    mail: `  transport: smtp
  from: Broadsheet <paper@papers.example.org>
  bounces: ${base}
  smtp: { host: 127.0.0.1, port: ${smtp.config.port}, secure: false, connections: 1 }
inbound:
  unsubscribe: unsub@papers.example.org
  addresses: [fbl@papers.example.org]
  smtp: { port: 0 }
`,
    subscribers: readers.map((address) => `- { address: ${address} }\n`).join(''),
  });
});

afterEach(async () => {
  home[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await smtp.close();
});

/** The delivery of the last edition to an address. */
const deliveryTo = (app: App, address: string) =>
  app.db
    .selectFrom('deliveries')
    .select(['id', 'message_id', 'address_hash', 'digest'])
    .where('address', '=', address)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();

/** A delivery of an edition that nobody had to make. */
async function deliveryIn({ db, tokens }: App): Promise<Awaited<ReturnType<typeof deliveryTo>>> {
  await insertEdition(db, edition);
  const stored = await findEdition(db, edition.digest, edition.editionDate);
  const address = 'ada@example.org';
  const addressHash = tokens.addressHash(address);
  const delivery = { digest: edition.digest, address, addressHash, messageId: '<a@papers.example.org>' };
  await insertAudience(db, stored?.id ?? 0, [delivery], now);
  return db
    .selectFrom('deliveries')
    .select(['id', 'message_id', 'address_hash', 'digest'])
    .executeTakeFirstOrThrow();
}

async function reach(port: number, to: string, raw: Buffer): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
  await transport.sendMail({ envelope: { from: '', to: [to] }, raw });
  transport.close();
}

function context(lines: string[]): Context {
  return {
    options: { config: join(home.folder, 'broadsheet.yaml') },
    now: () => now,
    signal,
    onHangUp: () => {},
    print: (text) => lines.push(text),
    note: () => {},
  };
}

it('who bounced, complained or wrote to leave gets no mail the next day; who refused us for policy does', async () => {
  await home.run(now);
  expect(smtp.accepted).toHaveLength(4);
  {
    await using app = await home.open(now);
    await using inbound = await openInbound(app, { now: () => now, signal });
    const port = inbound.port ?? 0;
    const [ada, bob, eve, kim] = await Promise.all(readers.map((address) => deliveryTo(app, address)));
    if (!ada || !bob || !eve || !kim) throw new Error('expected four deliveries');
    const bounceTo = ({ id }: { id: number }): string => verpAddress(app.tokens.deliveryToken(id), base);
    const leave = app.tokens.sign('unsubscribe', { digest: eve.digest, addressHash: eve.address_hash });

    await reach(port, bounceTo(ada), dsn({ recipients: [unknownUser('ada@example.org')] }));
    await reach(port, 'fbl@papers.example.org', feedback('abuse', [], [`Message-ID: ${bob.message_id}`]));
    await reach(port, `unsub+${leave}@papers.example.org`, mail(['From: eve@example.org', 'Subject: '], ''));
    await reach(port, bounceTo(kim), dsn({ recipients: [refusedForPolicy('kim@example.org')] }));
    await inbound.settled();
  }
  smtp.accepted.length = 0;
  server.now = now + dayMs;
  await home.run(now + dayMs);
  expect(smtp.accepted.map(({ to }) => to)).toEqual(['kim@example.org']);
});

it('what was stored before the program stopped is handled when it starts again', async () => {
  await using app = await home.open(now);
  const { id } = await deliveryIn(app);
  const to = verpAddress(app.tokens.deliveryToken(id), base);
  const stopped = new AbortController();
  {
    await using inbound = await openInbound(app, { now: () => now, signal: stopped.signal });
    stopped.abort();
    await reach(inbound.port ?? 0, to, dsn({ recipients: [unknownUser('ada@example.org')] }));
  }
  const waiting = () => app.db.selectFrom('inbound_messages').select('state').execute();
  expect(await waiting()).toEqual([{ state: 'new' }]);
  await using inbound = await openInbound(app, { now: () => now, signal });
  await inbound.settled();
  expect(await waiting()).toEqual([{ state: 'done' }]);
});

it('saved mails are imported once, and status says what came and what was kept', async () => {
  const file = join(home.folder, 'bounces.mbox');
  {
    await using app = await home.open(now);
    const { message_id: messageId } = await deliveryIn(app);
    const mails = [
      dsn({ recipients: [unknownUser('ada@example.org')], messageId }),
      dsn({ recipients: [refusedForPolicy('x@example.net')], messageId: '<of-somebody-else@example.net>' }),
    ];
    writeFileSync(file, mails.map((raw) => `From x Tue\r\n${raw.toString()}\r\n`).join(''));
  }
  const lines: string[] = [];
  expect(await importInbound(context(lines), [file, join(home.folder, 'nowhere')])).toBe(3);
  expect(await importInbound(context(lines), [file])).toBe(0);
  expect(lines[0]).toContain('nowhere: ENOENT');
  expect(lines.slice(1)).toEqual([
    '2 mails, 2 new; 1 handled, 1 addresses or subscriptions ended, 0 refusals about us, 1 kept without effect',
    '2 mails, 0 new; 0 handled, 0 addresses or subscriptions ended, 0 refusals about us',
  ]);
  const told: string[] = [];
  expect(await inboundStatus(context(told))).toBe(0);
  expect(told).toEqual([
    'mails that came in: 1 done, 1 unmatched',
    'last 7 days: 1 hard',
    'unmatched 2 of 2026-11-10T02:30:00Z: policy, about no mail of ours; "broadsheet inbound show 2" prints it',
  ]);
  const shown: string[] = [];
  expect(await showInbound(context(shown), '2')).toBe(0);
  expect(shown.join('')).toContain('<of-somebody-else@example.net>');
  await expect(showInbound(context(shown), '99')).rejects.toThrow('broadsheet inbound status');
});
