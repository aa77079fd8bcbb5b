import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Edition } from '../../../src/domain/edition.ts';
import type { Site } from '../../../src/domain/site.ts';
import { compileDigestMail } from '../../../src/render/mail/digest-mail.ts';
import { sampleEdition, samplePaper, samplePick, sampleSite } from '../edition-sample.ts';
import { sampleReader, shippedTemplates } from './mail-sample.ts';
import { collapsed, parsedHtml } from './parsed-html.ts';

const mail = await compileDigestMail(shippedTemplates());

const hostile = [
  '<script>alert(1)</script>',
  '</td></tr></table><img src=x onerror=alert(1)>',
  '"><a href="https://evil.example/">click</a>',
  "' onmouseover='alert(1)",
  '<![endif]--><!--[if mso]>',
  '-->]]><!-- <think>',
  '</title></style><style>*{display:none}',
  '{{unsubscribeUrl}} {{{slots.reason}}} {{#each}}',
  '&lt;b&gt; &amp;amp; &#60;',
  '=`${7*7}`',
  '$& $1 $$',
];

/** An edition and site with that text in every place that outside text can reach. */
function everywhere(text: string): { edition: Edition; site: Site } {
  const paper = {
    title: text,
    abstract: text,
    authors: [{ name: text }],
    authorCount: 1,
    categories: [text],
    organization: text,
  };
  const picks = [samplePick(1, 'agents', samplePaper('00001', paper), { why: text, alsoIn: [text] })];
  return {
    edition: {
      ...sampleEdition,
      digestName: text,
      sections: [{ topic: 'agents', name: text, picks }],
      outside: [samplePick(2, 'outside', samplePaper('00002', paper), { why: text })],
      updated: [
        {
          id: 'arxiv:2611.00003',
          topics: ['agents'],
          title: text,
          url: 'https://arxiv.example/3',
          fields: ['title'],
        },
      ],
      alsoNew: [{ id: 'arxiv:2611.00004', title: text, url: 'https://arxiv.example/4', topics: ['agents'] }],
      coverage: {
        ...sampleEdition.coverage,
        sources: (['ok', 'quiet', 'failed', 'never read'] as const).map((state) => ({
          name: text,
          state,
          added: 0,
          reason: text,
        })),
      },
    },
    site: { ...sampleSite, title: text, postalAddress: text, contact: text },
  };
}

function personal(text: string) {
  const { edition, site } = everywhere(text);
  return mail.segment(edition, site).personalise({ ...sampleReader, name: text, reason: text });
}

describe('text from outside', () => {
  const harmless = parsedHtml(personal('plain').html).elements;

  test.each(hostile)('stays text: %s', (text) => {
    const { html, text: plain } = personal(text);
    const parsed = parsedHtml(html);
    expect(parsed.elements).toEqual(harmless);
    expect(parsed.text.split(collapsed(text)).length).toBeGreaterThan(18);
    expect(collapsed(plain).split(collapsed(text)).length).toBeGreaterThan(18);
  });

  test('with line ends, controls and left-open direction marks is one plain line', () => {
    const { html, text } = personal('a\r\nb\u0000c\u202Ed\u2028e\uFFFEf');
    expect(parsedHtml(html).text).toContain('a bcd ef');
    expect(collapsed(text)).toContain('a bcd ef');
    expect(html + text).not.toMatch(/[\u202E\u2028\uFFFE]/);
    expect((html + text).includes('\u0000')).toBe(false);
  });

  test('cannot add or remove an element, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        expect(parsedHtml(personal(`x${text}x`).html).elements).toEqual(harmless);
      }),
      { numRuns: 60 },
    );
  });
});
