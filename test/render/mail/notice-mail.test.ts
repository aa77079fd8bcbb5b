import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { knowsDark, lowContrasts } from '../../../src/deliver/preflight/contrast.ts';
import { compileNoticeMail } from '../../../src/render/mail/notice-mail.ts';
import { sampleSite } from '../edition-sample.ts';
import { noticeTemplates } from './mail-sample.ts';
import { parsedHtml } from './parsed-html.ts';

const mail = await compileNoticeMail(noticeTemplates());
const golden = (name: string) => join(import.meta.dirname, '../../golden/mail', name);
const confirm = mail.write(sampleSite, {
  kind: 'confirm',
  path: 'c/token?a=1&b=2',
  digestNames: ['Daily <papers>'],
});

describe('the mail that asks for a confirmation', () => {
  test('is the golden HTML', async () => {
    await expect(confirm.html).toMatchFileSnapshot(golden('confirm.html'));
  });

  test('is the golden text', async () => {
    await expect(confirm.text).toMatchFileSnapshot(golden('confirm.txt'));
  });

  test('has its address as a button and as words', () => {
    const url = 'https://papers.example.org/daily/c/token?a=1&b=2';
    const { links, text } = parsedHtml(confirm.html);
    expect(links).toEqual([url, url]);
    expect(text).toContain(`open this address: ${url}`);
    expect(text).toContain('asked for Daily <papers> at this address');
    expect(confirm.text).toContain(`\n${url}\n`);
  });

  test('can be read in the light and in the dark', () => {
    expect(knowsDark(confirm.html)).toBe(true);
    expect(lowContrasts(confirm.html, 'light')).toEqual([]);
    expect(lowContrasts(confirm.html, 'dark')).toEqual([]);
  });
});
