import { describe, expect, it } from 'vitest';
import type { PublishedDocument } from '../../../src/domain/site.ts';
import { renderPages } from '../../../src/render/web/pages.ts';
import { dateRange } from '../../../src/render/web/view-names.ts';
import { documents, elementsOf, htmlOf, pages, textOf } from './rendered-site.ts';
import { inputs, views } from './sample-inputs.ts';
import { digests, editions, site } from './sample-site.ts';

describe('the page of a week', () => {
  it('says what it covers, what it is ordered by, and that it is not over', () => {
    const text = textOf('week/2026-W48/index.html');
    expect(text).toContain('So far Week 48, 2026 23 to 29 November 2026.');
    expect(text).toContain('96 papers considered, as of Tue 24 Nov, 02:30 UTC.');
    expect(text).toContain('1 Agents That Rehearse');
    expect(text).toContain('in Agents and tool use');
    expect(textOf('week/2026-W47/index.html')).not.toContain('So far');
  });

  it('is linked with the weeks beside it', () => {
    const hrefs = (path: string, rel: string): (string | undefined)[] =>
      elementsOf(htmlOf(path), 'a')
        .filter((link) => link.attributes.rel === rel)
        .map((link) => link.attributes.href);
    expect(hrefs('week/2026-W48/index.html', 'prev')).toEqual(['/daily/week/2026-W47/']);
    expect(hrefs('week/2026-W48/index.html', 'next')).toEqual([]);
    expect(hrefs('week/2026-W47/index.html', 'next')).toEqual(['/daily/week/2026-W48/']);
    expect(hrefs('week/index.html', 'prev')).toEqual(['/daily/week/2026-W47/']);
  });

  it('stands at week/ too, which names its lasting address', () => {
    const [canonical] = elementsOf(htmlOf('week/index.html'), 'link').filter(
      (link) => link.attributes.rel === 'canonical',
    );
    expect(canonical?.attributes.href).toBe('https://papers.example.org/daily/week/2026-W48/');
    expect(textOf('week/index.html')).toContain('Week 48, 2026');
  });

  it('is not made again when only another week changes', () => {
    const basis = (made: readonly PublishedDocument[], path: string): string | undefined =>
      made.find((document) => document.path === path)?.basis;
    const changed = views.map((view) => (view.period === '2026-W48' ? { ...view, papers: 97 } : view));
    const again = renderPages(pages, site, digests, editions, { ...inputs, views: changed });
    expect(basis(again, 'week/2026-W47/index.html')).toBe(basis(documents, 'week/2026-W47/index.html'));
    expect(basis(again, 'week/2026-W48/index.html')).not.toBe(basis(documents, 'week/2026-W48/index.html'));
    expect(basis(again, 'p/arxiv/2611.11801/index.html')).toBe(
      basis(documents, 'p/arxiv/2611.11801/index.html'),
    );
  });

  it('says so where another signal stands in for votes', () => {
    const [, week] = views;
    if (!week) throw new Error('the sample has a week');
    const made = renderPages(pages, site, digests, editions, {
      ...inputs,
      views: [{ ...week, insteadOfVotes: 'citations' }],
    });
    expect(textOf('week/index.html', made)).toContain('by citations. No source told votes.');
  });

  it('says that there is none before the first', () => {
    const made = renderPages(pages, site, digests, []);
    for (const path of ['week/index.html', 'month/index.html', 'trending/index.html']) {
      expect(textOf(path, made)).toContain('There is no such list yet');
    }
  });
});

describe('what is trending', () => {
  it('stands on one page, with its feeds, and first titles on the front page', () => {
    expect(textOf('trending/index.html')).toContain('1 Eleven Drones, One Broom');
    expect(htmlOf('trending/index.html')).toContain(
      'href="https://papers.example.org/daily/trending/rss.xml"',
    );
    expect(textOf('index.html')).toContain('Trending now Eleven Drones, One Broom');
  });

  it('gives a page to a paper that no edition picked, and keeps it when the paper is gone from the list', () => {
    expect(textOf('p/arxiv/2611.04404/index.html')).toContain(
      'It gained +12 votes in 24 hours; 2 are usual at its age.',
    );
    expect(textOf('p/arxiv/2611.04404/index.html')).toContain(
      'Of 112 recent papers in Robotics, 97 % have less.',
    );
    expect(textOf('p/arxiv/2611.03303/index.html')).toContain('Bread That Remembers');
  });
});

describe('the tabs', () => {
  it('are the same on every page, and mark where the reader is', () => {
    const tabs = (path: string): readonly (string | undefined)[] =>
      elementsOf(htmlOf(path).replace(/<main[^]*/, ''), 'a')
        .slice(2)
        .map((link) => `${link.text}${link.attributes['aria-current'] ? '*' : ''}`);
    const names = (current: string): readonly string[] =>
      ['Today', 'Week', 'Month', 'Trending', 'Topics', 'Archive', 'Feeds'].map((name) =>
        name === current ? `${name}*` : name,
      );
    expect(tabs('index.html')).toEqual(names('Today'));
    expect(tabs('editions/daily/2026-11-24/index.html')).toEqual(names('Today'));
    expect(tabs('week/2026-W47/index.html')).toEqual(names('Week'));
    expect(tabs('t/agents/index.html')).toEqual(names('Topics'));
    expect(tabs('archive/index.html')).toEqual(names('Archive'));
    expect(tabs('p/arxiv/2611.11801/index.html')).toEqual(names(''));
  });
});

describe('a range of days', () => {
  it.each([
    ['2026-11-23', '2026-11-29', '23 to 29 November 2026'],
    ['2026-11-30', '2026-12-06', '30 November to 6 December 2026'],
    ['2026-12-28', '2027-01-03', '28 December 2026 to 3 January 2027'],
    ['2026-11-23', '2026-11-23', '23 November 2026'],
  ])('from %s to %s is %s', (from, to, words) => {
    expect(dateRange(from, to)).toBe(words);
  });
});
