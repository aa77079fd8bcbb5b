import { parseXmlDocument } from 'slimdom';
import { describe, expect, test } from 'vitest';
import { earlyTrending } from '../../../src/rank/backtest/early-trending.ts';
import { plot } from '../../../src/rank/backtest/plot.ts';
import { reportDocument, reportLines } from '../../../src/rank/backtest/report.ts';
import { replayedDay, times } from './past.ts';

/** Days of four papers whose end is as their beginning. */
const plainDays = (count: number) =>
  Array.from({ length: count }, (_, place) =>
    replayedDay(
      place,
      [40, 20, 10, 5].map((end) => ({ now: end / 5, end })),
    ),
  );

describe('the learned priors', () => {
  /**
   * Thirty days on which only papers about zebras are voted for, all alike, so that those days are learned from and
   * not judged; then one day with a zebra among papers of as many votes now, which gets the most in the end.
   */
  const zebraDays = (knownAfterHours: number) => [
    ...Array.from({ length: 30 }, (_, place) => {
      const isZebra = place % 2 === 1;
      const title = isZebra ? 'Zebra stripes' : 'Ordinary horse';
      const end = isZebra ? 50 : 1;
      return replayedDay(
        place,
        [0, 1, 2, 3].map(() => ({ title, now: 1, end })),
        knownAfterHours,
      );
    }),
    replayedDay(30, [
      { title: 'Ordinary horse', now: 3, end: 3 },
      { title: 'Ordinary horse', now: 3, end: 2 },
      { title: 'Zebra stripes', now: 3, end: 60 },
      { title: 'Ordinary horse', now: 3, end: 1 },
    ]),
  ];
  const textLevel = (knownAfterHours: number) => {
    const { learned } = earlyTrending({ days: zebraDays(knownAfterHours), skipped: [] });
    return learned?.rows.find((row) => row.name === 'EV, text prior')?.level.n5.mean ?? 0;
  };

  test('learn from days whose end was known by then', () => {
    expect(textLevel(26)).toBeGreaterThan(0.9);
  });

  test('learn nothing from days whose end was not known yet', () => {
    expect(textLevel(24 * 40)).toBeLessThan(textLevel(26) - 0.1);
  });

  test('are judged only on days after the first 30', () => {
    const { all, learned } = earlyTrending({ days: plainDays(35), skipped: [] });
    expect([all?.days, learned?.days]).toEqual([35, 5]);
    expect(all?.rows.map((row) => row.name)).not.toContain('EV, text + static');
    expect(learned?.rows.map((row) => row.name)).toContain('EV, text + static');
  });
});

describe('the tables', () => {
  test('compare every formula with raw votes, day by day', () => {
    const { all } = earlyTrending({ days: plainDays(5), skipped: [] });
    const raw = all?.rows.find((row) => row.name === 'raw votes');
    const random = all?.rows.find((row) => row.name === 'random');
    expect(raw?.difference).toBeUndefined();
    expect(raw?.level.d).toEqual({ mean: 1, low: 1, high: 1 });
    expect(random?.level.d.mean).toBe(0);
    expect(random?.difference?.d.mean).toBe(-1);
  });

  test('leave out a day whose papers all ended alike, and say so', () => {
    const alike = replayedDay(
      3,
      [4, 3, 2, 1].map((now) => ({ now, end: 7 })),
    );
    const { all, skipped } = earlyTrending({ days: [...plainDays(3), alike], skipped: [] });
    expect(all?.days).toBe(3);
    expect(skipped).toEqual([{ listDate: alike.listDate, reason: 'all papers ended with the same votes' }]);
  });

  test('are the same bytes whatever the order of the papers of a day', () => {
    const days = plainDays(34);
    const turned = days.map((day) => ({
      ...day,
      papers: day.papers.toReversed(),
      allTruth: day.allTruth.toReversed(),
    }));
    const document = (of: typeof days) => reportDocument(earlyTrending({ days: of, skipped: [] }), times);
    expect(document(turned)).toBe(document(days));
  });
});

describe('the report', () => {
  test('claims no gain whose interval holds 0, and warns that few days are few', () => {
    const lines = reportLines(earlyTrending({ days: plainDays(5), skipped: [] }), times);
    expect(lines).toContain('warning: 5 days are few; 30 are the least to build on');
    expect(lines.at(-1)).toBe(
      'EV, stated constants against raw votes over 5 days: nDCG@5 no difference shown; ' +
        "nDCG@10 no difference shown; P@3 no difference shown; Somers'D no difference shown",
    );
  });

  test('names a loss with its interval', () => {
    const lines = reportLines(earlyTrending({ days: plainDays(40), skipped: [] }), times);
    expect(lines.find((line) => line.startsWith('random') && line.includes('['))).toContain(
      '-1.0000 [-1.0000, -1.0000]',
    );
    expect(lines.join('\n')).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('names skipped days by their reason, as spans', () => {
    const skipped = ['2026-11-05', '2026-11-06', '2026-11-09', '2026-11-12'].map((listDate) => ({
      listDate,
      reason: 'no reading stored',
    }));
    const weekend = [{ listDate: '2026-11-07', reason: 'weekend, no list' }];
    const lines = reportLines(
      earlyTrending({ days: plainDays(1), skipped: [...skipped, ...weekend] }),
      times,
    );
    expect(lines).toContain('skipped: 5 days');
    expect(lines).toContain('  no reading stored: 4 (2026-11-05 to 2026-11-09, 2026-11-12)');
    expect(lines).toContain('  weekend, no list: 1');
  });

  test('of nothing says that there is nothing', () => {
    const result = earlyTrending({ days: [], skipped: [] });
    expect(reportLines(result, times).at(-1)).toContain('no day could be replayed');
    expect(JSON.parse(reportDocument(result, times))).toEqual({ times, skipped: [], full: [] });
    expect(plot(result)).toBeUndefined();
  });
});

test('the plot is a well-formed SVG with a row for every formula', () => {
  const result = earlyTrending({ days: plainDays(35), skipped: [] });
  const svg = plot(result) ?? '';
  const root = parseXmlDocument(svg).documentElement;
  expect(root?.localName).toBe('svg');
  const circles = root?.getElementsByTagName('circle') ?? [];
  expect(circles).toHaveLength((result.learned?.rows.length ?? 0) * 2);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});
