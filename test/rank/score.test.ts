import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chanceOfListing, expectedVotes } from '../../src/rank/prior.ts';
import { ageHours, scoreCandidate, shareOfVotesIn } from '../../src/rank/score.ts';
import { authors, hoursAgo, now, paper, unvoted, voted } from './candidates.ts';

test.each([
  [1, 0.15],
  [2, 0.29],
  [3, 0.4],
  [4, 0.49],
  [6, 0.61],
  [8, 0.69],
  [12, 0.78],
  [24, 0.89],
])('at %d h a share of %d of the votes is in', (hours, share) => {
  expect(shareOfVotesIn(hours)).toBeCloseTo(share, 2);
});

describe('the age of a paper', () => {
  const candidate = { ...unvoted(paper(1)), seenAt: hoursAgo(4) };
  test.each([
    ['the listed time where it is known', { listedAt: hoursAgo(5.5), seenAfter: hoursAgo(10) }, 5.5],
    ['the middle between the last look without it and the first with it', { seenAfter: hoursAgo(6) }, 5],
    ['the first look where there was none before', {}, 4],
    ['the first look where the other is later', { seenAfter: hoursAgo(1) }, 4],
    ['a quarter of an hour at least', { listedAt: hoursAgo(0) }, 0.25],
    ['a quarter of an hour where it is listed in the future', { listedAt: hoursAgo(-3) }, 0.25],
  ])('counts from %s', (_, times, hours) => {
    expect(ageHours({ ...candidate, ...times }, now)).toBeCloseTo(hours, 9);
  });
});

describe('the prior', () => {
  // 1.118 + 0.558 ln 8 - 0.191 ln 3 = 2.0685; e^2.0685 - 1
  test('of seven authors, sent in two days ago, is 6.9 votes', () => {
    expect(expectedVotes(paper(1), now)).toBeCloseTo(6.913, 2);
  });

  test('rises with organisation, code, project page, pictures and followers', () => {
    const known = paper(1, {
      organization: 'Example Lab',
      links: {
        abstract: 'https://a.example.org',
        code: 'https://c.example.org',
        project: 'https://p.example.org',
      },
      mediaCount: 9,
      submitterFollowers: 100,
    });
    // 2.0685 + 0.192 + 0.222 + 0.240 + 2 * 0.190 + 0.010 ln 101 = 3.1487
    expect(expectedVotes(known, now)).toBeCloseTo(22.3, 1);
  });

  test('takes unknown authors and date as usual, not as none', () => {
    const { submittedAt: _, ...undated } = paper(1, { authors: [] });
    expect(expectedVotes(undated, now)).toBe(expectedVotes(paper(1), now));
  });

  test('is capped at 60 and never negative', () => {
    const crowd = paper(1, { authors: authors(3303) });
    expect(expectedVotes(crowd, now)).toBe(60);
    expect(expectedVotes(paper(1, { authors: [{ name: 'A' }], submittedAt: 0 }), now)).toBe(0);
  });
});

describe('the chance of being listed', () => {
  test.each([
    ['nothing special', {}, -5.97 + 1.21 * Math.log(8)],
    ['a first category', { categories: ['cs.CL', 'cs.LG'] }, -5.97 + 1.21 * Math.log(8) + 1.17],
    [
      'what the abstract names',
      { abstract: 'Code: https://github.com/a/b. Open-sourced, see the project page.' },
      -5.97 + 1.21 * Math.log(8) + 0.89 + 2.06 + 0.54,
    ],
    ['ten authors', { authors: authors(10) }, -5.97 + 1.21 * Math.log(11) + 0.28],
  ])('with %s', (_, said, logit) => {
    expect(chanceOfListing(paper(1, said))).toBeCloseTo(1 / (1 + Math.exp(-logit)), 9);
  });
});

describe('the score', () => {
  // c(8) = 1 / (1 + 5.5 / 8^1.2) = 0.68798; mu = 6.9130
  // 10 + 0.31202 * 10 / 0.98798 + 0.31202 * 0.3 * 6.9130 / 0.98798 = 10 + 3.1582 + 0.6550
  test('of 10 votes at 8 h is 13.8, in three parts', () => {
    const score = scoreCandidate(voted(paper(1), 10), { upvotes: 10 }, now);
    expect(score.value).toBeCloseTo(13.813, 2);
    expect(score.parts.map((part) => part.name)).toEqual([
      'votes now',
      'still to come, by its own pace',
      'from topic, authors, links',
    ]);
    expect(score.parts.map((part) => part.value)).toEqual([
      10,
      expect.closeTo(3.158, 2),
      expect.closeTo(0.655, 2),
    ]);
    expect(score).toMatchObject({
      ageHours: 8,
      shareIn: expect.closeTo(0.688, 3),
      missing: ['comments', 'stars'],
    });
  });

  test('reads no votes as none on a list that counts them', () => {
    const score = scoreCandidate({ ...voted(paper(1), 0), signals: [] }, {}, now);
    expect(score.parts[0]).toEqual({ name: 'votes now', value: 0 });
    expect(score.missing).toEqual(['comments', 'stars']);
  });

  test('names unknown votes on lists without them and expects by the chance of being listed', () => {
    const score = scoreCandidate(unvoted(paper(1)), { stars: 3 }, now);
    expect(score.missing).toEqual(['upvotes', 'comments']);
    expect(score.parts).toEqual([{ name: 'from topic, authors, links', value: score.value }]);
    expect(score.value).toBeCloseTo(expectedVotes(paper(1), now) * chanceOfListing(paper(1)), 9);
    expect(score.shareIn).toBe(0);
  });

  test('starts near what is usual and ends near the votes', () => {
    expect(scoreCandidate(voted(paper(1), 0, 0), { upvotes: 0 }, now).value).toBeCloseTo(6.913 * 0.87, 1);
    expect(scoreCandidate(voted(paper(1), 50, 1000), { upvotes: 50 }, now).value).toBeCloseTo(50, 0);
  });

  test('is the sum of its parts, at least the votes, and higher with one vote more', () => {
    fc.assert(
      fc.property(
        fc.nat(500),
        fc.double({ min: -2, max: 400, noNaN: true }),
        fc.nat(4000),
        (votes, hours, authorCount) => {
          const candidate = voted(paper(1, { authors: authors(authorCount) }), votes, hours);
          const score = scoreCandidate(candidate, { upvotes: votes }, now);
          expect(score.parts.reduce((sum, part) => sum + part.value, 0)).toBe(score.value);
          expect(score.value).toBeGreaterThanOrEqual(votes);
          expect(score.parts.every((part) => part.value >= 0)).toBe(true);
          expect(scoreCandidate(candidate, { upvotes: votes + 1 }, now).value).toBeGreaterThan(score.value);
        },
      ),
    );
  });
});
