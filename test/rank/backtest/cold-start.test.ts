import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coldMeasures, type ColdOutcome } from '../../../src/rank/backtest/cold-measures.ts';
import { coldStart, foldsAfter, type ColdPaper } from '../../../src/rank/backtest/cold-start.ts';
import { hotWords } from '../../../src/rank/backtest/hot-words.ts';
import { paper } from '../candidates.ts';

const rows = (...pairs: readonly (readonly [score: number, votes?: number])[]): ColdOutcome[] =>
  pairs.map(([score, votes]) => ({ score, ...(votes !== undefined && { votes }) }));

describe('the measures of a cold start', () => {
  test('are all best where listed papers stand first, those with most votes before', () => {
    const best = rows([9, 80], [8, 30], [7, 0], [3], [2], [1]);
    expect(coldMeasures(best)).toEqual({ auc: 1, auc30: 1, n10: 1, p10: 3 / 10 });
  });

  test('count a listed paper without votes as found, and a paper that was not listed as nothing', () => {
    const { auc, auc30, n10 } = coldMeasures(rows([2], [1, 0]));
    expect([auc, auc30]).toEqual([0, undefined]);
    expect(n10).toBeCloseTo(1 / Math.log2(3), 12);
  });

  test('are those of a random order where all scores are equal', () => {
    const equal = rows(
      ...Array.from({ length: 40 }, (_, at) => (at < 10 ? ([1, 50] as const) : ([1] as const))),
    );
    const { auc, auc30, p10 } = coldMeasures(equal);
    expect([auc, auc30]).toEqual([0.5, 0.5]);
    expect(p10).toBeCloseTo(10 / 40, 12);
  });

  test('do not depend on the order of the rows', () => {
    const row = fc
      .record({ score: fc.integer({ min: 0, max: 4 }) })
      .chain(({ score }) =>
        fc
          .option(fc.integer({ min: 0, max: 50 }), { nil: undefined })
          .map((votes) => rows(votes === undefined ? [score] : [score, votes])[0]),
      );
    const lists = fc
      .array(row, { minLength: 1, maxLength: 15 })
      .map((list) => list.filter((one) => one !== undefined));
    fc.assert(
      fc.property(lists, (list) => {
        const [first, second] = [coldMeasures(list), coldMeasures(list.toReversed())];
        expect(second.auc).toBeCloseTo(first.auc, 9);
        expect(second.n10).toBeCloseTo(first.n10, 9);
        expect(second.p10).toBeCloseTo(first.p10, 9);
      }),
    );
  });
});

test('hot keywords count twice in a title and once in an abstract, as whole words', () => {
  const { title, abstract } = { title: 'Reasoning agents', abstract: 'Agents that reason. A reagent.' };
  expect(hotWords({ title, abstract })).toBe(2 * 2 + 1);
  expect(hotWords({ title: '', abstract: '' })).toBe(0);
});

/** Days of 40 papers: those on cats are listed, every tenth with 50 votes; the rest are not. */
function papersOn(listDate: string, count = 40): ColdPaper[] {
  return Array.from({ length: count }, (_, at) => {
    const number = Number(listDate.slice(8)) * 100 + at;
    const isListed = at % 4 === 0;
    return {
      paper: paper(number, { title: isListed ? 'Cats that sleep' : 'Dogs that sleep' }),
      listDate,
      ...(isListed && { votes: at % 40 === 0 ? 50 : 5 }),
    };
  });
}

const dates = ['2026-11-02', '2026-11-03', '2026-11-04', '2026-11-05', '2026-11-06'];

describe('the backtest of a cold start', () => {
  const folds = [
    { from: '2026-11-04', to: '2026-11-05' },
    { from: '2026-11-06', to: '2026-11-06' },
  ];
  const papers = dates.flatMap((date) => papersOn(date));

  test('tests each fold by what was learned of the days before it', () => {
    const result = coldStart(papers, folds);
    expect(result).toMatchObject({ papers: 200, listed: 50, days: 3, skipped: [] });
    expect(result.folds.map(({ lessons, days }) => [lessons, days])).toEqual([
      [80, 2],
      [160, 1],
    ]);
    const level = (name: string): number | undefined =>
      result.results.find((one) => one.name === name)?.level.auc.mean;
    expect(level('random')).toBe(0.5);
    expect(level('learned')).toBe(1);
    expect(level('learned, no authors’ past')).toBe(1);
  });

  test('learns nothing of the tested days', () => {
    const turned = papers.map(({ paper, listDate, votes }): ColdPaper =>
      listDate < '2026-11-04'
        ? { paper, listDate, ...(votes === undefined && { votes: 5 }) }
        : { paper, listDate, ...(votes !== undefined && { votes }) },
    );
    const learned = coldStart(turned, folds.slice(0, 1)).results.find(({ name }) => name === 'learned');
    expect(learned?.level.auc.mean).toBe(0);
  });

  test('is the same for the same papers in another order', () => {
    expect(coldStart(papers.toReversed(), folds)).toEqual(coldStart(papers, folds));
  });

  test('skips days of few papers or few listed ones, and says why', () => {
    const unlisted = papersOn('2026-11-05').map(({ paper, listDate }) => ({ paper, listDate }));
    const found = [...papersOn('2026-11-02'), ...papersOn('2026-11-04', 39), ...unlisted];
    const result = coldStart(found, folds);
    expect(result.skipped).toEqual([
      { listDate: '2026-11-04', reason: 'fewer than 40 papers' },
      { listDate: '2026-11-05', reason: 'fewer than 2 papers that people could vote for' },
    ]);
    expect(result.results).toEqual([]);
  });

  test('compares every way to score with hot keywords, day by day', () => {
    const { results } = coldStart(papers, folds);
    const difference = (name: string) => results.find((one) => one.name === name)?.difference;
    expect(difference('hot keywords')).toBeUndefined();
    expect(difference('random')?.auc).toEqual({ mean: 0, low: 0, high: 0 });
    expect(difference('learned')?.auc).toEqual({ mean: 0.5, low: 0.5, high: 0.5 });
    expect(difference('learned')?.auc30?.mean).toBeGreaterThan(0);
  });

  test('has folds of equal numbers of list days after those that are only learned from', () => {
    expect(foldsAfter([...dates, ...dates].toReversed(), 2, 2)).toEqual(folds);
    expect(foldsAfter(dates, 5, 2)).toEqual([]);
  });
});
