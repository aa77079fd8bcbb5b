import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gainOfLastDay, latestCounts } from '../../src/rank/signals.ts';
import { count, hoursAgo, now } from './candidates.ts';

describe('the latest counts', () => {
  test('are the last of each kind, and a kind nobody counted is absent', () => {
    const signals = [count('upvotes', 3, 20), count('upvotes', 9, 2), count('stars', 40, 30)];
    expect(latestCounts(signals, now)).toEqual({ upvotes: 9, stars: 40 });
    expect(latestCounts([], now)).toEqual({});
  });

  test('ignore what was counted after now, and hold at the very instant', () => {
    expect(latestCounts([count('upvotes', 3, 2), count('upvotes', 9, -1)], now)).toEqual({ upvotes: 3 });
    expect(latestCounts([count('upvotes', 4, 0)], now)).toEqual({ upvotes: 4 });
    expect(latestCounts([count('upvotes', 9, -1)], now)).toEqual({});
  });

  test('may fall', () => {
    expect(latestCounts([count('upvotes', 9, 5), count('upvotes', 7, 2)], now)).toEqual({ upvotes: 7 });
  });

  test('of several sources are the largest latest, not the sum and not an older peak', () => {
    const signals = [
      count('upvotes', 20, 9, 'a'),
      count('upvotes', 5, 3, 'a'),
      count('upvotes', 8, 4, 'b'),
      count('upvotes', 2, 1, 'c'),
    ];
    expect(latestCounts(signals, now)).toEqual({ upvotes: 8 });
  });
});

describe('the gain of the last day', () => {
  test.each([
    [
      'from the last value at or before 24 h ago',
      [
        [2, 60],
        [10, 30],
        [34, 25],
        [72, 1],
      ],
      { gained: 38, hours: 24 },
    ],
    [
      'at exactly 24 h',
      [
        [10, 24],
        [12, 3],
      ],
      { gained: 2, hours: 24 },
    ],
    [
      'from the first count where all are younger',
      [
        [4, 8],
        [9, 3],
      ],
      { gained: 5, hours: 8 },
    ],
    ['nothing where one old value still holds', [[4, 50]], { gained: 0, hours: 24 }],
    ['nothing yet at the first count', [[4, 0]], { gained: 0, hours: 0 }],
    [
      'negative after a fall',
      [
        [40, 30],
        [31, 2],
      ],
      { gained: -9, hours: 24 },
    ],
    [
      'without what came after now',
      [
        [4, 30],
        [9, -2],
      ],
      { gained: 0, hours: 24 },
    ],
  ] as const)('is counted %s', (_, values, expected) => {
    const signals = values.map(([value, hours]) => count('upvotes', value, hours));
    expect(gainOfLastDay(signals, 'upvotes', now)).toEqual(expected);
    expect(gainOfLastDay(signals.toReversed(), 'upvotes', now)).toEqual(expected);
  });

  test('is taken at the one source that has most, never between two', () => {
    const signals = [
      count('upvotes', 1, 30, 'a'),
      count('upvotes', 3, 1, 'a'),
      count('upvotes', 50, 40, 'b'),
    ];
    expect(gainOfLastDay(signals, 'upvotes', now)).toEqual({ gained: 0, hours: 24 });
  });

  test('is unknown where nobody counted', () => {
    expect(gainOfLastDay([count('stars', 3, 3)], 'upvotes', now)).toBeUndefined();
  });

  test('counts from nothing where the paper could not be seen before, within the last day', () => {
    const signals = [count('upvotes', 7, 3), count('upvotes', 9, 1)];
    expect(gainOfLastDay(signals, 'upvotes', now, hoursAgo(8))).toEqual({ gained: 9, hours: 8 });
    expect(gainOfLastDay(signals, 'upvotes', now, hoursAgo(25))).toEqual({ gained: 2, hours: 3 });
    expect(gainOfLastDay(signals, 'upvotes', now, hoursAgo(2))).toEqual({ gained: 2, hours: 3 });
  });
});

test('the order in which signals were stored does not matter', () => {
  const signal = fc
    .tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: -5, max: 50 }), fc.constantFrom('a', 'b'))
    .map(([value, hours, source]) => count('upvotes', value, hours, source));
  fc.assert(
    fc.property(
      fc.array(signal, { maxLength: 12 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      (signals, keys) => {
        const shuffled = signals
          .map((entry, place) => ({ entry, key: keys[place] ?? 0 }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ entry }) => entry);
        expect(latestCounts(shuffled, now)).toEqual(latestCounts(signals, now));
        expect(gainOfLastDay(shuffled, 'upvotes', now)).toEqual(gainOfLastDay(signals, 'upvotes', now));
      },
    ),
  );
});
