import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RankedPaper } from '../../src/rank/rank.ts';
import { rankPapers } from '../../src/rank/rank.ts';
import type { Candidate } from '../../src/domain/candidate.ts';
import type { Selection } from '../../src/rank/select.ts';
import { select, selectedPapers } from '../../src/rank/select.ts';
import { compileTopics } from '../../src/rank/topics.ts';
import { authors, now, paper, topic, unvoted, voted } from './candidates.ts';

const topics = compileTopics([topic('alpha'), topic('beta'), topic('gamma')]);

interface Limits {
  readonly topics: readonly string[];
  readonly picksPerTopic: number;
  readonly picksOutside: number;
  readonly alsoNew: number;
}
const usual: Limits = { topics: ['alpha', 'beta'], picksPerTopic: 2, picksOutside: 1, alsoNew: 12 };

function selected(candidates: readonly Candidate[], limits: Partial<Limits> = {}): Selection {
  return select({ candidates: rankPapers({ candidates, topics, now }), ...usual, ...limits });
}

function numbers(papers: readonly RankedPaper[]): readonly number[] {
  return papers.map((ranked) => Number(ranked.candidate.paper.id.slice(-5)));
}

/** The selection in short: topic, then the last digits of its papers. */
function inShort(selection: Selection): Record<string, readonly number[]> {
  return {
    ...Object.fromEntries(
      selection.sections.map(({ topic, picks }) => [topic, numbers(picks.map((pick) => pick.ranked))]),
    ),
    outside: numbers(selection.outside.map((pick) => pick.ranked)),
    alsoNew: numbers(selection.alsoNew),
  };
}

describe('a selection', () => {
  test('puts each paper once, in the topic it matches best, the best first', () => {
    const selection = selected([
      voted(paper(1, { title: 'alpha' }), 10),
      voted(paper(2, { title: 'beta', abstract: 'alpha alpha alpha' }), 30),
      voted(paper(3, { title: 'beta alpha' }), 20),
    ]);
    expect(inShort(selection)).toEqual({ alpha: [3, 1], beta: [2], outside: [], alsoNew: [] });
    expect(selectedPapers(selection).map(({ topic, alsoIn, rank }) => ({ topic, alsoIn, rank }))).toEqual([
      { topic: 'beta', alsoIn: ['alpha'], rank: 1 },
      { topic: 'alpha', alsoIn: ['beta'], rank: 2 },
      { topic: 'alpha', alsoIn: [], rank: 3 },
    ]);
  });

  test('stands in the order of the digest, and a section without picks is not there', () => {
    const candidates = [voted(paper(1, { title: 'alpha' }), 10), voted(paper(2, { title: 'gamma' }), 30)];
    const order = ['gamma', 'beta', 'alpha'];
    expect(selected(candidates, { topics: order }).sections.map((section) => section.topic)).toEqual([
      'gamma',
      'alpha',
    ]);
  });

  test('gives a strong paper whose section is full the place of a weaker one in its next', () => {
    const both = { title: 'alpha alpha', abstract: 'beta and beta and beta' };
    const candidates = [
      voted(paper(1, both), 50),
      voted(paper(2, both), 40),
      voted(paper(3, both), 30),
      voted(paper(4, { title: 'beta' }), 20),
      voted(paper(5, { title: 'beta' }), 10),
    ];
    expect(inShort(selected(candidates))).toEqual({ alpha: [1, 2], beta: [3, 4], outside: [], alsoNew: [5] });
  });

  test('takes outside only what is in none of the digest topics, even where those are full', () => {
    const candidates = [
      voted(paper(1, { title: 'alpha' }), 50),
      voted(paper(2, { title: 'alpha' }), 40),
      voted(paper(3, { title: 'alpha' }), 30),
      voted(paper(4, { title: 'gamma' }), 20),
      voted(paper(5), 25),
    ];
    expect(inShort(selected(candidates))).toEqual({ alpha: [1, 2], outside: [5], alsoNew: [3] });
    const two = selected(candidates, { picksOutside: 2 });
    expect(two.outside.map((pick) => [pick.topic, pick.alsoIn])).toEqual([
      ['outside', []],
      ['outside', ['gamma']],
    ]);
  });

  test('names by title only new papers of the digest topics, up to the limit', () => {
    const old = { ...voted(paper(2, { title: 'alpha' }), 40), isNew: false };
    const candidates = [
      old,
      voted(paper(1), 3),
      ...[3, 4, 5].map((number) => voted(paper(number, { title: 'alpha' }), number)),
    ];
    const none = { picksPerTopic: 0, picksOutside: 0 };
    expect(inShort(selected(candidates, none))).toEqual({ outside: [], alsoNew: [5, 4, 3] });
    expect(inShort(selected(candidates, { ...none, alsoNew: 1 }))).toEqual({ outside: [], alsoNew: [5] });
  });

  test('does not fill a section with papers that people could vote for and did not', () => {
    const candidates = [
      voted(paper(1, { title: 'alpha' }), 9, 25),
      voted(paper(2, { title: 'alpha' }), 1, 25),
      voted(paper(3, { title: 'beta' }), 0, 25),
    ];
    expect(inShort(selected(candidates))).toEqual({ alpha: [1], outside: [], alsoNew: [2, 3] });
  });

  test('takes a paper just listed by what is usual for papers like it', () => {
    expect(inShort(selected([voted(paper(1, { title: 'alpha' }), 0, 0.5)]))).toMatchObject({ alpha: [1] });
  });

  test('does not put papers without votes beside better ones with votes, unless much is expected', () => {
    const crowd = { authors: authors(40), categories: ['cs.CL'] };
    const candidates = [
      voted(paper(1, { title: 'alpha' }), 9),
      unvoted(paper(2, { title: 'alpha' })),
      voted(paper(3, { title: 'beta' }), 9),
      unvoted(paper(4, { title: 'beta', ...crowd })),
    ];
    expect(inShort(selected(candidates))).toEqual({ alpha: [1], beta: [3, 4], outside: [], alsoNew: [2] });
  });

  test('works on a day with no votes at all: the best of each topic, and nothing far below them', () => {
    const candidates = [
      unvoted(paper(1, { title: 'alpha', authors: authors(9) })),
      unvoted(paper(2, { title: 'alpha', authors: authors(8) })),
      unvoted(paper(3, { title: 'beta', authors: authors(9) })),
      unvoted(paper(4, { title: 'beta', authors: authors(1) })),
      unvoted(paper(5)),
    ];
    expect(inShort(selected(candidates))).toEqual({ alpha: [1, 2], beta: [3], outside: [5], alsoNew: [4] });
  });

  test('of nothing is empty', () => {
    expect(selected([])).toEqual({ sections: [], outside: [], alsoNew: [] });
  });
});

const anyCandidate = fc
  .record({
    votes: fc.option(fc.nat(80)),
    hours: fc.integer({ min: 0, max: 60 }),
    title: fc.subarray(['alpha', 'beta', 'gamma'], { minLength: 0 }),
    abstract: fc.subarray(['alpha alpha alpha', 'beta beta', 'beta', 'gamma gamma gamma']),
    authorCount: fc.nat(60),
    isNew: fc.boolean(),
  })
  .map(({ votes, hours, title, abstract, authorCount, isNew }) => (number: number): Candidate => {
    const subject = paper(number, {
      title: title.join(' '),
      abstract: abstract.join(', '),
      authors: authors(authorCount),
    });
    return { ...(votes === null ? unvoted(subject, hours) : voted(subject, votes, hours)), isNew };
  });
const manyCandidates = fc
  .array(anyCandidate, { maxLength: 30 })
  .map((makers) => makers.map((make, place) => make(place + 1)));
const anyLimits = fc.record({
  topics: fc.shuffledSubarray(['alpha', 'beta', 'gamma']),
  picksPerTopic: fc.nat(4),
  picksOutside: fc.nat(3),
  alsoNew: fc.nat(5),
});

describe('whatever the candidates and limits', () => {
  test('the same candidates in any order give the same selection', () => {
    fc.assert(
      fc.property(
        manyCandidates.chain((candidates) =>
          fc.tuple(
            fc.constant(candidates),
            fc.shuffledSubarray(candidates, { minLength: candidates.length }),
          ),
        ),
        anyLimits,
        ([candidates, shuffled], limits) => {
          expect(selected(shuffled, limits)).toEqual(selected(candidates, limits));
        },
      ),
    );
  });

  test('no paper stands twice, limits are kept, places are 1, 2, 3 by score', () => {
    fc.assert(
      fc.property(manyCandidates, anyLimits, (candidates, limits) => {
        const selection = selected(candidates, limits);
        const picks = selectedPapers(selection);
        const ids = [...picks.map((pick) => pick.ranked), ...selection.alsoNew].map(
          (ranked) => ranked.candidate.paper.id,
        );
        expect(new Set(ids).size).toBe(ids.length);
        expect(picks.map((pick) => pick.rank)).toEqual(picks.map((_, place) => place + 1));
        const scores = picks.map((pick) => pick.ranked.score.value);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
        for (const section of selection.sections) {
          expect(limits.topics).toContain(section.topic);
          expect(section.picks.length).toBeGreaterThan(0);
          expect(section.picks.length).toBeLessThanOrEqual(limits.picksPerTopic);
        }
        expect(selection.outside.length).toBeLessThanOrEqual(limits.picksOutside);
        expect(selection.alsoNew.length).toBeLessThanOrEqual(limits.alsoNew);
      }),
    );
  });

  test('a paper left out is never better than one shown in a topic it belongs to, where it is good enough', () => {
    fc.assert(
      fc.property(manyCandidates, anyLimits, (candidates, limits) => {
        fc.pre(limits.picksPerTopic > 0);
        const selection = selected(candidates, limits);
        const shown = new Set(selectedPapers(selection).map((pick) => pick.ranked.candidate.paper.id));
        const left = rankPapers({ candidates, topics, now }).filter(
          (ranked) => !shown.has(ranked.candidate.paper.id) && ranked.score.value >= 2,
        );
        for (const ranked of left) {
          for (const { topic } of ranked.matches.filter((match) => limits.topics.includes(match.topic))) {
            const picks = selection.sections.find((section) => section.topic === topic)?.picks ?? [];
            expect(picks.length).toBe(limits.picksPerTopic);
            expect(picks.at(-1)?.ranked.score.value).toBeGreaterThanOrEqual(ranked.score.value);
          }
        }
      }),
    );
  });

  test('one vote more never lowers a paper', () => {
    fc.assert(
      fc.property(manyCandidates, anyLimits, fc.nat(29), (candidates, limits, place) => {
        const lucky = candidates[place];
        fc.pre(lucky !== undefined && lucky.hasVotes);
        const { id } = lucky?.paper ?? paper(0);
        const after = candidates.map((candidate) =>
          candidate.paper.id === id
            ? {
                ...candidate,
                signals: candidate.signals.map((signal) => ({ ...signal, value: signal.value + 1 })),
              }
            : candidate,
        );
        const placeOf = (all: readonly Candidate[]): number =>
          rankPapers({ candidates: all, topics, now }).findIndex(
            (ranked) => ranked.candidate.paper.id === id,
          );
        const rankOf = (all: readonly Candidate[]): number =>
          selectedPapers(selected(all, limits)).find((pick) => pick.ranked.candidate.paper.id === id)?.rank ??
          Infinity;
        expect(placeOf(after)).toBeLessThanOrEqual(placeOf(candidates));
        expect(rankOf(after)).toBeLessThanOrEqual(rankOf(candidates));
      }),
    );
  });
});
