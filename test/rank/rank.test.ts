import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Candidate } from '../../src/domain/candidate.ts';
import { scoreFacts, whyLine } from '../../src/rank/explain.ts';
import { rankPapers, type RankedPaper } from '../../src/rank/rank.ts';
import { outsideKey, select, selectedPapers } from '../../src/rank/select.ts';
import { compileTopics } from '../../src/rank/topics.ts';
import { authors, count, hoursAgo, now, paper, topic, unvoted, voted } from './candidates.ts';

const topics = compileTopics([topic('agents'), topic('robots')]);
const rank = (candidates: readonly Candidate[]) => rankPapers({ candidates, topics, now });
const ids = (ranked: readonly RankedPaper[]) => ranked.map(({ candidate }) => candidate.paper.id);

/** A paper as it may come: votes that rise, fall, jump or are not there; odd text; one author or thousands. */
const oddCandidate = fc
  .record({
    title: fc.constantFrom('On agents', 'Über Roboter', '关于智能体的研究', 'عن الروبوتات', '', '🤖 robots'),
    abstract: fc.constantFrom('', 'Agents that look at it.', '我们研究这个问题。', 'a '.repeat(5000)),
    authorCount: fc.constantFrom(0, 1, 7, 3303),
    submittedAt: fc.option(fc.constantFrom(0, now - 1, now + 1e9), { nil: undefined }),
    hours: fc.double({ min: -5, max: 2000, noNaN: true }),
    counts: fc.array(
      fc.record({
        kind: fc.constantFrom('upvotes' as const, 'comments' as const, 'stars' as const),
        value: fc.constantFrom(0, 1, 2, 50, 1_000_000),
        hours: fc.double({ min: -3, max: 90, noNaN: true }),
      }),
      { maxLength: 6 },
    ),
    hasVotes: fc.boolean(),
  })
  .map(
    ({ title, abstract, authorCount, submittedAt, hours, counts, hasVotes }) =>
      (number: number): Candidate => {
        const { submittedAt: _, ...plain } = paper(number, {
          title,
          abstract,
          authors: authors(authorCount),
        });
        const subject = submittedAt === undefined ? plain : { ...plain, submittedAt };
        const signals = counts.map((one) => ({
          ...count(one.kind, one.value, one.hours),
          paperId: subject.id,
        }));
        return { ...(hasVotes ? voted(subject, 0, hours) : unvoted(subject, hours)), signals };
      },
  );
const oddDay = fc
  .array(oddCandidate, { minLength: 1, maxLength: 40 })
  .map((makers) => makers.map((make, place) => make(place)));

describe('the order', () => {
  test('never depends on the order of the rows', () => {
    fc.assert(
      fc.property(
        oddDay.chain((day) =>
          fc.tuple(fc.constant(day), fc.shuffledSubarray(day, { minLength: day.length })),
        ),
        ([day, shuffled]) => {
          expect(rank(shuffled)).toEqual(rank(day));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('never puts a paper lower for more votes, all else equal', () => {
    fc.assert(
      fc.property(oddDay, fc.nat(), fc.nat(2_000_000), fc.nat(2_000_000), (day, place, some, more) => {
        const chosen = day[place % day.length];
        if (!chosen) return;
        const placeWith = (votes: number): number => {
          const changed = {
            ...voted(chosen.paper, votes, 5),
            signals: [{ ...count('upvotes', votes, 0), paperId: chosen.paper.id }],
          };
          return ids(rank(day.map((one) => (one === chosen ? changed : one)))).indexOf(chosen.paper.id);
        };
        expect(placeWith(some + more)).toBeLessThanOrEqual(placeWith(some));
      }),
      { numRuns: 60 },
    );
  });

  test('of odd papers has no NaN, each paper once, and an explanation for every pick', () => {
    fc.assert(
      fc.property(oddDay, (day) => {
        const ranked = rank(day);
        expect(ids(ranked).toSorted()).toEqual(day.map((one) => one.paper.id).toSorted());
        for (const { score } of ranked) {
          const numbers = [
            score.value,
            score.ageHours,
            score.shareIn,
            ...score.parts.map((part) => part.value),
          ];
          expect(numbers.every(Number.isFinite)).toBe(true);
          expect(score.parts.reduce((sum, part) => sum + part.value, 0)).toBe(score.value);
        }
        const picks = selectedPapers(
          select({
            candidates: ranked,
            topics: ['agents', 'robots'],
            picksPerTopic: 5,
            picksOutside: 3,
            alsoNew: 9,
          }),
        );
        expect(new Set(picks.map((pick) => pick.ranked.candidate.paper.id)).size).toBe(picks.length);
        for (const { ranked: picked, topic: section } of picks) {
          const line = [whyLine(picked, section, new Map()), ...scoreFacts(picked.score)].join(' ');
          expect(line).not.toMatch(/NaN|Infinity|undefined/);
          expect(line).not.toBe('');
        }
      }),
      { numRuns: 60 },
    );
  });

  test('is by votes expected at the end when votes fall: the last count holds', () => {
    const subject = paper(1);
    const fallen = { ...voted(subject, 0), signals: [count('upvotes', 40, 4), count('upvotes', 3, 1)] };
    const [first] = rank([fallen]);
    expect(first?.counts.upvotes).toBe(3);
    expect(first?.score.parts[0]).toEqual({ name: 'votes now', value: 3 });
  });

  test('holds where the votes of half of the papers are not known', () => {
    const day = Array.from({ length: 40 }, (_, place) =>
      place % 2 === 0 ? voted(paper(place), place) : unvoted(paper(place)),
    );
    const ranked = rank(day);
    const votes = ranked.flatMap(({ counts }) => counts.upvotes ?? []);
    expect(votes).toEqual(votes.toSorted((a, b) => b - a));
    expect(ranked.filter(({ score }) => score.missing.includes('upvotes'))).toHaveLength(20);
  });

  test('is there for a day of one paper and for a day of 5,000', () => {
    expect(rank([voted(paper(1), 3)])).toHaveLength(1);
    const day = Array.from({ length: 5000 }, (_, place) => voted(paper(place), (place * 7919) % 1000));
    const ranked = rank(day);
    expect(new Set(ids(ranked)).size).toBe(5000);
    const { sections, outside } = select({
      candidates: ranked,
      topics: ['agents'],
      picksPerTopic: 5,
      picksOutside: 3,
      alsoNew: 10,
    });
    expect(sections).toEqual([]);
    expect(outside.map((pick) => [pick.topic, pick.ranked.counts.upvotes])).toEqual([
      [outsideKey, 999],
      [outsideKey, 999],
      [outsideKey, 999],
    ]);
  });

  test('reads nothing that was counted later', () => {
    const early = voted(paper(1), 5);
    const later = {
      ...early,
      signals: [...early.signals, { ...count('upvotes', 1_000_000, -0.1), paperId: early.paper.id }],
    };
    expect(rank([later])[0]?.score).toEqual(rank([early])[0]?.score);
    expect(later.signals[1]?.countedAt).toBeGreaterThan(hoursAgo(0));
  });
});
