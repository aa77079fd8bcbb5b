import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImapFlow } from 'imapflow';
import { dkimVerify } from 'mailauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApp, type App } from '../../src/app.ts';
import { siteHandler } from '../../src/cli/site.ts';
import { dkimRecord, readDkimKey } from '../../src/config/dkim-key.ts';
import { calendarDate, hourMs, type Instant } from '../../src/domain/time.ts';
import { runDay, type DayReport } from '../../src/pipeline.ts';
import { startServer, type RunningServer } from '../../src/serve/server.ts';
import { findSubscriber } from '../../src/store/subscribers.ts';
import { isSuppressed } from '../../src/store/suppressions.ts';
import { mailServer, type MailServer } from '../deliver/servers.ts';
import { imapServer, lacking, type ImapServer } from '../inbound/imap-server.ts';
import { house, type House } from './house.ts';
import { sampleCaptures, sourcesServer, type SourcesServer } from './sources-server.ts';

/*
 * One mail from the running system to a mailbox and back: what a mail provider does with it, who knows the bytes that came
 * and nothing else. The site has its public https address; a proxy in front of it ends TLS, and here that is `atSite`.
 */

const now = Date.parse('2026-11-10T02:30:00Z');
const publicUrl = 'https://papers.example.org/daily/';
const domain = 'papers.example.org';
/** One for each test, and one who stays. */
const readers = ['ada', 'bob', 'eve', 'kim', 'lee']
  .map((name) => `- { address: ${name}@example.org }\n`)
  .join('');

const keyFolder = mkdtempSync(join(tmpdir(), 'broadsheet-keys-'));
const records = new Map<string, string>();
const dkim = (['rsa', 'ed25519'] as const).map((kind) => {
  const { privateKey } =
    kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const keyFile = join(keyFolder, `${kind}.pem`);
  writeFileSync(keyFile, pem);
  const read = readDkimKey(pem);
  records.set(`${kind}._domainkey.${domain}`, 'key' in read ? dkimRecord(read.key) : '');
  return `    - { domain: ${domain}, selector: ${kind}, keyFile: "${keyFile}" }\n`;
});
afterAll(() => rmSync(keyFolder, { recursive: true }));

let sources: SourcesServer;
let smtp: MailServer;
let home: House;
let app: App;
let site: RunningServer;
let stop: AbortController;

beforeAll(async () => {
  sources = await sourcesServer(sampleCaptures());
  smtp = await mailServer();
  home = await house({
    sources: `  - { name: daily, type: hf-daily-papers, baseUrl: "${sources.url}" }\n`,
    mail: `  transport: smtp
  from: Broadsheet <paper@${domain}>
  replyTo: editor@${domain}
  smtp: { host: 127.0.0.1, port: ${smtp.config.port}, secure: false, connections: 1 }
  dkim:
${dkim.join('')}`,
    subscribers: readers,
  });
  const { config } = home;
  app = await openApp(
    { ...config, logLevel: 'silent', site: { ...config.site, baseUrl: publicUrl } },
    { now, clock: Date.now },
  );
  stop = new AbortController();
  site = await startServer({
    app: siteHandler(app, () => now + hourMs),
    host: '127.0.0.1',
    port: 0,
    signal: stop.signal,
  });
  await day(now);
});

afterAll(async () => {
  stop.abort();
  await site.closed;
  await app[Symbol.asyncDispose]();
  home[Symbol.dispose]();
  await sources[Symbol.asyncDispose]();
  await smtp.close();
});

async function day(at: Instant): Promise<DayReport> {
  sources.now = at;
  const slots = app.digests.map((digest) => ({ digest, editionDate: calendarDate(at, digest.zone) }));
  return runDay(app, { now: () => at, signal: new AbortController().signal }, slots);
}

/** The bytes that came for a reader, as the SMTP server took them. */
function received(name: string): Buffer {
  return Buffer.from(smtp.accepted.find(({ to }) => to === `${name}@example.org`)?.raw ?? '');
}

/** What another implementation makes of the signatures, by the keys that DNS would give. */
async function signatures(raw: Buffer): Promise<readonly unknown[]> {
  const { results } = await dkimVerify(raw, {
    resolver: async (name: string, type: string) => {
      const record = records.get(name);
      if (type === 'TXT' && record !== undefined) return [[record]];
      throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
    },
  });
  return results.map(({ selector, signingDomain, status }) => ({
    selector,
    signingDomain,
    result: status.result,
    aligned: status.aligned,
  }));
}

/** The values of a field, of nothing but the bytes of the header (RFC 5322, sections 2.2 and 2.2.3). */
function fieldValues(raw: Buffer, name: string): readonly string[] {
  const text = raw.toString('latin1');
  const lines = text
    .slice(0, text.indexOf('\r\n\r\n'))
    .replace(/\r\n(?=[ \t])/g, '')
    .split('\r\n');
  return lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return line.slice(0, colon).toLowerCase() === name ? [line.slice(colon + 1).trim()] : [];
  });
}

/** The one address for a POST that a mail offers: RFC 8058 sections 3.1 and 4. */
function oneClickAddress(raw: Buffer): URL {
  expect(fieldValues(raw, 'list-unsubscribe-post')).toEqual(['List-Unsubscribe=One-Click']);
  const [field = '', ...others] = fieldValues(raw, 'list-unsubscribe');
  expect(others).toEqual([]);
  const [address = '', ...more] = [...field.matchAll(/<(https:[^>]*)>/g)].map(([, inner = '']) => inner);
  expect(more).toEqual([]);
  for (const covered of fieldValues(raw, 'dkim-signature')) {
    const names = /\bh=([^;]*)/.exec(covered)?.[1]?.replace(/\s/g, '').toLowerCase().split(':');
    expect(names).toEqual(expect.arrayContaining(['list-unsubscribe', 'list-unsubscribe-post']));
  }
  return new URL(address);
}

/** An answer of the running site to a request for its public address. No cookie, no referrer, no redirect followed. */
function atSite(address: URL, request: RequestInit = {}): Promise<Response> {
  expect(address.href.startsWith(publicUrl)).toBe(true);
  const loopback = new URL(address.pathname + address.search, site.url);
  return fetch(loopback, { redirect: 'manual', ...request });
}

async function state(name: string): Promise<object> {
  const addressHash = app.tokens.addressHash(`${name}@example.org`);
  const found = await findSubscriber(app.db, addressHash);
  const [digest] = app.digests;
  return {
    subscriptions: found?.subscriptions.map((one) => one.state),
    isSuppressed: await isSuppressed(app.db, addressHash, digest?.key ?? ''),
  };
}

const subscribed = { subscriptions: ['confirmed'], isSuppressed: false };
const left = { subscriptions: ['unsubscribed'], isSuppressed: true };
const bothPass = [
  { selector: 'rsa', signingDomain: domain, result: 'pass', aligned: domain },
  { selector: 'ed25519', signingDomain: domain, result: 'pass', aligned: domain },
];

/** Both encodings that RFC 8058 section 3.2 allows. */
const multipart = new FormData();
multipart.append('List-Unsubscribe', 'One-Click');
const formBody = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
const oneClicks = [
  ['ada', formBody],
  ['bob', multipart],
] as const;

describe('a mail of the running system, as it was received over SMTP', () => {
  it('passes with both keys, and with neither when a byte of what is signed changed', async () => {
    const raw = received('lee');
    expect(await signatures(raw)).toEqual(bothPass);
    const other = raw.toString('latin1').replace('/u/', '/v/');
    expect(await signatures(Buffer.from(other, 'latin1'))).toMatchObject([
      { result: 'fail' },
      { result: 'fail' },
    ]);
  });

  it('changes nothing when its address is looked at, and is the last of its reader after a one-click POST', async () => {
    for (const [name, body] of oneClicks) {
      const address = oneClickAddress(received(name));
      for (const method of ['GET', 'HEAD']) {
        expect((await atSite(address, { method })).status).toBe(200);
        expect(await state(name)).toEqual(subscribed);
      }
      for (const again of [1, 2]) {
        const { status, headers } = await atSite(address, { method: 'POST', body });
        expect([again, status, headers.get('set-cookie')]).toEqual([again, 200, null]);
      }
      expect(await state(name)).toEqual(left);
    }
    expect(await state('lee')).toEqual(subscribed);
    const before = smtp.accepted.length;
    await day(now + 24 * hourMs);
    const reached = smtp.accepted.slice(before).map(({ to }) => to);
    expect(reached).toContain('lee@example.org');
    for (const [name] of oneClicks) expect(reached).not.toContain(`${name}@example.org`);
  });

  it('ends nothing when its token was changed', async () => {
    const address = oneClickAddress(received('eve'));
    address.pathname = address.pathname.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    expect((await atSite(address, { method: 'POST', body: formBody })).status).toBe(404);
    expect(await state('eve')).toEqual(subscribed);
  });
});

describe.skipIf(lacking)(
  `a mail of the running system, in a mailbox${lacking ? ` (${lacking})` : ''}`,
  () => {
    let imap: ImapServer;
    beforeAll(async () => {
      imap = await imapServer();
    });
    afterAll(() => imap[Symbol.asyncDispose]());

    it('still passes when IMAP gives it out, and its reader can leave by it', async () => {
      const box = imap.open('kim');
      box.deliver(received('kim'));
      const { host, port, user } = box.config;
      const client = new ImapFlow({
        host,
        port,
        secure: false,
        doSTARTTLS: false,
        auth: { user, pass: 'secret' },
        logger: false,
      });
      await client.connect();
      await client.mailboxOpen('INBOX');
      const found = await client.fetchOne('*', { source: true });
      await client.logout();
      const fetched = (found !== false && found.source) || Buffer.alloc(0);
      expect(await signatures(fetched)).toEqual(bothPass);
      const address = oneClickAddress(fetched);
      expect((await atSite(address, { method: 'POST', body: formBody })).status).toBe(200);
      expect(await state('kim')).toEqual(left);
    });
  },
);
