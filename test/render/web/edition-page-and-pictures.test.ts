import { describe, expect, it } from 'vitest';
import { editionPicks } from '../../../src/domain/edition.ts';
import { addDays } from '../../../src/domain/time.ts';
import { unicodeMaths } from '../../../src/render/maths.ts';
import { renderPages } from '../../../src/render/web/pages.ts';
import { documents, elementsOf, htmlOf, pages, textOf } from './rendered-site.ts';
import { digests, site, today } from './sample-site.ts';

function meta(html: string, property: string): string | undefined {
  return elementsOf(html, 'meta').find(
    ({ attributes }) => attributes.property === property || attributes.name === property,
  )?.attributes.content;
}

describe('the page of an edition', () => {
  it('holds all that its mail has: every pick, what changed, what is new beside, and the sources', () => {
    const text = textOf('editions/daily/2026-11-24/index.html');
    const titles = [
      ...editionPicks(today).map(({ paper }) => paper.title),
      ...today.updated.map(({ title }) => title),
      ...today.alsoNew.map(({ title }) => title),
    ];
    expect(titles.length).toBe(8 + 1 + 3);
    for (const title of titles) expect(text).toContain(unicodeMaths(title));
    for (const { name } of today.coverage.sources) expect(text).toContain(name);
  });
});

describe('pictures for sharing', () => {
  it.each([
    ['index.html', 'og.png', 'website'],
    ['editions/daily/2026-11-24/index.html', 'editions/daily/2026-11-24/og.png', 'article'],
    ['week/index.html', 'week/2026-W48/og.png', 'article'],
    ['t/agents/index.html', 't/agents/og.png', 'article'],
    ['p/arxiv/2611.11801/index.html', 'editions/daily/2026-11-24/og.png', 'article'],
    ['p/arxiv/2611.04404/index.html', 't/robotics/og.png', 'article'],
    ['archive/index.html', 'og.png', 'article'],
  ])('%s names %s with its absolute address', (path, picture, type) => {
    const html = htmlOf(path);
    expect(meta(html, 'og:image')).toBe(`https://papers.example.org/daily/${picture}`);
    expect(meta(html, 'og:type')).toBe(type);
    expect(meta(html, 'twitter:card')).toBe('summary_large_image');
    expect(documents.map((document) => document.path)).toContain(picture);
  });

  it('are PNG of 1200 by 630, the same bytes each time', () => {
    const body = (): Buffer => {
      const found = documents.find(({ path }) => path === 't/agents/og.png');
      return Buffer.from(found?.body ?? '');
    };
    const first = body();
    expect(first.subarray(1, 4).toString()).toBe('PNG');
    expect([first.readUInt32BE(16), first.readUInt32BE(20)]).toEqual([1200, 630]);
    expect(body().equals(first)).toBe(true);
  });

  it('are kept for the newest editions, and older pages name the site’s', () => {
    const many = Array.from({ length: 62 }, (_, index) => ({
      ...today,
      number: index + 1,
      editionDate: addDays('2026-06-01', index),
      publishedAt: today.publishedAt + index,
    }));
    const made = renderPages(pages, site, digests, many);
    const pictures = made.map(({ path }) => path).filter((path) => /^editions\/.*og\.png$/.test(path));
    expect(pictures.length).toBe(60);
    expect(meta(htmlOf('editions/daily/2026-06-01/index.html', made), 'og:image')).toBe(
      'https://papers.example.org/daily/og.png',
    );
  });
});
