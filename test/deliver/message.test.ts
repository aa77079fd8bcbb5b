import { join } from 'node:path';
import * as fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { verpToken } from '../../src/domain/verp.ts';
import { openSender } from '../../src/deliver/sender.ts';
import { unsubscribeUrl } from '../../src/deliver/list-fields.ts';
import { segmentMessages, type ReaderParts, type SegmentParts } from '../../src/deliver/message.ts';
import type { OutgoingMessage } from '../../src/deliver/transport.ts';
import { slots, slotted } from '../../src/render/mail/slots.ts';
import { edition, tokens } from './ledger.ts';

const values = {
  forName: '',
  preferences: '',
  reason: 'Größe x² ≤ 10',
  webUrl: 'https://papers.example.org/2026-11-24/',
  feedUrl: 'https://papers.example.org/daily.xml',
  unsubscribeUrl: 'https://papers.example.org/u/TOKEN',
};
const parts: SegmentParts & ReaderParts = {
  delivery: {
    id: 7,
    address: 'ada@example.net',
    name: 'Ada Example',
    messageId: '<abcdefghijklmnopqrstuvwxyz@example.org>',
  },
  edition: { ...edition, digestName: 'The Daily: Papers' },
  site: { baseUrl: 'https://papers.example.org/daily/', contact: 'editor@example.org' },
  sender: {
    from: { name: 'The Morning Broadsheet', address: 'paper@example.org' },
    replyTo: { address: 'editor@example.org' },
  },
  unsubscribeToken: 'k2u.daily.AAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBB',
  mail: {
    subject: 'Agents that plan – and 3 more',
    html: slotted(`<!doctype html><p>${slots.reason} &amp; more</p>\n<p>.</p>`),
    text: slotted(`${slots.reason} & more\n.\nThe end\n`),
  },
  values: { html: values, text: values },
};

function message(more: Partial<SegmentParts & ReaderParts> = {}): Promise<OutgoingMessage> {
  const all = { ...parts, ...more };
  return segmentMessages(all)(all);
}

async function raw(more: Partial<SegmentParts & ReaderParts> = {}): Promise<string> {
  return Buffer.from((await message(more)).raw).toString();
}

const parsed = async (more: Partial<SegmentParts & ReaderParts> = {}) => simpleParser(await raw(more));

/** The header section unfolded, a field a line. */
function fields(text: string): readonly string[] {
  return text
    .slice(0, text.indexOf('\r\n\r\n'))
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
}

describe('the message', () => {
  it('is the golden one, byte for byte', async () => {
    await expect(await raw()).toMatchFileSnapshot(join(import.meta.dirname, '../golden/deliver/message.eml'));
  });

  it('is the same bytes every time', async () => {
    expect(await raw()).toBe(await raw());
  });

  it('reads back as it was meant', async () => {
    const mail = await parsed();
    expect(mail.subject).toBe(parts.mail.subject);
    expect(mail.from?.value).toEqual([{ name: 'The Morning Broadsheet', address: 'paper@example.org' }]);
    expect(mail.to).toMatchObject({ value: [{ name: 'Ada Example', address: 'ada@example.net' }] });
    expect(mail.replyTo?.text).toBe('editor@example.org');
    expect(mail.date?.getTime()).toBe(edition.publishedAt);
    expect(mail.messageId).toBe(parts.delivery.messageId);
    expect(mail.text).toBe('Größe x² ≤ 10 & more\n.\nThe end\n');
    expect(mail.html).toContain('Größe x² ≤ 10 &amp; more');
    expect(mail.attachments).toEqual([]);
  });

  it('has only short ASCII lines ended by CRLF', async () => {
    const text = await raw({ mail: { ...parts.mail, html: [`<p>${'långt ord '.repeat(900)}</p>`] } });
    expect(text).not.toMatch(/[^\r]\n|\r(?!\n)/);
    expect(text).not.toMatch(/[^\r\n\t\x20-\x7e]/);
    expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThan(130);
  });

  it('is named for its edition and reader, for the outbox', async () => {
    expect(await message()).toMatchObject({
      from: 'paper@example.org',
      to: 'ada@example.net',
      key: '2026-11-24-daily-abcdefghijklmnopqrstuvwxyz',
      envelopeId: 'abcdefghijklmnopqrstuvwxyz',
    });
  });

  it('has an envelope sender of its own where bounces have an address', async () => {
    const sender = openSender({ from: parts.sender.from, bounces: 'bounces@example.org' }, tokens);
    const { from } = await message({ sender });
    expect(from).toMatch(/^bounces\+7-[a-z2-7]{16}@example\.org$/);
    expect(tokens.verifyDelivery(verpToken(from, 'bounces@example.org') ?? '')).toBe(7);
  });
});

describe('the fields of a list', () => {
  it('offer one https address and one mail address, in one field', async () => {
    const unsubscribe = fields(await raw()).filter((field) => /^list-unsubscribe:/i.test(field));
    expect(await raw()).toContain('\r\nList-Unsubscribe: <https://');
    expect(unsubscribe).toEqual([
      `List-Unsubscribe: <https://papers.example.org/daily/u/${parts.unsubscribeToken}>, ` +
        `<mailto:editor@example.org?subject=unsubscribe%20${parts.unsubscribeToken}>`,
    ]);
    expect(fields(await raw())).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
  });

  it('offer no one-click without https', async () => {
    const text = await raw({ site: { baseUrl: 'http://127.0.0.1:8080/' } });
    expect(text).not.toMatch(/^List-Unsubscribe-Post/im);
    expect(text).toMatch(/^List-Unsubscribe: <http:\/\/127/m);
  });

  it('name no mail address when there is none', async () => {
    const { replyTo: _, ...sender } = parts.sender;
    const text = await raw({ sender, site: { baseUrl: parts.site.baseUrl } });
    expect(text).not.toContain('mailto:');
    expect(text).not.toMatch(/^Reply-To|^List-Owner|^List-Subscribe/im);
  });

  it('carry a list name in any script', async () => {
    const digestName = 'Tägliche „Arbeiten" <x@y.z> — 每日论文';
    const field = fields(await raw({ edition: { ...edition, digestName } })).find((one) =>
      /^list-id:/i.test(one),
    );
    expect(field).toMatch(/^List-Id: (=\?UTF-8\?Q\?[^ ]+\?= ?)+ <daily\.example\.org>$/);
  });

  it('occur once each', async () => {
    const names = fields(await raw()).map((field) => field.slice(0, field.indexOf(':')).toLowerCase());
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('no text from outside can add a field, a part or a recipient', () => {
  it('whatever names and subjects hold', async () => {
    const honest = fields(await raw()).map((field) => field.slice(0, field.indexOf(':')));
    const nasty = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom(
        'x\r\nBcc: evil@example.com',
        'x\nSubject: y',
        'x\r\n\r\nbody',
        '"; Bcc: evil@example.com',
        'a, b <evil@example.com>',
        '\u0000\u2028\u0085x',
      ),
    );
    await fc.assert(
      fc.asyncProperty(nasty, nasty, nasty, async (name, subject, digestName) => {
        const text = await raw({
          delivery: { ...parts.delivery, name },
          mail: { ...parts.mail, subject: subject.trim() === '' ? 'x' : subject },
          edition: { ...edition, digestName },
        });
        expect(fields(text).map((field) => field.slice(0, field.indexOf(':')))).toEqual(honest);
        const mail = await simpleParser(text);
        expect(mail.to).toMatchObject({ value: [{ address: 'ada@example.net' }] });
        expect(mail.to && 'value' in mail.to && mail.to.value).toHaveLength(1);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the unsubscribe address', () => {
  it('is below the path of the site', () => {
    expect(unsubscribeUrl({ baseUrl: 'https://example.org/a/b/' }, 'TOKEN')).toBe(
      'https://example.org/a/b/u/TOKEN',
    );
  });
});
