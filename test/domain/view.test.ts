import { describe, expect, it } from 'vitest';
import { monthOf, weekOf } from '../../src/domain/view.ts';

describe('the week of a day', () => {
  it.each([
    ['2026-11-24', '2026-W48', '2026-11-23', '2026-11-29'],
    ['2026-11-29', '2026-W48', '2026-11-23', '2026-11-29'],
    ['2026-11-30', '2026-W49', '2026-11-30', '2026-12-06'],
    // ISO 8601: a week belongs to the year that has its Thursday.
    ['2027-01-01', '2026-W53', '2026-12-28', '2027-01-03'],
    ['2024-12-30', '2025-W01', '2024-12-30', '2025-01-05'],
    ['2021-01-03', '2020-W53', '2020-12-28', '2021-01-03'],
    ['2026-01-01', '2026-W01', '2025-12-29', '2026-01-04'],
  ])('of %s is %s', (date, period, fromDate, toDate) => {
    expect(weekOf(date)).toEqual({ period, fromDate, toDate });
  });
});

describe('the month of a day', () => {
  it.each([
    ['2026-11-24', '2026-11', '2026-11-01', '2026-11-30'],
    ['2024-02-29', '2024-02', '2024-02-01', '2024-02-29'],
    ['2026-12-31', '2026-12', '2026-12-01', '2026-12-31'],
    ['2027-01-01', '2027-01', '2027-01-01', '2027-01-31'],
  ])('of %s is %s', (date, period, fromDate, toDate) => {
    expect(monthOf(date)).toEqual({ period, fromDate, toDate });
  });
});
