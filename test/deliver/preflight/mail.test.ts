import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createDkimSigner } from '../../../src/deliver/dkim.ts';
import { segmentMessages } from '../../../src/deliver/message.ts';
import { checkMail } from '../../../src/deliver/preflight/mail.ts';
import { slotted } from '../../../src/render/mail/slots.ts';
import { edition } from '../ledger.ts';

const nobody = { forName: '', reason: '', webUrl: '', feedUrl: '', unsubscribeUrl: '', preferences: '' };
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
const dkim = createDkimSigner([{ domain: 'example.org', selector: 's1', privateKey: pem }]);

const leave = 'https://papers.example.org/u/token7';
const good = {
  baseUrl: 'https://papers.example.org/',
  html: `<style>@media (prefers-color-scheme: dark) { p { color: #fff } }</style><p>Hello <a href="${leave}" style="color:#00e">leave</a></p>`,
  text: `Hello\n${leave}\n`,
  isSigned: true,
};

async function mailOf({ baseUrl, html, text, isSigned }: typeof good): Promise<Uint8Array> {
  const write = segmentMessages({
    edition,
    site: { baseUrl },
    sender: { from: { address: 'paper@example.org' }, ...(isSigned && { dkim }) },
    mail: { subject: 'News', html: slotted(html), text: slotted(text) },
  });
  const { raw } = await write({
    delivery: { id: 7, address: 'ada@example.net', messageId: '<key7@example.org>' },
    unsubscribeToken: 'token7',
    values: { html: nobody, text: nobody },
  });
  return raw;
}

/** What is not as it should be. */
async function faultsOf(change: Partial<typeof good>): Promise<readonly string[]> {
  const findings = await checkMail(await mailOf({ ...good, ...change }), { isSignedByUs: true });
  return findings
    .filter(({ result }) => result !== 'ok')
    .map(({ result, check, came, advice }) => {
      expect(advice).toBeDefined();
      return `${result} ${check}: ${came}`;
    });
}

describe('a mail before it is sent', () => {
  it('can be without a fault', async () => {
    const findings = await checkMail(await mailOf(good), { isSignedByUs: true });
    expect(findings.map(({ result, check }) => `${result} ${check}`)).toEqual([
      'ok size of the HTML',
      'ok text part',
      'ok links',
      'ok images',
      'ok contrast in the light',
      'warning contrast in the dark',
      'ok leaving by one click',
      'ok link to leave',
      'ok DKIM signature',
    ]);
  });

  const { html } = good;
  it.each<[string, Partial<typeof good>, readonly (string | RegExp)[]]>([
    [
      'is long',
      { html: html + `<p>${'word '.repeat(18_000)}</p>` },
      [/^warning size of the HTML: 90\d{3} bytes/],
    ],
    ['is cut off', { html: html + `<p>${'word '.repeat(21_000)}</p>` }, [/^fault size of the HTML/]],
    ['has no text', { text: ' \n' }, ['fault text part: none', 'fault link to leave: not in both']],
    ['links to nowhere', { html: `${html}<a href="/about">x</a>` }, ['fault links: /about']],
    [
      'links to this machine',
      { html: `${html}<a href="http://127.0.0.1:8080/x">x</a>` },
      ['fault links: http://127.0.0.1:8080/x'],
    ],
    [
      'links without TLS',
      { html: `${html}<a href="http://papers.example.org/x">x</a>` },
      ['warning links: http://papers.example.org/x'],
    ],
    [
      'has a mute image',
      { html: `${html}<img src="https://x.example/a.png">` },
      ['fault images: without alt: https://x.example/a.png'],
    ],
    [
      'has an image inside',
      { html: `${html}<img alt="" src="data:image/png,x">` },
      ['warning images: data:image/png,x'],
    ],
    [
      'is pale',
      { html: `${html}<p style="color:#999">pale</p>` },
      [/^warning contrast in the light: 2\.84 to 1 for #999999 on #ffffff \("pale"\)/],
    ],
    [
      'cannot be left by one click',
      { baseUrl: 'http://papers.example.org/', html: '<p>x</p>', text: 'x' },
      [
        'fault leaving by one click: http://papers.example.org/u/token7, no List-Unsubscribe-Post',
        'fault link to leave: not in both',
      ],
    ],
    [
      'hides how to leave',
      { html: html.replace(leave, 'https://x.example/') },
      ['fault link to leave: not in both'],
    ],
    ['is not signed', { isSigned: false }, ['fault DKIM signature: none']],
  ])('that %s', async (_what, change, expected) => {
    const found = (await faultsOf(change)).filter((one) => !one.startsWith('warning contrast in the dark'));
    expect(found).toEqual(
      expected.map((one) => (typeof one === 'string' ? one : expect.stringMatching(one))),
    );
  });

  it('that somebody else signs is told so', async () => {
    const findings = await checkMail(await mailOf({ ...good, isSigned: false }), { isSignedByUs: false });
    expect(findings.at(-1)).toMatchObject({ result: 'warning', check: 'DKIM signature' });
  });

  it('as it is made for readers today has no fault but what its site is to blame for', async () => {
    const raw = readFileSync('test/golden/deliver/message.eml');
    const findings = await checkMail(raw, { isSignedByUs: false });
    expect(findings.filter(({ result }) => result === 'fault').map(({ check }) => check)).toEqual([
      'link to leave',
    ]);
  });
});
