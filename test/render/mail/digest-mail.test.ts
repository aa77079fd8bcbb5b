import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Edition, EditionPaper, Pick } from '../../../src/domain/edition.ts';
import type { Site } from '../../../src/domain/site.ts';
import { RenderError } from '../../../src/errors.ts';
import { compileDigestMail } from '../../../src/render/mail/digest-mail.ts';
import { sampleEdition, samplePaper, samplePick, sampleSite } from '../edition-sample.ts';
import { collapsed, parsedHtml } from './parsed-html.ts';
import { sampleReader, shippedTemplates } from './mail-sample.ts';

const mail = await compileDigestMail(shippedTemplates());
const reader = sampleReader;
const golden = (name: string) => join(import.meta.dirname, '../../golden/mail', name);

function rendered(edition: Edition, site: Site = sampleSite, topics?: readonly string[]) {
  return mail.segment(edition, site, topics).personalise(reader);
}

function withPaper(more: Partial<EditionPaper>, pick: Partial<Pick> = {}): Edition {
  const picks = [samplePick(1, 'agents', samplePaper('00001', more), pick)];
  return { ...sampleEdition, sections: [{ topic: 'agents', name: 'Agents', picks }], outside: [] };
}

describe('the mail of an edition', () => {
  const segment = mail.segment(sampleEdition, sampleSite);
  const { html, text } = segment.personalise(reader);
  const parsed = parsedHtml(html);

  test('is the golden HTML', async () => {
    await expect(html).toMatchFileSnapshot(golden('digest.html'));
  });

  test('is the golden text', async () => {
    await expect(text).toMatchFileSnapshot(golden('digest.txt'));
  });

  test('has the same bytes when everything is done again', async () => {
    const again = await compileDigestMail(shippedTemplates());
    expect(again.segment(sampleEdition, sampleSite).personalise(reader)).toEqual({ html, text });
  });

  test('has a subject that helps to decide, and a preheader that adds to it', () => {
    expect(segment.subject).toBe(
      'Tue 24 Nov · 7 papers for Agents, Retrieval, Vision · Small Tools, Long Errands: Agents That Ask Before They…',
    );
    expect(segment.preheader).toBe(
      'Agents that plan for hours fail at the step where one question would have helped. · 214 new in your topics, 7 shown, 2 from outside',
    );
    expect(segment.shown).toBe(9);
  });

  test('names what is missing in both parts', () => {
    const missing =
      'Listing of Physics could not be read: it answered 503 three times. Last read Mon 23 Nov 06:58.';
    expect(parsed.text).toContain(missing);
    expect(collapsed(text)).toContain(missing);
  });

  test('loads nothing and runs nothing', () => {
    for (const element of ['img', 'script', 'link', 'iframe', 'object', 'form', 'video']) {
      expect(parsed.elements).not.toContain(element);
    }
    expect(html).not.toMatch(/\ssrc=|url\(|@import|@font-face|fonts\.|\son[a-z]+=/i);
  });

  test('has absolute addresses only, and none of a tracker', () => {
    for (const link of parsed.links) expect(link).toMatch(/^https:\/\/[a-z.]+\.(?:example|example\.org)\//);
  });

  test('holds nothing of the template language', () => {
    expect(html).not.toMatch(/\{\{|\}\}/);
    expect(text).not.toMatch(/\{\{|\}\}/);
    expect(html + text).not.toMatch(/\bundefined\b|\[object|NaN/);
  });

  test('declares its language and both colour schemes', () => {
    expect(html).toContain('<html lang="en" dir="ltr"');
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toContain('<meta name="supported-color-schemes" content="light dark">');
  });

  test('shows every reader the own name, reason and addresses', () => {
    const other = segment.personalise({
      ...reader,
      name: 'Bo',
      unsubscribeUrl: 'https://papers.example.org/daily/u/other',
    });
    expect(other.html).toContain('for\u00A0Bo');
    expect(other.text).toContain('\nFor Bo\n');
    expect(
      other.html.replace('u/other', 'u/token?a=1&amp;b=2').replace('\u00A0Bo', '\u00A0Anna Reader'),
    ).toBe(html);
    const { name: _, ...nameless } = reader;
    expect(segment.personalise(nameless).html).toContain('No. 12</td>');
  });

  test('has the papers in the text in the order of the HTML', () => {
    const flat = collapsed(text);
    const places = parsed.titles
      .filter((title) => title.length > 25)
      .map((title) => ({ title, place: flat.indexOf(title) }));
    expect(places.length).toBeGreaterThanOrEqual(10);
    for (const { title, place } of places)
      expect({ title, isThere: place >= 0 }).toEqual({ title, isThere: true });
    expect(places).toEqual(places.toSorted((a, b) => a.place - b.place));
  });

  test('has a text part written for reading', () => {
    for (const line of text.split('\n')) {
      expect(line).toBe(line.trimEnd());
      expect(line.trim().includes(' ') && line.length > 72 ? line : 'short').toBe('short');
    }
    expect(text).not.toMatch(/&(?:amp|lt|gt|quot|#)/);
    expect(text).toContain('https://code.example/errands/ask-first?tab=readme&lang=en\n');
    expect(text).toContain(`\nUnsubscribe:\n${reader.unsubscribeUrl}\n`);
    expect(text).not.toMatch(/\n{3}/);
  });

  test('has a link to the reader’s own choices where they have such a page', () => {
    const preferencesUrl = 'https://papers.example.org/daily/m/token?a=1&b=2';
    const own = segment.personalise({ ...reader, preferencesUrl });
    expect(own.html).toContain('href="https://papers.example.org/daily/m/token?a=1&amp;b=2"');
    expect(own.text).toContain(`\nTopics, time, pause:\n${preferencesUrl}\n`);
    expect(own.text).not.toMatch(/\n{3}/);
  });

  test('says of each right-to-left text that it is one, in words that Outlook knows', () => {
    const rightToLeft = [...html.matchAll(/ dir="rtl" align="right"[^>]*>(?:<a[^>]*>)?(.)/g)];
    expect(rightToLeft.map(([, letter]) => letter)).toEqual(['ا', 'ل', 'ن']);
    expect(html).not.toContain('dir="auto"');
  });

  test('reads maths as Unicode and money as money', () => {
    expect(parsed.text).toContain('Searching a Library in O(log n) Glances');
    expect(parsed.text).toContain('less than $5 a day');
  });
});

describe('parts of the mail', () => {
  test.each([true, false])(
    'the sample banner stands in every part exactly when it is a sample: %s',
    (isSample) => {
      const segment = mail.segment(sampleEdition, { ...sampleSite, isSample });
      const { html, text } = segment.personalise(reader);
      expect(segment.subject.startsWith('[Sample] ')).toBe(isSample);
      expect(html.includes('Sample: invented papers')).toBe(isSample);
      expect(text.startsWith('*** SAMPLE: INVENTED PAPERS ***\n')).toBe(isSample);
    },
  );

  test('empty parts leave no heading behind', () => {
    const { html, text } = rendered({ ...withPaper({}), updated: [], alsoNew: [] });
    for (const heading of ['Retrieval', 'Outside your topics', 'Updated', 'Also new']) {
      expect(html).not.toContain(heading);
      expect(text).not.toContain(heading);
    }
  });

  test('an edition without picks says so', () => {
    const empty = { ...sampleEdition, sections: [], outside: [], updated: [], alsoNew: [] };
    const segment = mail.segment(empty, sampleSite);
    expect(segment.subject).toBe('Tue 24 Nov · no papers in your topics');
    expect(segment.shown).toBe(0);
    expect(segment.preheader).toBe('214 new in your topics, 0 shown');
    expect(segment.personalise(reader).text).toContain('No paper was picked for you in this edition.');
  });

  test('readers of some topics get these, with their own counts', () => {
    const segment = mail.segment(sampleEdition, sampleSite, ['vision']);
    const { html, text } = segment.personalise(reader);
    expect(segment.subject).toBe('Tue 24 Nov · 2 papers for Vision · One Pixel Is Enough, Sometimes');
    expect(segment.shown).toBe(4);
    expect(text).toContain('100 new in your topics, 2 shown, 2 from outside');
    expect(text).toContain('Vision · 100 new, 2 shown');
    for (const part of [html, text]) {
      expect(part).toContain('Seeing Round Corners');
      expect(part).not.toMatch(/Small Tools|Library in O|Agents in a Drawer|Ranking Answers/);
    }
  });

  test('readers of topics without picks get what is outside', () => {
    const segment = mail.segment(sampleEdition, sampleSite, ['robots']);
    expect(segment.subject).toBe(
      'Tue 24 Nov · 2 papers outside your topics · Bread Rises Twice: A Field Study',
    );
    expect(segment.shown).toBe(2);
  });

  test('a subject counts the topics when their names do not all fit', () => {
    const names = ['Agents', 'Retrieval', 'Vision', 'Speech', 'Robots'];
    const sections = names.map((name, index) => ({
      topic: name.toLowerCase(),
      name,
      picks: [
        samplePick(
          index + 1,
          name.toLowerCase(),
          samplePaper(`0000${index}`, { title: 'Odd\r\nBcc: x@example.net' }),
        ),
      ],
    }));
    expect(mail.segment({ ...sampleEdition, sections, outside: [] }, sampleSite).subject).toBe(
      'Tue 24 Nov · 5 papers in 5 topics · Odd Bcc: x@example.net',
    );
  });

  test('the first edition, and every state of a source', () => {
    const { fromAt: _, ...coverage } = sampleEdition.coverage;
    const { text } = rendered({
      ...sampleEdition,
      coverage: {
        ...coverage,
        newPapers: 1,
        sources: [
          { name: 'One', state: 'ok', added: 1 },
          { name: 'Two', state: 'ok', added: 0 },
          { name: 'Three', state: 'quiet', added: 0 },
          { name: 'Four', state: 'failed', added: 0 },
          { name: 'Five', state: 'never read', added: 0, reason: 'it was added today.' },
        ],
      },
    });
    expect(collapsed(text)).toContain(
      'Up to Tue 24 Nov 07:00 (Europe/Berlin): 1 new paper, 31 revised. Read: One, Two. Nothing announced by: Three. ' +
        '! MISSING: Four could not be read. ! MISSING: Five has not been read yet: it was added today.',
    );
  });

  test('3,303 authors are a few names and a number, a title of 2,000 letters is cut', () => {
    const authors = Array.from({ length: 3303 }, (_, index) => ({ name: `Author N${index + 1}` }));
    const { html } = rendered(withPaper({ authors, authorCount: 3303, title: 'Long '.repeat(400) }));
    expect(parsedHtml(html).text).toContain('Author N1, Author N2, Author N3 … Author N3303 (3303 authors)');
    expect(Buffer.byteLength(html)).toBeLessThan(30_000);
  });

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    '/relative',
    '//host.example/x',
    'nonsense',
    `https://x.example/${'a'.repeat(600)}`,
  ])('a link that is no sound web address is left out: %s', (address) => {
    const links = { abstract: address, pdf: address, code: address, project: address, discussion: address };
    const { html, text } = rendered({ ...withPaper({ links }), updated: [], alsoNew: [] });
    expect(html).not.toContain(address);
    expect(text).not.toContain(address);
  });
});

describe('what is refused', () => {
  test.each(['unsubscribeUrl', 'webUrl', 'feedUrl'] as const)(
    'a reader whose %s is no web address',
    (field) => {
      const segment = mail.segment(sampleEdition, sampleSite);
      for (const url of ['', '/u/token', 'javascript:alert(1)', 'mailto:x@example.net']) {
        expect(() => segment.personalise({ ...reader, [field]: url })).toThrow(
          expect.objectContaining({ code: 'RENDER', field }),
        );
      }
    },
  );

  test.each([
    ['an element that MJML does not have', { mjml: '<mjml><mj-body><mj-nothing/></mj-body></mjml>' }],
    [
      'an attribute that MJML does not have',
      { mjml: '<mjml><mj-body><mj-section colour="red"></mj-section></mj-body></mjml>' },
    ],
    ['a block that is not closed', { text: '{{#if isSample}}' }],
    ['a partial that is not closed', { partials: { heading: '{{title' } }],
  ])('templates with %s', async (_, broken) => {
    await expect(compileDigestMail({ ...shippedTemplates(), ...broken })).rejects.toBeInstanceOf(RenderError);
  });

  test.each(['{{noSuchField}}', '{{> no-such-partial}}', '{{coverage.noSuchField}}', '{{noSuchHelper 1}}'])(
    'a template that names what is not there: %s',
    async (text) => {
      const segment = async () =>
        (await compileDigestMail({ ...shippedTemplates(), text })).segment(sampleEdition, sampleSite);
      await expect(segment()).rejects.toBeInstanceOf(RenderError);
    },
  );
});
