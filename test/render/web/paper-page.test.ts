import { describe, expect, it } from 'vitest';
import type { Edition } from '../../../src/domain/edition.ts';
import { renderPages, type PageInputs } from '../../../src/render/web/pages.ts';
import { elementsOf, htmlOf, pages, textOf } from './rendered-site.ts';
import { inputs } from './sample-inputs.ts';
import { digests, editions, site, today } from './sample-site.ts';

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

  it('tells the last counts, also those made after the edition', () => {
    const [[id, signals] = ['', []]] = inputs.histories;
    const [first] = signals;
    if (!first) throw new Error('the sample has signals');
    const later = { ...first, countedAt: today.publishedAt + 3_600_000, value: 131 };
    const made = renderPages(pages, site, digests, editions, {
      ...inputs,
      histories: new Map([[id, [...signals, later]]]),
    });
    const text = textOf('p/arxiv/2611.11801/index.html', made);
    expect(text).toMatch(/Votes131 Comments12 Stars1234 Counts as of Tue 24 Nov, 03:30 UTC/);
    expect(textOf('p/arxiv/2611.11801/index.html')).toMatch(
      /Votes88 Comments12 Stars1234 Counts as of Tue 24 Nov, 02:30 UTC/,
    );
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
