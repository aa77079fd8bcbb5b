import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Paper } from '../../src/domain/paper.ts';
import { fitVotePrior, priorVotes, type VotedPaper } from '../../src/rank/vote-prior.ts';
import { authors, now, paper } from './candidates.ts';

const after = (said: Partial<Paper>, votes: number, number: number): VotedPaper => ({
  paper: paper(number, said),
  listedAt: now,
  votes,
});

/** Papers on cats get 40 votes, with code 80; others 3. */
const past = Array.from({ length: 40 }, (_, number): VotedPaper => {
  if (number % 2 === 0) return after({ title: 'Dogs that sleep' }, 3, number);
  const code = number % 4 === 1 ? { code: 'https://code.example.org/a/b' } : {};
  const links = { abstract: 'https://papers.example.org/', ...code };
  return after({ title: 'Cats that sleep', links }, number % 4 === 1 ? 80 : 40, number);
});

const votesOf = (said: Partial<Paper>, use: 'text' | 'static' | 'both' = 'both'): number =>
  priorVotes(paper(99, said), now, fitVotePrior(past, use)).value;

describe('the learned prior', () => {
  test('expects of a paper what papers like it had, by words and by static signals', () => {
    const links = { abstract: 'https://papers.example.org/', code: 'https://code.example.org/a/b' };
    expect(votesOf({ title: 'Cats that eat' }, 'text')).toBeGreaterThan(
      2 * votesOf({ title: 'Dogs that eat' }, 'text'),
    );
    expect(votesOf({ links }, 'static')).toBeGreaterThan(votesOf({}, 'static') + 1);
    expect(votesOf({ title: 'Cats that eat', links })).toBeGreaterThan(votesOf({ title: 'Cats that eat' }));
  });

  test('knows no words as a static one, and no signals as one of text', () => {
    expect(fitVotePrior(past, 'static').words).toBeUndefined();
    expect(votesOf({ title: 'Cats' }, 'static')).toBe(votesOf({ title: 'Dogs' }, 'static'));
    expect(fitVotePrior(past, 'text').scales).toBeUndefined();
    expect(votesOf({ authors: authors(2) }, 'text')).toBe(votesOf({ authors: authors(200) }, 'text'));
  });

  test.each(['text', 'static', 'both'] as const)('tells terms that add up to its logarithm (%s)', (use) => {
    const { value, terms } = priorVotes(
      paper(99, { title: 'Cats that never eat' }),
      now,
      fitVotePrior(past, use),
    );
    expect(Math.expm1(terms.reduce((sum, term) => sum + term.share, 0))).toBeCloseTo(value, 4);
    expect(terms[0]?.name).toBe('usual');
    expect(terms.some(({ name }) => name === '“cats”')).toBe(use !== 'static');
    expect(terms.some(({ name }) => name === 'authors')).toBe(use !== 'text');
  });

  test('is the same for the same papers in another order', () => {
    const orders = fc.shuffledSubarray(past, { minLength: past.length });
    fc.assert(
      fc.property(orders, (order) => {
        expect(fitVotePrior(order, 'both')).toEqual(fitVotePrior(past, 'both'));
      }),
      { numRuns: 5 },
    );
  });

  test('stays between 0 and 60 for any paper and any past votes', () => {
    const said = fc.record({
      title: fc.string({ unit: 'grapheme' }),
      abstract: fc.constantFrom('', 'Мы смотрим.', '我们看看。', 'Cats. '.repeat(3000)),
      authors: fc.constantFrom(authors(0), authors(1), authors(3303)),
      mediaCount: fc.constantFrom(0, 5000),
      submitterFollowers: fc.constantFrom(0, 1e9),
      submittedAt: fc.constantFrom(0, now, now + 1e12),
    });
    const votes = fc.constantFrom(-5, 0, 1, 1_000_000);
    fc.assert(
      fc.property(fc.array(fc.tuple(said, votes), { maxLength: 5 }), said, (lessons, asked) => {
        const prior = fitVotePrior(
          lessons.map(([told, count], number) => after(told, count, number)),
          'both',
        );
        const { value, terms } = priorVotes(paper(99, asked), now, prior);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(60);
        expect(terms.every(({ share }) => Number.isFinite(share))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('of no papers expects no votes', () => {
    expect(priorVotes(paper(1), now, fitVotePrior([], 'both')).value).toBe(0);
  });
});
