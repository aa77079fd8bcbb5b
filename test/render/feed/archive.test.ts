import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayMs, secondMs } from '../../../src/domain/time.ts';
import { archived, maxItems, type Datable } from '../../../src/render/feed/archive.ts';

const start = Date.UTC(2026, 0, 5, 6);

/** Entries that came on these days, so many on each, of that size. */
function entries(
  arrivals: readonly (readonly [day: number, count: number])[],
  bytes = 4_000,
): readonly Datable[] {
  return arrivals.flatMap(([day, count]) => {
    const arrivedAt = start + day * dayMs;
    return Array.from({ length: count }, (_, index) => ({
      arrivedAt,
      publishedAt: arrivedAt - (index + 1) * secondMs,
      bytes,
    }));
  });
}

const everyDay = (days: number, count: number): readonly Datable[] =>
  entries(Array.from({ length: days }, (_, day) => [day, count] as const));

const pastDays = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 140 })), { maxLength: 25 })
  .map((gaps) => {
    let day = 0;
    return gaps.map(([gap, count]) => [(day += gap), count] as const);
  });

describe('the archive', () => {
  it('is empty while everything has a place in the feed', () => {
    expect(archived(everyDay(10, 5)).parts).toEqual([]);
    expect(archived([])).toEqual({ current: [], parts: [] });
  });

  it('takes a month when all of it is two weeks old', () => {
    const names = (days: number) => archived(everyDay(days, 2)).parts.map(({ name }) => name);
    // The last entry of January is of the 31st, day 26.
    expect(names(41)).toEqual([]);
    expect(names(42)).toEqual(['2026-01']);
  });

  it('keeps twenty entries, however old', () => {
    const rare = entries([0, 40, 80, 120, 160].map((day) => [day, 5] as const));
    expect(archived(rare).parts).toHaveLength(1);
    expect(archived(rare).current).toHaveLength(20);
  });

  it('takes the oldest of what is more than a hundred', () => {
    const { current, parts } = archived(everyDay(6, 30));
    expect(current).toHaveLength(100);
    expect(parts.map(({ name, entries: some }) => [name, some.length])).toEqual([
      ['2026-01', 20],
      ['2026-01-2', 30],
      ['2026-01-3', 30],
    ]);
  });

  it('takes the oldest of what is more than a megabyte, but never the last entry', () => {
    const { current } = archived(
      entries(
        [
          [0, 1],
          [1, 1],
          [2, 1],
        ],
        600_000,
      ),
    );
    expect(current).toHaveLength(1);
    expect(archived(entries([[0, 1]], 2_000_000)).current).toHaveLength(1);
  });

  it('parts a month that is too long for one document', () => {
    const { parts } = archived(
      entries([
        [0, 90],
        [1, 90],
        [60, 30],
      ]),
    );
    expect(parts.map(({ name, entries: some }) => [name, some.length])).toEqual([
      ['2026-01', 80],
      ['2026-01-2', 100],
    ]);
  });

  it('loses nothing, doubles nothing, and holds the limits', () => {
    fc.assert(
      fc.property(pastDays, fc.integer({ min: 100, max: 60_000 }), (days, bytes) => {
        const all = entries(days, bytes);
        const { current, parts } = archived(all);
        const found = [...parts.flatMap((part) => part.entries), ...current];
        expect(found).toHaveLength(all.length);
        expect(new Set(found)).toEqual(new Set(all));
        expect(current.length).toBeLessThanOrEqual(maxItems);
        expect(new Set(parts.map(({ name }) => name)).size).toBe(parts.length);
        for (const { name, entries: some } of parts) {
          expect(some.length).toBeLessThanOrEqual(maxItems);
          for (const { publishedAt } of some) {
            expect(name.slice(0, 7)).toBe(new Date(publishedAt).toISOString().slice(0, 7));
          }
        }
      }),
    );
  });

  it('never changes a part, whatever comes later', () => {
    fc.assert(
      fc.property(pastDays, fc.nat(24), (days, count) => {
        const before = archived(entries(days.slice(0, count)));
        const after = archived(entries(days));
        expect(after.parts.slice(0, before.parts.length)).toEqual(before.parts);
        const next = after.parts[before.parts.length];
        if (next && before.current.length > 0) expect(next.name).toBe(before.nextPart);
      }),
    );
  });

  it('does not depend on the order in which entries come', () => {
    const all = everyDay(50, 4);
    fc.assert(
      fc.property(fc.shuffledSubarray([...all], { minLength: all.length }), (shuffled) => {
        expect(archived(shuffled)).toEqual(archived(all));
      }),
      { numRuns: 5 },
    );
  });
});
