import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { segmentMessages } from '../../src/deliver/message.ts';
import { createSmtp } from '../../src/deliver/smtp.ts';
import type { OutgoingMessage } from '../../src/deliver/transport.ts';
import { slots, slotted } from '../../src/render/mail/slots.ts';
import { edition } from './ledger.ts';
import { rudeServer } from './servers.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** The bytes between the server's 354 and its answer, the final dot included. */
async function heard(message: OutgoingMessage): Promise<string> {
  const server = await rudeServer({});
  closers.push(server.close);
  const transport = createSmtp(server.config);
  const answer = await transport.submit(message, () => Promise.resolve(true), new AbortController().signal);
  await transport.close();
  expect(answer.result).toBe('accepted');
  const [all = ''] = server.heard;
  const start = all.indexOf('DATA\r\n') + 'DATA\r\n'.length;
  return all.slice(start, all.indexOf('\r\n.\r\n', start) + '\r\n.\r\n'.length);
}

/** A message whose name, reason and templates hold this. */
function composed({ name, reason }: { readonly name: string; readonly reason: string }) {
  const values = {
    forName: '',
    preferences: '',
    reason,
    webUrl: '',
    feedUrl: '',
    unsubscribeUrl: '',
  };
  const write = segmentMessages({
    edition,
    site: { baseUrl: 'https://papers.example.org/daily/' },
    sender: { from: { name: 'The Morning Broadsheet', address: 'paper@example.org' } },
    mail: {
      subject: 'Agents that plan',
      html: slotted(`<p>${slots.reason}</p>`),
      text: slotted(`${slots.reason}\nThe end\n`),
    },
  });
  return write({
    delivery: {
      id: 7,
      address: 'ada@example.net',
      name,
      messageId: '<abcdefghijklmnopqrstuvwxyz@example.org>',
    },
    unsubscribeToken: 'k2u.daily.AAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBB',
    values: { html: values, text: values },
  });
}

const bad = {
  'a name with CRLF': { name: 'Ada\r\nBcc: mallory@example.com\r\n\r\nbody', reason: 'None.' },
  'a line of 998 characters': { name: 'Ada', reason: 'x'.repeat(998) },
  'a bare CR': { name: 'Ada\rExample', reason: 'before\rafter' },
  'a leading dot': { name: '.Ada', reason: '.\r\n.QUIT\r\n..\r\nafter' },
} as const;

describe('a composed mail as the server heard it', () => {
  it.each(Object.entries(bad))('is the golden one: %s', async (what, parts) => {
    const bytes = await heard(await composed(parts));
    await expect(bytes).toMatchFileSnapshot(
      join(import.meta.dirname, `../golden/deliver/wire/${what.replaceAll(' ', '-').toLowerCase()}.txt`),
    );
    expect(bytes).not.toMatch(/\r(?!\n)|(?<!\r)\n/);
    expect(bytes).not.toMatch(/\r\n\.(?!\r\n$)/);
    expect(bytes).not.toMatch(/^Bcc:/im);
    for (const line of bytes.split('\r\n')) expect(line.length).toBeLessThan(130);
  });
});

describe('a message that somebody else made, as the server heard it', () => {
  it.each([
    ['a line of 998 characters', 'x'.repeat(998), 'x'.repeat(998)],
    ['a bare CR', 'before\rafter', 'before\r\nafter'],
    ['a bare LF', 'before\nafter', 'before\r\nafter'],
    ['leading dots', '.\r\n..\r\n.QUIT', '..\r\n...\r\n..QUIT'],
    [
      'a final dot of its own, by a bare CR',
      'before\r.\rMAIL FROM:<x@y.example>',
      'before\r\n..\r\nMAIL FROM:<x@y.example>',
    ],
  ])('has %s as it should be', async (_, body, wire) => {
    const raw = Buffer.from(`Subject: x\r\n\r\n${body}\r\n`);
    const message = { from: 'a@example.org', to: 'b@example.net', key: 'k', raw };
    expect(await heard(message)).toBe(`Subject: x\r\n\r\n${wire}\r\n.\r\n`);
  });
});
