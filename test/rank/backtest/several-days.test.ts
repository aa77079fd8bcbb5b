import { describe, expect, test } from 'vitest';
import type { StoredPast } from '../../../src/domain/past.ts';
import { addDays, isWeekend, type CalendarDate } from '../../../src/domain/time.ts';
import { daysDocument, daysLines } from '../../../src/rank/backtest/days-report.ts';
import { severalDays } from '../../../src/rank/backtest/several-days.ts';
import { listing, monday, reading, times, together } from './past.ts';

/** A list read at 8 and at 26 h, and once more two days later where that is said. */
function day(listDate: CalendarDate, votes: readonly (readonly number[])[]): StoredPast {
  const hours = [8, 26, 58].slice(0, votes[0]?.length ?? 0);
  return {
    readings: hours.map((hour) => reading(listDate, hour, votes.length)),
    listings: votes.map((counts, place) =>
      listing(
        listDate,
        number(listDate, place),
        Object.fromEntries(hours.map((hour, at) => [hour, counts[at] ?? 0])),
      ),
    ),
  };
}

function number(listDate: CalendarDate, place: number): number {
  return Number(listDate.slice(8)) * 100 + place;
}

function days(count: number, votes: readonly (readonly number[])[]): StoredPast {
  const past: StoredPast[] = [];
  for (let date = monday; past.length < count; date = addDays(date, 1)) {
    if (!isWeekend(date)) past.push(day(date, votes));
  }
  return together(...past);
}

const votes = [
  [8, 60],
  [30, 40],
  [2, 3],
  [0, 9],
  [12, 20],
];

describe('the backtest of a week', () => {
  test('is of the papers of five list days as they stood, against their last known votes', () => {
    const result = severalDays(days(7, votes), 'week', times);
    expect(result).toMatchObject({ days: 7, skipped: [] });
    // The mean over days: the first day of all has no day before it.
    expect(result.papersByAge[0]).toBe(5);
    expect(result.papersByAge[1]).toBeCloseTo((6 * 5) / 7, 9);
    expect(result.table).toMatchObject({ days: 2, firstDate: monday });
  });

  test('knows nothing of what came after the edition', () => {
    const [early] = severalDays(days(3, votes), 'week', times).table?.rows.slice(1) ?? [];
    const later = votes.map(([now = 0], place) => [now, (place * 13) % 50]);
    const [other] = severalDays(days(3, later), 'week', times).table?.rows.slice(1) ?? [];
    expect(early?.level.n5.mean).not.toBe(other?.level.n5.mean);
    // The order itself is that of 8 h: where the end is as it stood then, it is without a fault.
    const stood = votes.map(([now = 0]) => [now, now]);
    expect(severalDays(days(1, stood), 'week', times).table?.rows[1]?.level.n5.mean).toBe(1);
  });
});

describe('the backtest of what is trending', () => {
  test('has only papers of which votes were counted later, and says so where they are of one day', () => {
    const result = severalDays(days(7, votes), 'trending', times);
    expect(result.papersByAge).toEqual([5]);
    expect(daysLines(result, times).join('\n')).toContain('only one day was tested');
  });

  test('has papers of several days where their lists were read on', () => {
    const read = votes.map(([now = 0, end = 0]) => [now, end, end + 5]);
    const result = severalDays(days(7, read), 'trending', times);
    expect(result.papersByAge.length).toBeGreaterThan(1);
    expect(daysLines(result, times).join('\n')).not.toContain('only one day was tested');
  });
});

describe('its report', () => {
  test('names every skipped day with its reason, also the weekdays without a reading', () => {
    const past = together(day(monday, votes), day(addDays(monday, 4), votes));
    const { skipped } = severalDays(past, 'week', times);
    expect(skipped).toEqual(
      [1, 2, 3].map((later) => ({ listDate: addDays(monday, later), reason: 'no reading stored' })),
    );
  });

  test('claims no gain whose interval holds 0, and warns of few weeks', () => {
    const past = together(day(monday, votes), day(addDays(monday, 7), votes.toReversed()));
    const lines = daysLines(severalDays(past, 'week', times), times);
    expect(lines.join('\n')).not.toMatch(/NaN|undefined|Infinity/);
    expect(lines.at(-1)).toMatch(/^expected votes against raw votes over 2 weeks: /);
    expect(lines).toContain('warning: 2 weeks are few; 8 are the least to build on');
  });

  test('says that there is nothing to say of an empty past', () => {
    const result = severalDays({ readings: [], listings: [] }, 'week', times);
    expect(daysLines(result, times).at(-1)).toContain('no day could be replayed');
    expect(JSON.parse(daysDocument(result, times))).toMatchObject({ task: 'week', days: 0 });
  });

  test('is the same bytes every time', () => {
    const once = () => daysDocument(severalDays(days(12, votes), 'trending', times), times);
    expect(once()).toBe(once());
    expect(JSON.parse(once()).table.rows[1].name).toBe('raw votes');
  });
});
