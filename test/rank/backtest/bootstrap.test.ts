import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bootstrapOver, isShown, mulberry32 } from '../../../src/rank/backtest/bootstrap.ts';

describe('the bootstrap', () => {
  test('gives the same numbers every time, on every machine', () => {
    const random = mulberry32(1);
    expect([random(), random(), random()].map((value) => value.toFixed(12))).toEqual([
      '0.627073940588',
      '0.002735721180',
      '0.527447039960',
    ]);
    const values = Array.from({ length: 40 }, (_, day) => (day * 7) % 11);
    expect(bootstrapOver(40)(values)).toEqual(bootstrapOver(40)(values));
    expect(bootstrapOver(40)(values)).toMatchInlineSnapshot(`
      {
        "high": 6.025,
        "low": 4.05,
        "mean": 5.05,
      }
    `);
  });

  test('gives no width to values that are all alike', () => {
    expect(bootstrapOver(3)([0.5, 0.5, 0.5])).toEqual({ mean: 0.5, low: 0.5, high: 0.5 });
  });

  test('holds the interval a normal approximation gives for many days', () => {
    const days = 400;
    const random = mulberry32(7);
    const values = Array.from({ length: days }, () => random());
    const { mean, low, high } = bootstrapOver(days)(values);
    const halfWidth = (1.96 * Math.sqrt(1 / 12)) / Math.sqrt(days);
    expect(mean - low).toBeCloseTo(halfWidth, 2);
    expect(high - mean).toBeCloseTo(halfWidth, 2);
  });

  test('pairs two rows day by day: a constant difference has no width', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 20 }), (values) => {
        const estimate = bootstrapOver(values.length);
        const [a, b] = [estimate(values), estimate(values.map((value) => value + 1))];
        expect(b.low - a.low).toBeCloseTo(1, 9);
        expect(b.high - a.high).toBeCloseTo(1, 9);
        expect(a.low).toBeLessThanOrEqual(a.mean);
        expect(a.high).toBeGreaterThanOrEqual(a.mean);
      }),
      { numRuns: 20 },
    );
  });

  test('shows a difference only where its interval leaves 0 out', () => {
    expect(isShown({ mean: 0.1, low: 0.01, high: 0.2 })).toBe(true);
    expect(isShown({ mean: -0.1, low: -0.2, high: -0.01 })).toBe(true);
    expect(isShown({ mean: 0.1, low: -0.01, high: 0.2 })).toBe(false);
    expect(isShown({ mean: 0, low: 0, high: 0 })).toBe(false);
  });

  test('refuses to speak of no day', () => {
    expect(() => bootstrapOver(0)).toThrow('at least one day');
  });
});
