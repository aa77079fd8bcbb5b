import { describe, expect, test } from 'vitest';
import type { Edition, EditionPaper } from '../../../src/domain/edition.ts';
import { compileDigestMail } from '../../../src/render/mail/digest-mail.ts';
import { sampleEdition, samplePaper, samplePick, sampleSite } from '../edition-sample.ts';
import { sampleReader, shippedTemplates } from './mail-sample.ts';
import { parsedHtml } from './parsed-html.ts';

const mail = await compileDigestMail(shippedTemplates());

const clause = 'An abstract that does not come to its point, ';

const longPaper = (index: number): Partial<EditionPaper> => ({
  id: `arxiv:2611.${String(index).padStart(5, '0')}`,
  title: `Paper number ${index} with a title of usual length`,
  abstract: `${clause.repeat(100)}. ${clause.repeat(100)}.`,
  organization: 'Institute of Long Sentences',
  links: {
    abstract: `https://long.example/abs/${index}`,
    pdf: `https://long.example/pdf/${index}`,
    code: `https://long.example/code/${index}`,
    discussion: `https://long.example/talk/${index}`,
  },
});

function largeEdition(count: number, alsoNew = 0): Edition {
  const picks = Array.from({ length: count }, (_, index) =>
    samplePick(index + 1, `t${index % 3}`, samplePaper('0', longPaper(index))),
  );
  return {
    ...sampleEdition,
    sections: [0, 1, 2].map((number) => ({
      topic: `t${number}`,
      name: `Topic ${number}`,
      picks: picks.filter((candidate) => candidate.topic === `t${number}`),
    })),
    outside: [],
    alsoNew: Array.from({ length: alsoNew }, (_, index) => ({
      id: `arxiv:2610.${index}`,
      title: `Also new, number ${index}`,
      url: `https://arxiv.example/abs/2610.${index}`,
      topics: ['t0'],
    })),
  };
}

/** Only cards have links. */
const cards = (html: string) => html.split('>pdf</a>').length - 1;

describe('the size of the mail', () => {
  test('the best 8 picks of an ordinary edition are cards, the others rows', () => {
    const { html } = mail.segment(largeEdition(12), sampleSite).personalise(sampleReader);
    expect(cards(html)).toBe(8);
    expect(Buffer.byteLength(html)).toBeLessThan(45_000);
  });

  test('of 60 picks with long abstracts every title stays', () => {
    const segment = mail.segment(largeEdition(60), sampleSite);
    const { html, text } = segment.personalise(sampleReader);
    expect(Buffer.byteLength(html)).toBeLessThan(90_000);
    expect(segment.shown).toBe(60);
    expect(cards(html)).toBe(8);
    expect(text).toContain('Paper number 59 with');
    const bestRow = text.indexOf(`Paper number ${cards(html)} with`);
    expect(text.slice(bestRow, bestRow + 300)).not.toContain('pdf:');
    const worstCard = text.indexOf(`Paper number ${cards(html) - 1} with`);
    expect(text.slice(worstCard, worstCard + 1200)).toContain('pdf:');
  });

  test('of 1,000 picks the worst are behind a link, and the counts say so', () => {
    const segment = mail.segment(largeEdition(1000, 500), sampleSite);
    const { html, text } = segment.personalise(sampleReader);
    expect(Buffer.byteLength(html)).toBeLessThan(90_000);
    expect(segment.shown).toBeGreaterThan(20);
    expect(segment.shown).toBeLessThan(1000);
    expect(cards(html)).toBe(8);
    expect(text).toContain(`214 new in your topics, ${segment.shown} shown`);
    const behind = [...text.matchAll(/^(\d+) more in this topic, on the web:$/gm)].map((found) =>
      Number(found[1]),
    );
    expect(behind.reduce((sum, count) => sum + count, 0)).toBe(1000 - segment.shown);
    expect(parsedHtml(html).links).toContain('https://papers.example.org/daily/editions/daily/2026-11-24/');
  });

  test('the largest personal values still fit', () => {
    const url = `https://papers.example.org/?${'&'.repeat(470)}`;
    const { html } = mail.segment(largeEdition(1000), sampleSite).personalise({
      name: '"'.repeat(999),
      reason: '"'.repeat(999),
      webUrl: url,
      feedUrl: url,
      unsubscribeUrl: url,
    });
    expect(Buffer.byteLength(html)).toBeLessThan(90_000);
  });

  test('papers that are as large as they can be still make a mail', () => {
    const edition = largeEdition(30);
    const huge = '𝕏&"'.repeat(400);
    const url = `https://huge.example/?${'&'.repeat(470)}`;
    const sections = edition.sections.map((section) => ({
      ...section,
      picks: section.picks.map((pick) => ({
        ...pick,
        why: huge,
        paper: {
          ...pick.paper,
          title: huge,
          abstract: huge,
          links: { abstract: url, pdf: url, code: url, project: url, discussion: url },
        },
      })),
    }));
    expect(
      Buffer.byteLength(mail.segment({ ...edition, sections }, sampleSite).personalise(sampleReader).html),
    ).toBeLessThan(90_000);
  });
});
