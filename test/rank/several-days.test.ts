import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Candidate } from '../../src/domain/candidate.ts';
import type { Paper } from '../../src/domain/paper.ts';
import { daysRanker, type DaysOrder, type DaysRanking } from '../../src/rank/several-days.ts';
import { statedModel } from '../../src/rank/score.ts';
import { compileTopics } from '../../src/rank/topics.ts';
import { count, hoursAgo, now, paper, topic, unvoted } from './candidates.ts';

const topics = compileTopics([topic('alpha'), topic('beta')]);
const week: DaysOrder = { by: 'expected', hours: 168, places: 10 };
const trending: DaysOrder = { by: 'rising', hours: 24, places: 10 };

function rank(order: DaysOrder, ...blocks: readonly (readonly Candidate[])[]): DaysRanking {
  const ranker = daysRanker(order, topics, now, statedModel);
  for (const block of blocks) ranker.add(block);
  return ranker.result();
}

function ids({ picks }: DaysRanking): readonly number[] {
  return picks.map((pick) => Number(pick.ranked.candidate.paper.id.slice(-5)));
}

/** Listed that many hours ago, with so many votes a day ago and now. */
function voted(
  number: number,
  age: number,
  before: number,
  votes: number,
  said: Partial<Paper> = {},
): Candidate {
  const subject = paper(number, said);
  const at = (value: number, hours: number) => ({ ...count('upvotes', value, hours), paperId: subject.id });
  return {
    paper: subject,
    signals: [...(age > 25 ? [at(before, 25)] : []), at(votes, 0.5)],
    listedAt: hoursAgo(age),
    seenAt: hoursAgo(age),
    hasVotes: true,
    isNew: false,
  };
}

function starred(number: number, before: number, stars: number): Candidate {
  const subject = paper(number);
  const at = (value: number, hours: number) => ({
    ...count('stars', value, hours, 'code'),
    paperId: subject.id,
  });
  return { ...unvoted(subject, 30), signals: [at(before, 25), at(stars, 1)] };
}

describe('a week', () => {
  test('is in the order of expected votes, so that the papers of today have a fair place', () => {
    const ranking = rank(week, [
      voted(1, 100, 40, 40),
      voted(2, 6, 0, 30),
      voted(3, 50, 60, 62),
      voted(4, 80, 3, 3),
    ]);
    expect(ids(ranking)).toEqual([3, 2, 1, 4]);
    expect(ranking).toMatchObject({ signal: 'upvotes', papers: 4 });
  });

  test('has no paper that nobody voted for, nor one that is only on lists without votes', () => {
    const ranking = rank(week, [voted(1, 100, 0, 0), unvoted(paper(2)), voted(3, 50, 60, 62)]);
    expect(ids(ranking)).toEqual([3]);
    expect(ranking.papers).toBe(2);
  });

  test('says where each paper stands in its topic, from 20 papers on', () => {
    const large = Array.from({ length: 40 }, (_, place) =>
      voted(place, 60, 100 + place, 100 + place, { title: 'alpha' }),
    );
    const small = Array.from({ length: 20 }, (_, place) =>
      voted(100 + place, 60, place, place, { title: 'beta' }),
    );
    const { picks } = rank({ ...week, places: 60 }, large, small);
    const standingOf = (number: number) =>
      picks.find((pick) => pick.ranked.candidate.paper.id === paper(number).id)?.standing;
    expect(standingOf(119)).toEqual({ topic: 'beta', percentile: 0.95, of: 20 });
    expect(standingOf(39)).toEqual({ topic: 'alpha', percentile: 39 / 40, of: 40 });
    expect(rank(week, small.slice(1)).picks[0]?.standing).toBeUndefined();
  });
});

describe('what is trending', () => {
  test('lets papers of several days compete by what is unusual at their age', () => {
    const ranking = rank(trending, [
      voted(1, 20, 0, 30),
      voted(2, 75, 20, 60),
      voted(3, 75, 200, 201),
      voted(4, 50, 90, 90),
    ]);
    expect(ids(ranking)).toEqual([2, 1, 3]);
    expect(ranking.picks[0]?.rise).toMatchObject({ signal: 'upvotes', gained: 40, hours: 24 });
  });

  test('has a bar where there are enough papers: as much as one in five has in its whole life', () => {
    const past = Array.from({ length: 40 }, (_, place) => voted(place + 10, 90, place * 2, place * 2));
    const ranking = rank(trending, [...past, voted(1, 60, 10, 60), voted(2, 60, 10, 12)]);
    expect(ids(ranking)).toEqual([1]);
  });

  test('looks at three days where nothing rose in one', () => {
    const still = { ...voted(1, 70, 30, 30), signals: [count('upvotes', 5, 60), count('upvotes', 30, 40)] };
    const ranking = rank(trending, [still]);
    expect(ids(ranking)).toEqual([1]);
    expect(ranking.picks[0]?.rise?.hours).toBeGreaterThan(24);
  });
});

describe('where nobody counts votes', () => {
  test.each([
    ['a week', week],
    ['what is trending', trending],
  ])('another signal stands in for them, in %s, and the scores name what is missing', (_, order) => {
    const ranking = rank(order, [
      starred(1, 5, 9),
      starred(2, 100, 150),
      starred(3, 7, 7),
      unvoted(paper(4)),
    ]);
    expect(ids(ranking)).toEqual([2, 1]);
    expect(ranking).toMatchObject({ signal: 'stars', papers: 3 });
    expect(ranking.picks[0]?.ranked.score.missing).toContain('upvotes');
    expect(ranking.picks[0]?.rise).toMatchObject({ signal: 'stars', gained: 50 });
  });

  test('votes lead again as soon as anybody votes', () => {
    const ranking = rank(week, [starred(1, 5, 900), voted(2, 30, 3, 4)]);
    expect([ranking.signal, ids(ranking)]).toEqual(['upvotes', [2]]);
  });

  test('of nothing it is an empty list', () => {
    expect(rank(trending, [unvoted(paper(1))])).toEqual({ signal: 'upvotes', papers: 0, picks: [] });
  });
});

const anyCandidate = fc
  .record({
    age: fc.integer({ min: 1, max: 300 }),
    before: fc.nat(200),
    votes: fc.option(fc.nat(300)),
    stars: fc.nat(3),
    title: fc.constantFrom('alpha', 'beta', 'alpha beta', ''),
  })
  .map(
    ({ age, before, votes, stars, title }) =>
      (number: number): Candidate =>
        votes === null
          ? { ...starred(number, 1, 1 + stars), paper: paper(number, { title }) }
          : voted(number, age, before, votes, { title }),
  );
const pool = fc
  .array(anyCandidate, { minLength: 1, maxLength: 60 })
  .map((makers) => makers.map((make, place) => make(place + 1)));

describe.each([
  ['a week', week],
  ['what is trending', trending],
])('%s, whatever the papers', (_, order) => {
  test('is the same in blocks of any size and in any order, each paper once', () => {
    fc.assert(
      fc.property(
        pool.chain((papers) =>
          fc.tuple(
            fc.constant(papers),
            fc.shuffledSubarray(papers, { minLength: papers.length }),
            fc.integer({ min: 1, max: 60 }),
          ),
        ),
        ([papers, shuffled, size]) => {
          const blocks = Array.from({ length: Math.ceil(shuffled.length / size) }, (__, at) =>
            shuffled.slice(at * size, (at + 1) * size),
          );
          const whole = rank(order, papers);
          expect(rank(order, ...blocks)).toEqual(whole);
          expect(new Set(ids(whole)).size).toBe(whole.picks.length);
          expect(JSON.stringify(whole)).not.toMatch(/NaN|Infinity|null/);
        },
      ),
    );
  });

  test('puts no paper lower for a vote more', () => {
    fc.assert(
      fc.property(pool, fc.nat(59), (papers, place) => {
        const lucky = papers[place % papers.length];
        fc.pre(lucky !== undefined && lucky.hasVotes);
        const placeOf = (all: readonly Candidate[]): number => {
          const at = rank(order, all).picks.findIndex(
            (pick) => pick.ranked.candidate.paper.id === lucky?.paper.id,
          );
          return at < 0 ? Infinity : at;
        };
        const after = papers.map((one) =>
          one === lucky
            ? {
                ...one,
                signals: one.signals.map((signal) =>
                  signal.countedAt === hoursAgo(0.5) ? { ...signal, value: signal.value + 1 } : signal,
                ),
              }
            : one,
        );
        expect(placeOf(after)).toBeLessThanOrEqual(placeOf(papers));
      }),
      { numRuns: 300 },
    );
  });
});
