import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { source } from '../../src/config/source-schema.ts';
import { addDays, dayMs, isWeekend } from '../../src/domain/time.ts';
import { arxivDueDate, arxivListDatesBetween, isArxivQuietDay } from '../../src/sources/arxiv-calendar.ts';

describe('the days of arXiv', () => {
  test.each([
    ['a Friday', '2026-11-20', [], false],
    ['a Saturday', '2026-11-21', [], true],
    ['Thanksgiving of a year that is known', '2026-11-26', [], true],
    ['Thanksgiving of a year that is not', '2027-11-25', [], false],
    ['a day that the configuration names', '2027-11-25', ['2027-11-25'], true],
    ['a known holiday, whatever else is named', '2026-11-26', ['2027-11-25'], true],
  ])('%s', (_, date, more, isQuiet) => {
    expect(isArxivQuietDay(date, more)).toBe(isQuiet);
  });

  test('between two days are those with a list, neither of the two', () => {
    expect(arxivListDatesBetween('2026-11-24', '2026-12-01')).toEqual([
      '2026-11-25',
      '2026-11-27',
      '2026-11-30',
    ]);
    expect(arxivListDatesBetween('2026-11-24', '2026-12-01', ['2026-11-27'])).toEqual([
      '2026-11-25',
      '2026-11-30',
    ]);
    expect(arxivListDatesBetween('2026-11-20', '2026-11-23')).toEqual([]);
    expect(arxivListDatesBetween('2026-11-24', '2026-11-24')).toEqual([]);
  });

  test('never have a list due on a quiet day, and none between it and now', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3000 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 3000 }), { maxLength: 40 }),
        (day, holidays) => {
          const start = '2026-01-01';
          const more = holidays.map((offset) => addDays(start, offset));
          const now = Date.parse(`${start}T12:00:00Z`) + day * dayMs;
          const due = arxivDueDate(now, more);
          expect(isWeekend(due) || more.includes(due)).toBe(false);
          expect(arxivListDatesBetween(due, addDays(start, day + 1), more)).toEqual([]);
        },
      ),
    );
  });
});

describe('holidays in the configuration', () => {
  const block = { name: 'arxiv', type: 'arxiv-feed', categories: ['cs.CL'] };

  test.each(['arxiv-feed', 'arxiv-listing'])('may stand in a block of type %s', (type) => {
    expect(source.parse({ ...block, type, holidays: ['2027-01-01'] })).toMatchObject({
      holidays: ['2027-01-01'],
    });
    expect(source.parse({ ...block, type })).not.toHaveProperty('holidays');
  });

  test.each([['2027-02-30'], ['New Year'], [20_270_101], ['2027-1-1']])(
    'are days that exist, not %j',
    (day) => {
      const { error } = source.safeParse({ ...block, holidays: [day] });
      expect(error?.issues.map(({ path, message }) => [path, message])).toEqual([
        [['holidays', 0], 'a day such as 2027-01-01'],
      ]);
    },
  );
});
