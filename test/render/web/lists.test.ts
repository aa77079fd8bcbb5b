import { beforeAll, describe, expect, it } from 'vitest';
import type { Edition } from '../../../src/domain/edition.ts';
import type { PublishedDocument } from '../../../src/domain/site.ts';
import { addDays } from '../../../src/domain/time.ts';
import { renderPages, type PageInputs } from '../../../src/render/web/pages.ts';
import type { Pages } from '../../../src/render/web/templates.ts';
import { topicWeeks } from '../../../src/render/web/topic-weeks.ts';
import { dateRange } from '../../../src/render/web/view-names.ts';
import { readPage, type PageElement } from './html-tree.ts';
import { digests, editions, inputs, projectPages, site, today, views } from './sample-site.ts';

let pages: Pages;
let documents: readonly PublishedDocument[];

beforeAll(async () => {
  pages = await projectPages();
  documents = renderPages(pages, site, digests, editions, inputs);
});

function htmlOf(path: string, made = documents): string {
  const found = made.find((document) => document.path === path);
  if (!found) throw new Error(`expected a document at ${path}`);
  return String(found.body);
}

function elementsOf(html: string, name: string): readonly PageElement[] {
  return readPage(html).elements.filter((element) => element.name === name);
}

function textOf(path: string, made = documents): string {
  return (elementsOf(htmlOf(path, made), 'main')[0]?.text ?? '').replace(/\s+/g, ' ');
}

function meta(html: string, property: string): string | undefined {
  return elementsOf(html, 'meta').find(
    ({ attributes }) => attributes.property === property || attributes.name === property,
  )?.attributes.content;
}

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

describe('the archive', () => {
  it('is a calendar: a table a month, days with editions as links, quiet and missing days told', () => {
    const html = htmlOf('archive/index.html');
    const captions = elementsOf(html, 'caption').map((caption) => caption.text);
    expect(captions).toEqual(['Editions of November 2026 by day', 'Editions of October 2026 by day']);
    const cells = elementsOf(html, 'td').map((cell) => cell.text.trim());
    expect(cells).toContain('Daily, Tuesday, 24 November 2026: 248 papers');
    expect(cells).toContain('Daily, Saturday, 31 October 2026: 31quiet');
    expect(cells.filter((cell) => cell !== '').length).toBe(30 + 31);
    const weeks = elementsOf(html, 'th').map((cell) => cell.text.trim());
    expect(weeks).toContain('The best of week 48');
    expect(html).toContain('href="/daily/month/2026-11/"');
  });

  it('strikes through a day without an edition on a weekday that mostly has one', () => {
    const dates = ['2026-11-03', '2026-11-10', '2026-11-24'];
    const made = renderPages(
      pages,
      site,
      digests,
      dates.map((editionDate, index) => ({ ...today, editionDate, number: index + 1 })),
    );
    const missing = elementsOf(htmlOf('archive/index.html', made), 'td').filter(
      (cell) => cell.attributes.class === 'missing',
    );
    expect(missing.map((cell) => cell.text)).toEqual(['17 no edition']);
  });

  it('links every edition of a day', () => {
    const evening: Edition = { ...today, digest: 'evening', digestName: 'Evening', number: 1 };
    const made = renderPages(pages, site, digests, [today, evening]);
    const [cell] = elementsOf(htmlOf('archive/index.html', made), 'td').filter((one) =>
      one.text.includes('Evening'),
    );
    expect(cell?.text).toBe(
      'Daily, Tuesday, 24 November 2026: 248 papersEvening, Tuesday, 24 November 2026: 8 papers',
    );
  });
});

describe('the course of a topic', () => {
  it('counts new papers as the editions did, and each pick once with its votes', () => {
    const agents = topicWeeks(['agents'], editions).get('agents') ?? [];
    expect(agents.map(({ monday, papers, picks }) => [monday, papers, picks])).toEqual([
      ['2026-10-26', 86, 0],
      ['2026-11-02', 0, 0],
      ['2026-11-09', 0, 0],
      ['2026-11-16', 86, 1],
      ['2026-11-23', 86, 3],
    ]);
    expect(agents.at(-2)?.votes).toBe(88);
  });

  it('does not count papers twice that two digests count, and shows twelve weeks at most', () => {
    const older: Edition = { ...today, editionDate: addDays(today.editionDate, -7 * 20), number: 1 };
    const evening: Edition = { ...today, digest: 'evening' };
    const weeks = topicWeeks(['agents'], [today, evening, older]).get('agents') ?? [];
    expect(weeks.length).toBe(12);
    expect(weeks.at(-1)).toMatchObject({ papers: 86, picks: 4 });
  });

  it('is drawn with its numbers as a table beside', () => {
    const html = htmlOf('t/agents/index.html');
    const charts = elementsOf(html, 'svg').map((chart) => chart.attributes['aria-label']);
    expect(charts).toEqual([
      'Agents and tool use, new papers a week over 5 weeks: 258 papers in all, 86 in the last week.',
      expect.stringMatching(/^Agents and tool use, votes for its picks a week over 5 weeks/),
    ]);
    expect(elementsOf(html, 'tr').length).toBe(1 + 5);
    expect(textOf('t/agents/index.html')).toContain('agent, tool use, computer use');
  });
});

describe('a paper page', () => {
  it('plots counts that changed, tells them in a table, and marks the editions that picked it', () => {
    const html = htmlOf('p/arxiv/2611.11801/index.html');
    const charts = elementsOf(html, 'svg').filter((one) => one.attributes.role === 'img');
    expect(charts.map((chart) => chart.attributes['aria-label'])).toEqual([
      'Votes: 4 on Fri 20 Nov, 18:00 UTC, 88 on Tue 24 Nov, 02:10 UTC.',
      'Stars: 1190 on Sat 21 Nov, 02:00 UTC, 1234 on Tue 24 Nov, 02:10 UTC.',
    ]);
    const marks = elementsOf(html, 'line').filter((one) => one.attributes.class === 'mark');
    expect(marks.map((mark) => mark.text)).toEqual([
      'Picked for Daily No. 12',
      'Picked for Daily No. 11',
      'Picked for Daily No. 12',
      'Picked for Daily No. 11',
    ]);
  });

  it('is made again when a count is added, and not otherwise', () => {
    const basis = (more: Partial<PageInputs>): string | undefined =>
      renderPages(pages, site, digests, editions, { ...inputs, ...more }).find(
        ({ path }) => path === 'p/arxiv/2611.11801/index.html',
      )?.basis;
    const [[id, signals] = ['', []]] = inputs.histories;
    expect(basis({ histories: new Map([[id, [...signals]]]) })).toBe(basis({}));
    expect(basis({ histories: new Map([[id, signals.slice(1)]]) })).not.toBe(basis({}));
  });

  it('tells a revision that an edition told', () => {
    const updated: Edition['updated'] = [
      {
        id: 'arxiv:2611.11801',
        topics: [],
        version: 3,
        title: 'x',
        url: 'https://x.example/',
        fields: ['title'],
      },
    ];
    const made = renderPages(pages, site, digests, [
      { ...today, editionDate: '2026-11-25', number: 13, sections: [], outside: [], updated },
      today,
    ]);
    expect(textOf('p/arxiv/2611.11801/index.html', made)).toContain(
      'Wed 25 Nov 2026 Version 3 title changed',
    );
  });

  it('leaves out the citation file that would stand where another paper has its page', () => {
    const [section] = today.sections;
    const [pick] = section?.picks ?? [];
    if (!section || !pick) throw new Error('the sample has a pick');
    const picks = ['doi:10.5555/x', 'doi:10.5555/x/cite.bib'].map((id) => ({
      ...pick,
      paper: { ...pick.paper, id },
    }));
    const made = renderPages(pages, site, digests, [
      { ...today, sections: [{ ...section, picks }], outside: [] },
    ]);
    expect(made.map(({ path }) => path).filter((path) => path.startsWith('p/'))).toEqual([
      'p/doi/10.5555/x/index.html',
      'p/doi/10.5555/x/cite.bib/index.html',
      'p/doi/10.5555/x/cite.bib/cite.bib',
    ]);
    expect(htmlOf('p/doi/10.5555/x/index.html', made)).not.toContain('BibTeX file');
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
