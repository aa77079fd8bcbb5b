import { generateKeyPairSync } from 'node:crypto';
import { dkimVerify } from 'mailauth';
import { simpleParser } from 'mailparser';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dkimRecord, readDkimKey } from '../../src/config/dkim-key.ts';
import { createDkimSigner } from '../../src/deliver/dkim.ts';
import { segmentMessages, type ReaderParts, type Sender } from '../../src/deliver/message.ts';
import { signedOnly } from '../../src/deliver/sender.ts';
import type { Transport } from '../../src/deliver/transport.ts';
import { slots, slotted } from '../../src/render/mail/slots.ts';
import { edition } from './ledger.ts';

const pem = { type: 'pkcs8', format: 'pem' } as const;
const publicPem = { type: 'spki', format: 'pem' } as const;
const rsa = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: pem,
  publicKeyEncoding: publicPem,
}).privateKey;
const ed25519 = generateKeyPairSync('ed25519', {
  privateKeyEncoding: pem,
  publicKeyEncoding: publicPem,
}).privateKey;
const keys = [
  { domain: 'example.org', selector: 'r1', privateKey: rsa },
  { domain: 'example.org', selector: 'e1', privateKey: ed25519 },
];
const sender: Sender = {
  from: { name: 'The Morning Broadsheet', address: 'paper@example.org' },
  replyTo: { address: 'editor@example.org' },
  dkim: createDkimSigner(keys),
};
const texts = {
  forName: '',
  preferences: '',
  reason: 'Größe x² ≤ 10  and\ttabs \n. a dot\n\n\n',
  webUrl: '',
  feedUrl: '',
  unsubscribeUrl: '',
};
const reader: ReaderParts = {
  delivery: {
    id: 7,
    address: 'ada@example.net',
    name: 'Ädä "the" Example',
    messageId: '<abcdefghijklmnopqrstuvwxyz@example.org>',
  },
  unsubscribeToken: 'k2u.daily.AAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBB',
  values: { html: texts, text: texts },
};

async function signedMail(more: { readonly sender?: Sender; readonly reader?: Partial<ReaderParts> } = {}) {
  const message = await segmentMessages({
    edition: { ...edition, digestName: 'Tägliche „Arbeiten" — 每日论文' },
    site: { baseUrl: 'https://papers.example.org/daily/', contact: 'editor@example.org' },
    sender: more.sender ?? sender,
    mail: {
      subject: 'Agents that plan – and 3 more, whose subject is so long that it needs many lines of its own',
      html: slotted(`<!doctype html><p>${slots.reason} &amp; more</p>\n<p>.</p>`),
      text: slotted(`${slots.reason} & more\n.\nThe end\n`),
    },
  })({ ...reader, ...more.reader });
  return Buffer.from(message.raw).toString();
}

/** What a name server would say, and what mailauth makes of the mail. */
async function verdicts(raw: string): Promise<readonly string[]> {
  const records = new Map(
    keys.map(({ selector, domain, privateKey }) => {
      const read = readDkimKey(privateKey);
      return [`${selector}._domainkey.${domain}`, 'key' in read ? dkimRecord(read.key) : ''];
    }),
  );
  const { results } = await dkimVerify(raw, {
    resolver: async (name: string, type: string) => {
      const record = records.get(name);
      if (type !== 'TXT' || record === undefined)
        throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
      return [[record]];
    },
  });
  return results.map(({ status, selector }) => `${selector} ${status.result}`);
}

const both = ['r1 pass', 'e1 pass'];

describe('a signed mail', () => {
  it('passes with both keys, as another implementation sees it', async () => {
    expect(await verdicts(await signedMail())).toEqual(both);
  });

  it('passes whatever it says', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 }).map((value) => `${value} \t \r\n.\n`);
    await fc.assert(
      fc.asyncProperty(text, fc.string({ maxLength: 60 }), async (reason, name) => {
        const values = { ...texts, reason };
        const raw = await signedMail({
          reader: { values: { html: values, text: values }, delivery: { ...reader.delivery, name } },
        });
        expect(await verdicts(raw)).toEqual(both);
      }),
      { numRuns: 25 },
    );
  });

  it('is the same bytes every time', async () => {
    expect(await signedMail()).toBe(await signedMail());
  });

  it('has signatures over the fields of a list, and more of those that nobody may add to', async () => {
    const raw = await signedMail();
    const signed = [...raw.matchAll(/^DKIM-Signature: [^]*?\bh=([^;]+);/gm)].map((match) =>
      (match[1] ?? '').toLowerCase().replace(/\s/g, '').split(':'),
    );
    expect(signed).toHaveLength(2);
    const times = (name: string) => signed[0]?.filter((one) => one === name).length;
    for (const name of ['message-id', 'mime-version', 'list-id', 'list-help', 'list-subscribe']) {
      expect(times(name)).toBe(1);
    }
    for (const name of ['list-owner', 'list-archive', 'list-post', 'feedback-id'])
      expect(times(name)).toBe(1);
    for (const name of ['from', 'to', 'subject', 'date', 'reply-to', 'content-type'])
      expect(times(name)).toBe(2);
    for (const name of ['list-unsubscribe', 'list-unsubscribe-post']) expect(times(name)).toBe(2);
    expect(raw).not.toMatch(/\bl=/);
  });

  it.each([
    ['another From', (raw: string) => raw.replace(/^From:/m, 'From: evil@example.com\r\nFrom:')],
    ['another Subject', (raw: string) => raw.replace(/^Date:/m, 'Subject: x\r\nDate:')],
    ['another way to leave', (raw: string) => raw.replace('/u/k2u', '/u/k3u')],
    ['another one-click field', (raw: string) => `List-Unsubscribe-Post: x\r\n${raw}`],
    ['another word in its body', (raw: string) => raw.replace('The end', 'The End')],
  ])('does not pass with %s', async (_what, change) => {
    const raw = await signedMail();
    expect(change(raw)).not.toBe(raw);
    expect((await verdicts(change(raw))).some((verdict) => verdict.endsWith('pass'))).toBe(false);
  });

  it('names no Reply-To that is not there, but lets nobody add one', async () => {
    const { replyTo: _, ...without } = sender;
    const raw = await signedMail({ sender: without });
    expect(await verdicts(raw)).toEqual(both);
    expect(await verdicts(raw.replace(/^Date:/m, 'Reply-To: evil@example.com\r\nDate:'))).not.toEqual(both);
  });

  it('reads as it would without signatures', async () => {
    const { dkim: _, ...unsigned } = sender;
    const [signed, plain] = await Promise.all([signedMail(), signedMail({ sender: unsigned })]);
    expect(signed.endsWith(plain)).toBe(true);
    expect((await simpleParser(signed)).subject).toBe((await simpleParser(plain)).subject);
  });
});

describe('a key that cannot sign', () => {
  const rsaOf = (modulusLength: number) =>
    generateKeyPairSync('rsa', { modulusLength, privateKeyEncoding: pem, publicKeyEncoding: publicPem });

  it.each([
    ['nothing', '', /cannot be read/],
    ['garbage', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', /cannot be read/],
    ['cut off', rsa.slice(0, 900), /cannot be read/],
    ['a public one', rsaOf(2048).publicKey, /got a public key/],
    ['too short', rsaOf(768).privateKey, /at least 1024\), got one of 768/],
    [
      'of a curve that DKIM does not know',
      generateKeyPairSync('ec', {
        namedCurve: 'P-256',
        privateKeyEncoding: pem,
        publicKeyEncoding: publicPem,
      }).privateKey,
      /got one of type ec/,
    ],
    [
      'of RSA, but for PSS alone',
      generateKeyPairSync('rsa-pss', {
        modulusLength: 2048,
        privateKeyEncoding: pem,
        publicKeyEncoding: publicPem,
      }).privateKey,
      /got one of type rsa-pss/,
    ],
    [
      'encrypted',
      generateKeyPairSync('rsa', {
        modulusLength: 2048,
        publicKeyEncoding: publicPem,
        privateKeyEncoding: { ...pem, cipher: 'aes-256-cbc', passphrase: 'x' },
      }).privateKey,
      /encrypted/,
    ],
  ])('because it is %s stops the start, and is not quoted', (_what, privateKey, told) => {
    const create = () => createDkimSigner([{ domain: 'example.org', selector: 's', privateKey }]);
    expect(create).toThrow(told);
    expect(create).toThrow(/the DKIM key s of example\.org/);
    try {
      create();
    } catch (error) {
      expect(String(error)).not.toContain('BEGIN');
    }
  });
});

describe('the last guard', () => {
  const taken: string[] = [];
  const transport: Transport = {
    name: 'test',
    async submit(message) {
      taken.push(message.key);
      return { result: 'accepted', reply: 'ok' };
    },
    async close() {},
  };
  const submit = (raw: string, key: string) =>
    signedOnly(transport).submit(
      { from: 'a@example.org', to: 'b@example.net', key, raw: Buffer.from(raw) },
      async () => true,
      new AbortController().signal,
    );

  it('lets signed mail through and blocks the run at the first unsigned one', async () => {
    expect(await submit('DKIM-Signature: v=1;\r\n\r\n', 'signed')).toMatchObject({ result: 'accepted' });
    expect(await submit('From: a@example.org\r\n\r\n', 'unsigned')).toMatchObject({
      result: 'blocked',
      about: 'sender',
    });
    expect(taken).toEqual(['signed']);
  });
});
