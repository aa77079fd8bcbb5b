import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measure, measureNames, type Outcome } from '../../../src/rank/backtest/metrics.ts';

const rows = (...pairs: readonly (readonly [score: number, truth: number])[]): Outcome[] =>
  pairs.map(([score, truth]) => ({ score, truth }));
const own = (outcomes: readonly Outcome[]) =>
  measure(
    outcomes,
    outcomes.map((row) => row.truth),
  );

const outcome = fc.record({ score: fc.integer({ min: 0, max: 4 }), truth: fc.integer({ min: 0, max: 6 }) });

/** All orders of a short list. */
function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, place) =>
    permutations(items.filter((_, other) => other !== place)).map((rest) => [item, ...rest]),
  );
}

describe('the measures of a day', () => {
  test('are all best for the order of the end', () => {
    expect(own(rows([9, 90], [5, 20], [3, 19], [2, 1]))).toEqual({
      n5: 1,
      n10: 1,
      l5: 1,
      p3: 1,
      d: 1,
      a5: 1,
      a10: 1,
    });
  });

  test('discount the gain by the place', () => {
    // Turned round: (ln 2 / 1 + ln 4 / log2 3) / (ln 4 / 1 + ln 2 / log2 3)
    const best = Math.log(4) + Math.log(2) / Math.log2(3);
    expect(own(rows([2, 1], [1, 3])).n5).toBeCloseTo((Math.log(2) + Math.log(4) / Math.log2(3)) / best, 12);
    expect(own(rows([2, 1], [1, 3])).l5).toBeCloseTo((1 + 3 / Math.log2(3)) / (3 + 1 / Math.log2(3)), 12);
  });

  test('count papers listed later as lost in the measures of the whole list only', () => {
    const { n5, a5, a10 } = measure(rows([2, 3], [1, 1]), [3, 1, 100]);
    expect(n5).toBe(1);
    const late = Math.log(101) + Math.log(4) / Math.log2(3) + Math.log(2) / 2;
    expect(a5).toBeCloseTo((Math.log(4) + Math.log(2) / Math.log2(3)) / late, 12);
    expect(a10).toBe(a5);
  });

  test('count every paper with as many votes as the third as one of the three', () => {
    expect(own(rows([5, 9], [4, 2], [3, 2], [2, 8], [1, 2])).p3).toBe(1);
    expect(own(rows([5, 9], [4, 1], [3, 2], [2, 8], [1, 2])).p3).toBeCloseTo(2 / 3, 12);
  });

  test('count a tie of scores as half right in D, and a tie at the end not at all', () => {
    expect(own(rows([1, 5], [1, 3])).d).toBe(0);
    expect(own(rows([2, 5], [1, 5], [0, 1])).d).toBe(1);
    expect(own(rows([2, 1], [1, 5])).d).toBe(-1);
  });

  test('are the means over all ways to break the ties', () => {
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 1, maxLength: 5 }), (outcomes) => {
        const broken = permutations(outcomes).map((order) => {
          // A stable sort keeps the order of the permutation inside a tie; then the places are the scores.
          const sorted = order.toSorted((a, b) => b.score - a.score);
          return own(sorted.map(({ truth }, place) => ({ score: -place, truth })));
        });
        for (const name of measureNames) {
          const mean = broken.reduce((sum, one) => sum + one[name], 0) / broken.length;
          expect(own(outcomes)[name]).toBeCloseTo(mean, 9);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('do not depend on the order of the rows, and stay in their bounds', () => {
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 1, maxLength: 40 }), (outcomes) => {
        const there = own(outcomes);
        const back = own(outcomes.toReversed());
        for (const name of measureNames) {
          expect(back[name]).toBeCloseTo(there[name], 9);
          expect(there[name]).toBeGreaterThanOrEqual(name === 'd' ? -1 : 0);
          expect(there[name]).toBeLessThanOrEqual(1 + 1e-9);
        }
      }),
    );
  });

  test('of a day without any vote are those of a perfect order, without a pair to judge', () => {
    expect(own(rows([2, 0], [1, 0]))).toMatchObject({ n5: 1, l5: 1, p3: 1, d: 0, a5: 1 });
  });
});
