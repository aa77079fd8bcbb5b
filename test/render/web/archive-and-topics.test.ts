import { describe, expect, it } from 'vitest';
import type { Edition } from '../../../src/domain/edition.ts';
import { addDays } from '../../../src/domain/time.ts';
import { renderPages } from '../../../src/render/web/pages.ts';
import { topicWeeks } from '../../../src/render/web/topic-weeks.ts';
import { elementsOf, htmlOf, pages, textOf } from './rendered-site.ts';
import { digests, editions, site, today } from './sample-site.ts';

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
