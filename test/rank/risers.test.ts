import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Candidate } from '../../src/domain/candidate.ts';
import { signalRise, voteRise } from '../../src/rank/risers.ts';
import { scoreCandidate } from '../../src/rank/score.ts';
import { latestCounts } from '../../src/rank/signals.ts';
import { count, hoursAgo, now, paper } from './candidates.ts';

/** A paper listed that many hours ago, with votes at hours before now. */
function rising(age: number, votes: readonly (readonly [hours: number, votes: number])[]): Candidate {
  return {
    paper: paper(1),
    signals: votes.map(([hours, value]) => count('upvotes', value, hours)),
    listedAt: hoursAgo(age),
    seenAt: hoursAgo(age),
    hasVotes: true,
    isNew: false,
  };
}

describe('the rise of a paper', () => {
  test('is what its votes gained in the last day, and what is usual at its age', () => {
    const rise = voteRise(
      rising(72, [
        [48, 30],
        [25, 34],
        [1, 72],
      ]),
      now,
      24,
    );
    expect(rise).toMatchObject({ signal: 'upvotes', gained: 38, hours: 24 });
    // By the curve 95 % are there after two days and 97 % after three: a paper with 34 gets under one.
    expect(rise.usual).toBeGreaterThan(0.5);
    expect(rise.usual).toBeLessThan(1);
  });

  test('counts few late votes for many early ones, but not for a hundred', () => {
    const [early, late] = [
      voteRise(rising(20, [[1, 40]]), now, 24),
      voteRise(
        rising(90, [
          [30, 10],
          [1, 25],
        ]),
        now,
        24,
      ),
    ];
    expect(late.pace).toBeGreaterThan(early.pace);
    expect(
      voteRise(
        rising(90, [
          [30, 10],
          [1, 13],
        ]),
        now,
        24,
      ).pace,
    ).toBeLessThan(early.pace);
  });

  test('of papers of one age stands in the order of expected votes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 }), fc.nat(500), fc.nat(500), (age, a, b) => {
        const [one, other] = [rising(age, [[0, a]]), rising(age, [[0, b]])];
        const expected = (candidate: Candidate): number =>
          scoreCandidate(candidate, latestCounts(candidate.signals, now), now).value;
        expect(Math.sign(voteRise(one, now, 24).pace - voteRise(other, now, 24).pace)).toBe(
          Math.sign(expected(one) - expected(other)),
        );
      }),
    );
  });

  test('of one counted only once is that of its whole life', () => {
    const rise = voteRise(rising(60, [[0, 50]]), now, 24);
    expect(rise).toMatchObject({ gained: 50, hours: 60 });
    expect(rise.usual).toBeUndefined();
  });

  test('is none where votes were taken back or nobody counted', () => {
    expect(
      voteRise(
        rising(50, [
          [30, 40],
          [1, 12],
        ]),
        now,
        24,
      ).gained,
    ).toBe(0);
    expect(voteRise(rising(50, []), now, 24).gained).toBe(0);
  });

  test('is a number, and never lower for more votes, whatever was counted', () => {
    fc.assert(
      fc.property(
        fc.float({ min: 0, max: 2000, noNaN: true }),
        fc.array(fc.tuple(fc.float({ min: 0, max: 100, noNaN: true }), fc.nat(1_000_000)), { maxLength: 5 }),
        fc.nat(1_000_000),
        (age, counts, last) => {
          const pace = (votes: number): number =>
            voteRise(
              rising(age, [...counts.map(([hours, value]) => [hours + 0.01, value] as const), [0, votes]]),
              now,
              24,
            ).pace;
          expect(Number.isFinite(pace(last))).toBe(true);
          expect(pace(last + 1)).toBeGreaterThanOrEqual(pace(last));
        },
      ),
    );
  });

  test('of another signal is its gain alone', () => {
    const starred = { ...rising(50, []), signals: [count('stars', 100, 30), count('stars', 130, 1)] };
    expect(signalRise(starred, 'stars', now, 24)).toEqual({
      signal: 'stars',
      gained: 30,
      hours: 24,
      pace: 30,
    });
    expect(signalRise(starred, 'citations', now, 24)).toBeUndefined();
  });
});
