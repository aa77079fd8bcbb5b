import { ageHours, scoreCandidate, statedModel, type ScoreModel } from '../score.ts';
import type { Instant } from '../../domain/time.ts';
import type { ReplayedPaper } from './replay.ts';

/** A way to order the papers of a day. */
export interface Formula {
  readonly name: string;
  /** Higher stands before; equal scores stand in no order. */
  readonly score: (paper: ReplayedPaper, now: Instant) => number;
}

/** The formula that all others are compared with: the source's own order. */
export const rawVotes: Formula = { name: 'raw votes', score: votes };

/** Votes expected for every paper where nothing is known of it. */
const votesOfAny = 9;
const secondsPerHour = 3600;

/**
 * The formulas in use elsewhere, and EV with less than all its parts. Ages count from being listed. A count that is
 * not known is 0, as in the formulas' own products.
 */
export const baselines: readonly Formula[] = [
  { name: 'random', score: () => 0 },
  { name: 'newest', score: (paper, now) => -ageHours(paper.candidate, now) },
  { name: 'comments', score: ({ counts }) => counts.comments ?? 0 },
  { name: 'GitHub stars', score: ({ counts }) => counts.stars ?? 0 },
  rawVotes,
  { name: 'votes an hour', score: (paper, now) => votes(paper) / ageHours(paper.candidate, now) },
  {
    name: 'Hacker News',
    score: (paper, now) => (votes(paper) - 1) / (ageHours(paper.candidate, now) + 2) ** 1.8,
  },
  {
    name: 'Reddit hot',
    score: (paper, now) =>
      Math.log10(Math.max(1, votes(paper))) - (ageHours(paper.candidate, now) * secondsPerHour) / 45_000,
  },
  {
    name: 'ln(u+2) - 0.3 ln(a)',
    score: (paper, now) => Math.log(votes(paper) + 2) - 0.3 * Math.log(ageHours(paper.candidate, now)),
  },
  expectedVotesFormula('EV, kappa 0', { ...statedModel, priorWeight: 0 }),
  expectedVotesFormula('EV0', { ...statedModel, expectedVotes: () => votesOfAny }),
  expectedVotesFormula('EV, stated constants', statedModel),
];

/** The order of the editions, by another model. */
export function expectedVotesFormula(name: string, model: ScoreModel): Formula {
  return {
    name,
    score: ({ candidate, counts }, now) => scoreCandidate(candidate, counts, now, undefined, model).value,
  };
}

function votes({ counts }: ReplayedPaper): number {
  return counts.upvotes ?? 0;
}
