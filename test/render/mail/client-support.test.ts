import { describe, expect, test } from 'vitest';
import { compileDigestMail } from '../../../src/render/mail/digest-mail.ts';
import { compileNoticeMail } from '../../../src/render/mail/notice-mail.ts';
import { sampleEdition, sampleSite } from '../edition-sample.ts';
import { clients, table, type Client, type Use } from './client-table.ts';
import { asSeenBy, usesIn } from './client-uses.ts';
import { enhancements, type Enhancement } from './client-enhancements.ts';
import { noticeTemplates, sampleReader, shippedTemplates } from './mail-sample.ts';

const digestMail = await compileDigestMail(shippedTemplates());
const notice = await compileNoticeMail(noticeTemplates());

/** Every part of the mail, the sample banner among them. */
const digest = digestMail
  .segment(sampleEdition, { ...sampleSite, isSample: true })
  .personalise({ ...sampleReader, preferencesUrl: 'https://papers.example.org/daily/m/token' }).html;
const confirm = notice.write(sampleSite, { kind: 'confirm', path: 'c/token', digestNames: ['Daily'] }).html;

/** What a client does not know of a mail, and the enhancements that make up for some of it. */
function judged(html: string) {
  const left: string[] = [];
  const used = new Set<Enhancement>();
  for (const client of clients) {
    for (const use of usesIn(asSeenBy(client, html))) {
      if (isSupported(client, use)) continue;
      const excuse = enhancements.find((one) => excuses(one, client, use));
      if (excuse) used.add(excuse);
      else left.push(`${client}: ${use.feature} on ${use.on || 'a sheet'}: ${use.value}`);
    }
  }
  return { left, used };
}

function isSupported(client: Client, use: Use): boolean {
  const support = table.get(use.feature)?.[client];
  return typeof support === 'function' ? support(use) : support === true;
}

function excuses({ feature, on, value, without }: Enhancement, client: Client, use: Use): boolean {
  return (
    table.has(use.feature) &&
    feature.test(use.feature) &&
    (on === undefined || on === use.on) &&
    (value === undefined || value.test(use.value)) &&
    without.includes(client)
  );
}

describe('Gmail, Outlook with the Word engine and Apple Mail', () => {
  test('know everything that the digest is made of, or can do without it', () => {
    expect(judged(digest).left).toEqual([]);
  });

  test('know everything that a notice is made of, or can do without it', () => {
    expect(judged(confirm).left).toEqual([]);
  });

  test('are excused for nothing that does not occur', () => {
    const used = new Set([...judged(digest).used, ...judged(confirm).used]);
    expect(
      enhancements.filter((one) => !used.has(one)).map(({ feature, why }) => `${feature}: ${why}`),
    ).toEqual([]);
  });

  test.each([
    ['<p style="padding:3px">', 'outlook: property padding on p: 3px'],
    ['<p style="border-top:1px solid #000">', 'outlook: property border-top on p: 1px solid #000'],
    ['<p style="text-align:start">', 'gmail: property text-align on p: start'],
    ['<p dir="auto">', 'outlook: attribute dir on p: auto'],
    ['<p style="display:flex">', 'outlook: property display on p: flex'],
    ['<p style="margin-left:3px">', 'gmail: property margin-left on p: 3px'],
    ['<td style="background:url(x)">', 'outlook: property background on td: url(x)'],
    ['<p style="color:rgb(0 0 0 / 50%)">', 'gmail: property color on p: rgb(0 0 0 / 50%)'],
    ['<svg>', 'apple: element svg on svg: '],
    ['<img src="x">', 'gmail: element img on img: '],
    ['<style>@font-face { src: none }</style>', 'apple: at-rule @font-face on a sheet: '],
    [
      '<style>p:first-child { color: red }</style>',
      'apple: selector unknown p:first-child on a sheet: p:first-child',
    ],
    ['<!--[if mso]><p style="float:left"></p><![endif]-->', 'outlook: property float on p: left'],
  ])('%s is found', (html, fault) => {
    const whole = html.startsWith('<td') ? `<table><tr>${html}</tr></table>` : html;
    expect(judged(`<!doctype html>${whole}`).left).toContain(fault);
  });

  test('read every style that matters beside the text: no style sheet is needed', () => {
    const bare = digest.replace(/<style[\s\S]*?<\/style>/g, '');
    const paragraphs = [...bare.matchAll(/<(p|h1|h2|h3)\b([^>]*)>/g)];
    expect(paragraphs.length).toBeGreaterThan(30);
    expect(paragraphs.filter(([, , attributes]) => !/margin:/.test(attributes ?? ''))).toEqual([]);
    const cells = [...bare.matchAll(/<td class="(?:ink|soft|alarm)[^>]*>/g)];
    expect(cells.length).toBeGreaterThan(10);
    expect(cells.filter(([cell]) => !cell.includes('word-break:break-word'))).toEqual([]);
    const links = [...bare.matchAll(/<a\b([^>]*)>/g)];
    expect(links.filter(([, attributes]) => !/[";]color:#/.test(attributes ?? ''))).toEqual([]);
  });
});
