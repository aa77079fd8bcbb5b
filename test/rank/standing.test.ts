import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { standingPool } from '../../src/rank/standing.ts';

function poolOf(values: readonly number[], topic = 'maths') {
  const pool = standingPool();
  for (const value of values) pool.add(value, [topic]);
  return pool;
}

const twenty = Array.from({ length: 20 }, (_, place) => place);

describe('where a paper stands', () => {
  test('is the share of the papers of its topic that have less', () => {
    const pool = poolOf(twenty);
    for (let place = 0; place < 80; place += 1) pool.add(1000, ['llm']);
    expect(pool.standing(19, 'maths')).toEqual({ topic: 'maths', percentile: 0.95, of: 20 });
    expect(pool.standing(0, 'maths')).toEqual({ topic: 'maths', percentile: 0, of: 20 });
    expect(pool.standing(19, undefined)).toEqual({ percentile: 0.19, of: 100 });
  });

  test('of papers that have as much as each other is the same', () => {
    expect(poolOf([...twenty, 7, 7]).standing(7, 'maths')?.percentile).toBe(7 / 22);
  });

  test('says nothing among fewer than twenty, or in a topic without papers', () => {
    const pool = poolOf(twenty.slice(1));
    expect(pool.standing(5, 'maths')).toBeUndefined();
    expect(pool.standing(5, undefined)).toBeUndefined();
    expect(pool.standing(5, 'robots')).toBeUndefined();
  });

  test('never falls for a higher number, and does not depend on the order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(50), { minLength: 20, maxLength: 60 }),
        fc.nat(60),
        fc.nat(60),
        (values, low, more) => {
          const standing = (value: number, of: readonly number[]): number =>
            poolOf(of).standing(value, 'maths')?.percentile ?? -1;
          expect(standing(low + more, values)).toBeGreaterThanOrEqual(standing(low, values));
          expect(standing(low, values.toReversed())).toBe(standing(low, values));
        },
      ),
    );
  });
});
