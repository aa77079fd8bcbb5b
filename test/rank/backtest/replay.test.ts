import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hourMs, utcMidnight } from '../../../src/domain/time.ts';
import { replayDays } from '../../../src/rank/backtest/replay.ts';
import { listing, monday, pastDay, reading, times, together } from './past.ts';

const four = [
  [10, 30],
  [5, 6],
  [2, 9],
  [0, 1],
] as const;

describe('a replayed day', () => {
  test('stands as at the last reading in the window, and ends as at the last reading of all', () => {
    const past = {
      readings: [7, 8, 8.5, 9.5, 25, 26].map((hours) => reading(monday, hours, 4)),
      listings: [1, 2, 3, 4].map((number) =>
        listing(monday, number, { 7: 1, 8.5: 2 + number, 9.5: 50, 26: 90 }),
      ),
    };
    const { days, skipped } = replayDays(past, times);
    expect(skipped).toEqual([]);
    expect(days).toHaveLength(1);
    expect(days[0]?.sendAt).toBe(utcMidnight(monday) + 8.5 * hourMs);
    expect(days[0]?.truthAt).toBe(utcMidnight(monday) + 26 * hourMs);
    expect(days[0]?.papers.map(({ counts, truth }) => [counts.upvotes, truth])).toEqual([
      [3, 90],
      [4, 90],
      [5, 90],
      [6, 90],
    ]);
  });

  test('does not hold papers listed later, but counts their votes in the whole list', () => {
    const day = pastDay(monday, four);
    const past = { ...day, listings: [...day.listings, listing(monday, 9, { 12: 3, 26: 70 })] };
    const [replayed] = replayDays(past, times).days;
    expect(replayed?.papers).toHaveLength(4);
    expect(replayed?.allTruth.toSorted((a, b) => b - a)).toEqual([70, 30, 9, 6, 1]);
  });

  test('keeps a count that was not stored again because it was the same', () => {
    const past = {
      readings: [reading(monday, 2, 4), reading(monday, 8, 4), reading(monday, 26, 4)],
      listings: [1, 2, 3, 4].map((number) => listing(monday, number, { 2: number })),
    };
    const [replayed] = replayDays(past, times).days;
    expect(replayed?.papers.map(({ counts, truth }) => [counts.upvotes, truth])).toEqual(
      [1, 2, 3, 4].map((votes) => [votes, votes]),
    );
  });

  test('knows of a paper what was known then, and nothing told after the edition', () => {
    const abstract = 'https://papers.example.org/1';
    const links = { abstract, code: 'https://code.example.org/1' };
    const day = pastDay(monday, four);
    const paperOf = (hours: number) => {
      const changed = {
        ...listing(monday, 0, { 8: 1, 26: 2 }, { links, organization: 'Example Lab', mediaCount: 3 }),
        former: [
          {
            untilAt: utcMidnight(monday) + hours * hourMs,
            facts: { authors: [{ name: 'Ada Example' }], links: { abstract } },
          },
        ],
      };
      const [replayed] = replayDays({ ...day, listings: [changed, ...day.listings.slice(1)] }, times).days;
      return replayed?.papers[0]?.candidate.paper;
    };
    const before = paperOf(20);
    expect(before).toMatchObject({ authors: [{ name: 'Ada Example' }], links: { abstract } });
    expect(before?.links.code ?? before?.organization ?? before?.mediaCount).toBeUndefined();
    expect(paperOf(7)).toMatchObject({ links, organization: 'Example Lab', mediaCount: 3 });
  });

  test('is as it was, whatever is counted of it later', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { minLength: 4, maxLength: 4 }), (later) => {
        const past = {
          readings: pastDay(monday, four).readings,
          listings: four.map(([now, end], number) =>
            listing(monday, number, { 8: now, 26: end, 40: later[number] ?? 0 }),
          ),
        };
        const [replayed] = replayDays(past, times).days;
        expect(replayed?.papers.map(({ counts, truth }) => [counts.upvotes, truth])).toEqual(
          four.map(([now, end]) => [now, end]),
        );
      }),
    );
  });
});

describe('a full late answer', () => {
  /** 52 papers known, 50 in the late answer: the two best of the morning are not in it. */
  const past = {
    readings: [reading(monday, 8, 40), reading(monday, 26, 50)],
    listings: [
      listing(monday, 900, { 8: 47 }),
      listing(monday, 901, { 8: 1 }),
      ...Array.from({ length: 38 }, (_, place) => listing(monday, place, { 8: place, 26: place + 3 })),
      ...Array.from({ length: 12 }, (_, place) => listing(monday, 100 + place, { 26: 2 })),
    ],
  };

  test('ends the papers that it lacks at its lowest count, or at their last where that is less', () => {
    const [replayed] = replayDays(past, times).days;
    const truthOf = (number: number) =>
      replayed?.papers.find(({ candidate }) => candidate.paper.id.endsWith(`.00${number}`))?.truth;
    expect(replayed?.cutOff).toBe(2);
    expect([truthOf(900), truthOf(901)]).toEqual([2, 1]);
    expect(replayed?.allTruth).toHaveLength(52);
  });

  test('lacks those with the most votes first, where more have no new count than it lacks', () => {
    const unchanged = [listing(monday, 902, { 8: 0 }), listing(monday, 903, { 8: 3 })];
    const readings = [reading(monday, 8, 42), { ...reading(monday, 26, 50), papers: 52 }];
    const [replayed] = replayDays({ readings, listings: [...past.listings, ...unchanged] }, times).days;
    const truthOf = (number: number) =>
      replayed?.papers.find(({ candidate }) => candidate.paper.id.endsWith(`.00${number}`))?.truth;
    expect(replayed?.cutOff).toBe(2);
    // 47 and 3 votes are gone; 1 and 0 are in the answer, which makes 0 its lowest.
    expect([900, 903, 901, 902].map(truthOf)).toEqual([0, 0, 1, 0]);
  });

  test('lacks nothing when it holds all papers known', () => {
    const readings = [reading(monday, 8, 40), { ...reading(monday, 26, 52) }];
    const [replayed] = replayDays({ ...past, readings }, times).days;
    expect(replayed?.cutOff).toBe(0);
    expect(Math.max(...(replayed?.papers.map(({ truth }) => truth) ?? []))).toBe(47);
  });
});

test('every day between the first and the last is replayed, or skipped with its reason', () => {
  const past = together(
    pastDay('2026-11-06', four),
    { readings: [reading('2026-11-10', 26, 4)], listings: [] },
    { readings: [reading('2026-11-11', 8, 4)], listings: [] },
    pastDay('2026-11-12', four.slice(0, 3)),
    pastDay('2026-11-13', four),
  );
  const { days, skipped } = replayDays(past, times);
  expect(days.map((day) => day.listDate)).toEqual(['2026-11-06', '2026-11-13']);
  expect(skipped).toEqual([
    { listDate: '2026-11-07', reason: 'weekend, no list' },
    { listDate: '2026-11-08', reason: 'weekend, no list' },
    { listDate: '2026-11-09', reason: 'no reading stored' },
    { listDate: '2026-11-10', reason: 'no reading from 7 to 9 h' },
    { listDate: '2026-11-11', reason: 'no reading from 24 h on' },
    { listDate: '2026-11-12', reason: 'fewer than 4 papers' },
  ]);
});

test('an empty past has no days', () => {
  expect(replayDays({ readings: [], listings: [] }, times)).toEqual({ days: [], skipped: [] });
});
