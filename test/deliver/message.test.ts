import { join } from 'node:path';
import * as fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { buildMessage, unsubscribeUrl, type MessageParts } from '../../src/deliver/message.ts';
import { edition } from './ledger.ts';

const parts: MessageParts = {
  delivery: {
    address: 'ada@example.net',
    name: 'Ada Example',
    messageId: '<abcdefghijklmnopqrstuvwxyz@example.org>',
  },
  edition: { ...edition, digestName: 'The Daily: Papers' },
  site: { baseUrl: 'https://papers.example.org/daily/', contact: 'editor@example.org' },
  from: { name: 'The Morning Broadsheet', address: 'paper@example.org' },
  replyTo: { address: 'editor@example.org' },
  unsubscribeToken: 'k2u.daily.AAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBB',
  body: {
    subject: 'Agents that plan – and 3 more',
    html: '<!doctype html><p>Größe x² ≤ 10 &amp; more</p>\n<p>.</p>',
    text: 'Größe x² ≤ 10 & more\n.\nThe end\n',
  },
};

async function raw(more: Partial<MessageParts> = {}): Promise<string> {
  return Buffer.from((await buildMessage({ ...parts, ...more })).raw).toString();
}

const parsed = async (more: Partial<MessageParts> = {}) => simpleParser(await raw(more));

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
    expect(mail.subject).toBe(parts.body.subject);
    expect(mail.from?.value).toEqual([{ name: 'The Morning Broadsheet', address: 'paper@example.org' }]);
    expect(mail.to).toMatchObject({ value: [{ name: 'Ada Example', address: 'ada@example.net' }] });
    expect(mail.replyTo?.text).toBe('editor@example.org');
    expect(mail.date?.getTime()).toBe(edition.publishedAt);
    expect(mail.messageId).toBe(parts.delivery.messageId);
    expect(mail.text?.trim()).toBe(parts.body.text.trim());
    expect(mail.html).toContain('Größe x² ≤ 10 &amp; more');
    expect(mail.attachments).toEqual([]);
  });

  it('has only short ASCII lines ended by CRLF', async () => {
    const text = await raw({ body: { ...parts.body, html: `<p>${'långt ord '.repeat(900)}</p>` } });
    expect(text).not.toMatch(/[^\r]\n|\r(?!\n)/);
    expect(text).not.toMatch(/[^\r\n\t\x20-\x7e]/);
    expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThan(200);
  });

  it('is named for its edition and reader, for the outbox', async () => {
    expect(await buildMessage(parts)).toMatchObject({
      from: 'paper@example.org',
      to: 'ada@example.net',
      key: '2026-11-24-daily-abcdefghijklmnopqrstuvwxyz',
    });
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
    const { replyTo: _, ...others } = parts;
    const text = Buffer.from(
      (await buildMessage({ ...others, site: { baseUrl: parts.site.baseUrl } })).raw,
    ).toString();
    expect(text).not.toContain('mailto:');
    expect(text).not.toMatch(/^Reply-To|^List-Owner/im);
  });

  it('carry a list name in any script', async () => {
    const digestName = 'Tägliche „Arbeiten" <x@y.z> — 每日论文';
    const field = fields(await raw({ edition: { ...edition, digestName } })).find((one) =>
      /^list-id:/i.test(one),
    );
    expect(field).toMatch(/^List-ID: (=\?UTF-8\?Q\?[^ ]+\?= ?)+ <daily\.example\.org>$/);
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
          body: { ...parts.body, subject: subject.trim() === '' ? 'x' : subject },
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
