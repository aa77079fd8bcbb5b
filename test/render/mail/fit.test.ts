import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RenderError } from '../../../src/errors.ts';
import { fitPlan, type MailPlan } from '../../../src/render/mail/fit.ts';

const full: MailPlan = { cards: 60, rows: 60, titles: 60, alsoNew: 12, updated: 5 };

/** A frame of 1,000 bytes; a title costs 100, a row 300 more, a card 1,000 more. */
const sizeOf = (plan: MailPlan) =>
  1000 + 100 * (plan.titles + plan.alsoNew + plan.updated) + 300 * plan.rows + 1000 * plan.cards;

test.each([
  [100_000, full],
  [86_700, full],
  [86_699, { ...full, cards: 59 }],
  [40_000, { ...full, cards: 13 }],
  [32_000, { ...full, cards: 8, rows: 51 }],
  [20_000, { ...full, cards: 8, rows: 20, titles: 33 }],
  [18_000, { cards: 8, rows: 20, titles: 20, alsoNew: 5, updated: 5 }],
  [17_000, { cards: 8, rows: 20, titles: 20, alsoNew: 0, updated: 0 }],
  [10_000, { cards: 1, rows: 20, titles: 20, alsoNew: 0, updated: 0 }],
  [3_000, { cards: 0, rows: 0, titles: 20, alsoNew: 0, updated: 0 }],
  [1_000, { cards: 0, rows: 0, titles: 0, alsoNew: 0, updated: 0 }],
])('within %i bytes the plan gives up no more than it must', (maxBytes, plan) => {
  expect(fitPlan(full, sizeOf, maxBytes)).toEqual(plan);
});

test('overlong lists give way before any pick', () => {
  expect(fitPlan({ ...full, alsoNew: 500 }, sizeOf, 90_000)).toEqual({ ...full, alsoNew: 45 });
});

test('a frame that is too large by itself is refused', () => {
  expect(() => fitPlan(full, sizeOf, 999)).toThrow(RenderError);
});

test('the plan always fits, keeps its order and never has more than there is', () => {
  const counts = fc.record({
    picks: fc.nat(80),
    alsoNew: fc.nat(40),
    updated: fc.nat(20),
    maxBytes: fc.integer({ min: 1000, max: 90_000 }),
  });
  fc.assert(
    fc.property(counts, ({ picks, alsoNew, updated, maxBytes }) => {
      const whole = { cards: picks, rows: picks, titles: picks, alsoNew, updated };
      const plan = fitPlan(whole, sizeOf, maxBytes);
      expect(sizeOf(plan)).toBeLessThanOrEqual(maxBytes);
      expect(plan.cards).toBeLessThanOrEqual(plan.rows);
      expect(plan.rows).toBeLessThanOrEqual(plan.titles);
      expect(plan.titles).toBeLessThanOrEqual(picks);
    }),
  );
});
