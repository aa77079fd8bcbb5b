import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dkimVerify } from 'mailauth';
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { dkimRecord, readDkimKey } from '../../src/config/dkim-key.ts';
import { editionMailer } from '../../src/deliver/edition-mail.ts';
import { noticeMessage } from '../../src/deliver/notice-message.ts';
import { openSender } from '../../src/deliver/sender.ts';
import type { Delivery } from '../../src/domain/delivery.ts';
import type { Edition } from '../../src/domain/edition.ts';
import type { ShownEdition } from '../../src/domain/edition-span.ts';
import { noFollows } from '../../src/domain/subscriber.ts';
import { compileDigestMail } from '../../src/render/mail/digest-mail.ts';
import { compileNoticeMail } from '../../src/render/mail/notice-mail.ts';
import { sampleEdition, sampleSite } from '../render/edition-sample.ts';
import { noticeTemplates, sampleMonday, sampleWeek, shippedTemplates } from '../render/mail/mail-sample.ts';
import { tokens } from './ledger.ts';

/*
 * Whole mails as they leave: header, signatures, text and HTML. Both kinds of signature are deterministic (PKCS #1 v1.5,
 * RFC 8032), so that with keys which sign nothing else every byte is known.
 */

const domain = 'papers.example.org';
const dkim = (['rsa', 'ed25519'] as const).map((selector) => ({
  domain,
  selector,
  privateKey: readFileSync(join(import.meta.dirname, `../fixtures/dkim/test-only-${selector}.pem`), 'utf8'),
}));
const sender = openSender(
  {
    from: { name: sampleSite.title, address: `paper@${domain}` },
    replyTo: { address: `editor@${domain}` },
    bounces: `bounces@${domain}`,
    dkim,
  },
  tokens,
);
const digestMail = await compileDigestMail(shippedTemplates());
const noticeMail = await compileNoticeMail(noticeTemplates());

const address = 'anna@example.net';
const addressHash = tokens.addressHash(address);
const delivery: Delivery = {
  id: 7,
  editionId: 12,
  digest: 'daily',
  address,
  addressHash,
  name: 'Anna Reader',
  state: 'leased',
  attempts: 1,
  nextAttemptAt: sampleEdition.publishedAt,
  leaseEpoch: 1,
  messageId: `<${tokens.messageKey(sampleEdition, addressHash)}@${domain}>`,
};

async function digest(
  change: Partial<Delivery> = {},
  edition: Edition = sampleEdition,
  shown: ShownEdition = edition,
): Promise<string> {
  const { message } = editionMailer({
    edition,
    shown,
    site: sampleSite,
    mail: digestMail,
    sender,
    unsubscribeToken: (to) => tokens.sign('unsubscribe', to),
    preferencesPath: () => 'p/a-signed-token',
  });
  return Buffer.from((await message({ ...delivery, ...change })).raw).toString();
}

async function confirm(): Promise<string> {
  const notice = { kind: 'confirm', path: 'c/a-signed-token', digestNames: ['Daily papers'] } as const;
  const { raw } = await noticeMessage({
    ...noticeMail.write(sampleSite, notice),
    from: { name: sampleSite.title, address: `hello@${domain}` },
    sender,
    to: address,
    key: 'akeyofthenotice',
    at: sampleEdition.publishedAt,
  });
  return Buffer.from(raw).toString();
}

const mails: Readonly<Record<string, () => Promise<string>>> = {
  'a-day': () => digest(),
  'a-day-with-follows-and-muted-words': () =>
    digest({
      topics: ['agents', 'retrieval'],
      wish: { follows: { ...noFollows, authors: ['Wen Nobody'], labs: ['Shelf Lab'] }, muted: ['colliders'] },
    }),
  'a-week': () =>
    digest({ covers: { fromDate: '2026-11-23', toDate: '2026-11-29' } }, sampleMonday, sampleWeek()),
  'a-confirmation': confirm,
};

const records = new Map(
  dkim.map(({ selector, privateKey }) => {
    const read = readDkimKey(privateKey);
    return [`${selector}._domainkey.${domain}`, 'key' in read ? dkimRecord(read.key) : ''];
  }),
);

describe.each(Object.keys(mails))('the whole mail of %s', (name) => {
  const raw = async (): Promise<string> => (await mails[name]?.()) ?? '';

  it('is the golden one, byte for byte', async () => {
    await expect(await raw()).toMatchFileSnapshot(
      join(import.meta.dirname, '../golden/deliver', `${name}.eml`),
    );
  });

  it('has two signatures that another implementation finds sound', async () => {
    const { results } = await dkimVerify(await raw(), {
      resolver: async (host: string) => [[records.get(host) ?? '']],
    });
    expect(results.map(({ selector, status }) => `${selector} ${status.result}`)).toEqual([
      'rsa pass',
      'ed25519 pass',
    ]);
  });
});

describe('the mail of a reader who follows and mutes', () => {
  it('has those they follow first, and says in both parts what was hidden', async () => {
    const {
      text = '',
      html,
      subject,
    } = await simpleParser((await mails['a-day-with-follows-and-muted-words']?.()) ?? '');
    expect(subject).toContain('2 papers from those you follow');
    for (const part of [text, String(html)]) {
      expect(part).toContain('From those you follow');
      expect(part).not.toContain('Grand Collaboration');
      expect(part.replace(/\s+/g, ' ')).toContain('1 hidden by your muted words');
    }
  });
});
