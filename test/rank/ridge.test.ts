import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitLogistic, logistic } from '../../src/rank/logistic.ts';
import { fitRidge, linearValue, type LinearModel, type TargetRow } from '../../src/rank/ridge.ts';

const buckets = 8;

const row = (
  target: number,
  sides: readonly number[],
  words: Readonly<Record<number, number>> = {},
): TargetRow => ({
  target,
  sides,
  words: {
    indices: Uint32Array.from(Object.keys(words), Number),
    values: Float32Array.from(Object.values(words)),
  },
});

const share = fc.integer({ min: -8, max: 8 }).map((eighths) => eighths / 8);
const rowWith = (target: fc.Arbitrary<number>) =>
  fc
    .tuple(
      target,
      fc.array(share, { minLength: 2, maxLength: 2 }),
      fc.dictionary(fc.integer({ min: 0, max: buckets - 1 }).map(String), share),
    )
    .map(([value, sides, words]) => row(value, sides, words));

/** Each row as plain numbers, a column for each weight. */
const dense = ({ words, sides }: TargetRow): number[] => {
  const values = Array.from({ length: buckets }, () => 0);
  for (const [at, index] of words.indices.entries()) values[index] = words.values[at] ?? 0;
  return [...values, ...sides];
};
const weightsOf = (model: LinearModel): number[] => [...model.words, ...model.sides];

describe('a ridge', () => {
  test('is the closed form for one signal', () => {
    const rows = [row(5, [1]), row(1, [-1]), row(3, [0])];
    // Mean 3; sum of x * (y - mean) = 4; sum of x * x = 2.
    const model = fitRidge(rows, 0, 2);
    expect(model.mean).toBe(3);
    expect(model.sides[0]).toBeCloseTo(4 / (2 + 2), 9);
    expect(linearValue(row(0, [3]), model)).toBeCloseTo(6, 9);
  });

  test('leaves at its best place no slope in any weight', () => {
    const rows = fc.array(rowWith(fc.integer({ min: -3, max: 9 })), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(rows, (found) => {
        const model = fitRidge(found, buckets, 2);
        for (const [column, weight] of weightsOf(model).entries()) {
          const slope = found.reduce(
            (sum, one) => sum + (one.target - linearValue(one, model)) * (dense(one)[column] ?? 0),
            -2 * weight,
          );
          expect(slope).toBeCloseTo(0, 3);
        }
      }),
    );
  });

  test('without rows says 0 of everything', () => {
    expect(linearValue(row(0, [1, 1], { 3: 1 }), fitRidge([], buckets, 4))).toBe(0);
  });
});

describe('a logistic regression', () => {
  test('that knows nothing says what is usual', () => {
    const model = fitLogistic([row(1, []), row(0, []), row(0, []), row(0, [])], buckets, 1);
    expect(logistic(linearValue(row(0, []), model))).toBeCloseTo(1 / 4, 4);
  });

  test('leaves at its best place no slope in any weight, nor in the mean', () => {
    const rows = fc.array(rowWith(fc.constantFrom(0, 1)), { minLength: 2, maxLength: 12 });
    const either = rows.filter((found) => new Set(found.map(({ target }) => target)).size === 2);
    fc.assert(
      fc.property(either, (found) => {
        const trust = 2;
        const model = fitLogistic(found, buckets, trust);
        const misfits = found.map((one) => one.target - logistic(linearValue(one, model)));
        expect(misfits.reduce((sum, misfit) => sum + misfit, 0)).toBeCloseTo(0, 2);
        for (const [column, weight] of weightsOf(model).entries()) {
          const slope = found.reduce(
            (sum, one, at) => sum + trust * (misfits[at] ?? 0) * (dense(one)[column] ?? 0),
            -weight,
          );
          expect(slope).toBeCloseTo(0, 2);
        }
      }),
    );
  });

  test('stays finite where all rows are of one kind, and without rows', () => {
    const sure = fitLogistic([row(1, [1, 0]), row(1, [0, 1])], buckets, 1);
    const blank = fitLogistic([], buckets, 1);
    expect(linearValue(row(0, [9, 9]), sure)).toBeGreaterThan(0);
    expect(linearValue(row(0, [9, 9]), sure)).toBeLessThan(Infinity);
    expect(logistic(linearValue(row(0, [9, 9], { 1: 1 }), blank))).toBe(0.5);
  });
});
