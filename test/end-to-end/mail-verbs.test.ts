import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databasePath } from '../../src/store/data-folder.ts';
import type { Context } from '../../src/cli/context.ts';
import { deliveryStatus } from '../../src/cli/delivery-status.ts';
import { doctorMail } from '../../src/cli/doctor-mail.ts';
import { listDoubtful, settleDoubtful } from '../../src/cli/in-doubt.ts';
import { namedEdition } from '../../src/cli/named-edition.ts';
import { createLookup } from '../../src/deliver/preflight/lookup.ts';
import type { SubmissionAnswer } from '../../src/deliver/transport.ts';
import { hourMs, minuteMs } from '../../src/domain/time.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { countDeliveries } from '../../src/store/deliveries.ts';
import { insertEdition } from '../../src/store/edition-insert.ts';
import { findEdition } from '../../src/store/editions.ts';
import { edition, insertAudience, now, sendDue, tokens } from '../deliver/ledger.ts';
import { dnsServer } from '../deliver/preflight/dns-server.ts';
import { mailServer } from '../deliver/servers.ts';

const addresses = ['ada@gmail.com', 'bo@gmail.com', 'cy@example.net', 'di@example.net', 'ed@example.org'];

let folder: string;
let db: Database;
let editionId: number;
let printed: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-mail-verbs-'));
  printed = [];
  configure('');
  db = await openDatabase(databasePath(join(folder, 'data')));
  await insertEdition(db, edition);
  editionId = (await findEdition(db, 'daily', '2026-11-24'))?.id ?? 0;
  const rows = addresses.map((address) => ({
    digest: 'daily',
    address,
    addressHash: tokens.addressHash(address),
    messageId: `<${address.split('@')[0]}@example.org>`,
  }));
  await insertAudience(db, editionId, rows, now);
});

afterEach(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true, force: true });
});

function configure(mail: string): void {
  writeFileSync(
    join(folder, 'broadsheet.yaml'),
    `site: { title: Small, description: A small paper., url: https://papers.example.org }
sources: [{ name: daily, type: hf-daily-papers, baseUrl: https://huggingface.co }]
topics: { llm: { name: LLM, include: [llm] } }
digests: [{ key: daily, name: Daily, description: Daily., schedule: "30 2 * * *" }]
log: silent
${mail}`,
  );
}

function context(at = now, options: Partial<Context['options']> = {}): Context {
  return {
    options: { config: join(folder, 'broadsheet.yaml'), ...options },
    now: () => at,
    signal: new AbortController().signal,
    onHangUp: () => {},
    print: (text) => printed.push(text),
    note: () => {},
  };
}

/** Sends what is due; each address gets its answer, others are accepted. */
async function send(answers: Readonly<Record<string, SubmissionAnswer>>, at = now): Promise<void> {
  const transport = {
    name: 'scripted',
    async submit(message: { readonly to: string }, beforeHandover: () => Promise<boolean>) {
      const answer = answers[message.to] ?? { result: 'accepted', reply: '250 2.0.0 Ok' };
      if (answer.result === 'accepted' || answer.result === 'in_doubt') await beforeHandover();
      return answer;
    },
    async close() {},
  };
  await sendDue(db, transport, at);
}

const troubles: Readonly<Record<string, SubmissionAnswer>> = {
  'bo@gmail.com': { result: 'deferred', reply: '450 4.2.0 Greylisted, "later", please', code: 450 },
  'cy@example.net': { result: 'rejected', reply: '550 5.1.1 No such user', code: 550 },
  'di@example.net': { result: 'in_doubt', reply: 'the server closed the connection' },
};

describe('broadsheet status EDITION', () => {
  it('tells by domain who got it and who did not, and why; the sums are the audience', async () => {
    await send(troubles);
    expect(await deliveryStatus(context(), 'daily/2026-11-24', {})).toBe(0);
    expect(printed).toEqual([
      'daily 2026-11-24: 5 recipients',
      '             all  accepted  deferred  rejected  in doubt',
      'example.net    2         0         0         1         1',
      'google         2         1         1         0         0',
      'example.org    1         1         0         0         0',
      'all            5         2         1         1         1',
      '1 deferred: 450 4.2.0 Greylisted, "later", please',
      '1 rejected: 550 5.1.1 No such user',
      '1 in doubt: the server closed the connection',
    ]);
  });

  it('gives the same in JSON', async () => {
    await send(troubles);
    await deliveryStatus(context(now, { json: true }), 'daily/2026-11-24', {});
    const report = JSON.parse(printed.join('\n'));
    expect(report).toMatchObject({ digest: 'daily', editionDate: '2026-11-24', audience: 5 });
    expect(report.states).toEqual(await countDeliveries(db, editionId));
    expect(report.domains).toHaveLength(3);
  });

  it('writes a row for each recipient that every reader of CSV understands', async () => {
    await send(troubles);
    await deliveryStatus(context(), 'daily/2026-11-24', { csv: true });
    const text = printed.map((line) => `${line}\n`).join('');
    expect(text).toMatch(/^address,domain,state,.*\r\n/);
    const rows: Record<string, string>[] = parse(text, { columns: true, record_delimiter: '\r\n' });
    expect(new Set(rows.map(({ address }) => address))).toEqual(new Set(addresses));
    expect(rows.find(({ address }) => address === 'bo@gmail.com')).toMatchObject({
      domain: 'google',
      state: 'deferred',
      attempts: '1',
      code: '450',
      reply: '450 4.2.0 Greylisted, "later", please',
      'ended at': '',
      'message id': '<bo@example.org>',
    });
  });

  it('refuses what is no edition, and names those there are', async () => {
    for (const name of ['daily', 'daily/2026-02-30', 'daily/2026-11-24/x', '/2026-11-24']) {
      await expect(namedEdition(db, name)).rejects.toThrow('expected an edition such as daily/2026-11-24');
    }
    await expect(namedEdition(db, 'weekly/2026-11-24')).rejects.toThrow(
      'there is no edition weekly/2026-11-24; the newest are daily/2026-11-24',
    );
  });
});

describe('broadsheet in-doubt', () => {
  const later = now + hourMs;

  it('lists what was never answered', async () => {
    await send(troubles);
    await listDoubtful(context(now + minuteMs), undefined);
    expect(printed).toEqual([
      'daily/2026-11-24 di@example.net: handed over at 2026-11-24T06:02:00Z, <di@example.org>; may still be answered',
      '1 mails in doubt',
    ]);
  });

  it('sends it once more with the same Message-ID when told so, and not before it can be answered no more', async () => {
    await send(troubles);
    await settleDoubtful(context(now + minuteMs), 'resend', undefined);
    expect(printed.splice(0)).toEqual(['0 mails are due again; 1 may still be answered']);
    await settleDoubtful(context(later), 'resend', 'daily/2026-11-24');
    expect(printed).toEqual(['1 mails are due again']);
    const sent: string[] = [];
    const transport = {
      name: 'scripted',
      async submit(message: { readonly to: string; readonly raw: Uint8Array }, mark: () => Promise<boolean>) {
        await mark();
        sent.push(/Message-ID: (\S+)/.exec(Buffer.from(message.raw).toString())?.[1] ?? '');
        return { result: 'accepted', reply: '250 Ok' } as const;
      },
      async close() {},
    };
    await sendDue(db, transport, later);
    expect(sent.toSorted()).toEqual(['<bo@example.org>', '<di@example.org>']);
    expect((await countDeliveries(db, editionId)).in_doubt).toBe(0);
  });

  it('counts it as accepted when told so', async () => {
    await send(troubles);
    await settleDoubtful(context(later), 'accept', undefined);
    expect(printed).toEqual(['1 mails count as accepted']);
    expect(await countDeliveries(db, editionId)).toMatchObject({ accepted: 3, in_doubt: 0 });
  });

  it('does not send what is too old, and does not dry-run', async () => {
    await send(troubles);
    await settleDoubtful(context(now + 48 * hourMs), 'resend', undefined);
    expect(printed).toEqual(['0 mails are due again; 1 of editions too old to send stay in doubt']);
    const dry = context(later, { dryRun: true });
    await expect(settleDoubtful(dry, 'accept', undefined)).rejects.toThrow('--dry-run');
  });
});

describe('broadsheet doctor mail', () => {
  it('looks at the newest mail, DNS and the server, says what to do, and sends nothing', async () => {
    const server = await mailServer();
    const dns = await dnsServer({
      'TXT example.org': ['v=spf1 mx -all'],
      'MX example.org': ['10 mx.example.org'],
      'A mx.example.org': ['192.0.2.8'],
    });
    try {
      const { port } = server.config;
      configure(
        `mail: { transport: smtp, from: paper@example.org, smtp: { host: 127.0.0.1, port: ${port}, tls: none } }\n`,
      );
      const doctor = context(now, { json: true });
      expect(await doctorMail(doctor, createLookup(doctor.signal, [dns.address]))).toBe(1);
      const { findings, counts } = JSON.parse(printed.splice(0).join('\n'));
      expect(
        findings.map(({ result, check }: { result: string; check: string }) => `${result} ${check}`),
      ).toEqual([
        'ok daily: size of the HTML',
        'ok daily: text part',
        'ok daily: links',
        'ok daily: images',
        'ok daily: contrast in the light',
        'ok daily: contrast in the dark',
        'ok daily: leaving by one click',
        'ok daily: link to leave',
        'warning daily: DKIM signature',
        'ok SPF of example.org',
        'fault DMARC of example.org',
        'ok MX of example.org',
        `ok server 127.0.0.1:${port}`,
        'warning name of 127.0.0.1',
      ]);
      expect(counts).toEqual({ ok: 11, warning: 2, fault: 1 });
      expect([server.connections(), server.accepted.length]).toEqual([1, 0]);
      await doctorMail(context(), createLookup(doctor.signal, [dns.address]));
      expect(printed).toContain('ok       SPF of example.org: v=spf1 mx -all');
      expect(printed.at(-1)).toBe('1 faults, 2 warnings, 11 as they should be');
    } finally {
      await server.close();
      await dns.close();
    }
  });

  it('tells who sends nothing that nothing leaves', async () => {
    expect(await doctorMail(context(), createLookup(new AbortController().signal, ['127.0.0.1:9']))).toBe(0);
    expect(printed.join('\n')).toContain('the outbox: mails become files and none leaves');
  });
});
