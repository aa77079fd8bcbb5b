import { describe, expect, test } from 'vitest';
import { statedWeights } from '../../../src/rank/prior.ts';
import { expectedVotes } from '../../../src/rank/prior.ts';
import { mulberry32 } from '../../../src/rank/backtest/bootstrap.ts';
import { fitConstants, refit, statedConstants } from '../../../src/rank/backtest/fit.ts';
import { refitDocument, refitLines } from '../../../src/rank/backtest/fit-report.ts';
import { shareOfVotesIn } from '../../../src/rank/score.ts';
import { authors, paper } from '../candidates.ts';
import { replayedDay } from './past.ts';

/** Days whose votes come in by a known curve, and whose papers get the votes that known weights say. */
function knownDays(count: number) {
  const random = mulberry32(3);
  return Array.from({ length: count }, (_, place) =>
    replayedDay(
      place,
      Array.from({ length: 12 }, (_, number) => {
        const said = {
          authors: authors(1 + Math.floor(random() * 40)),
          links: {
            abstract: 'https://papers.example.org/1',
            ...(number % 2 === 0 && { code: 'https://code.example.org/1' }),
            ...(number % 3 === 0 && { project: 'https://project.example.org/1' }),
          },
          mediaCount: number % 4,
          ...(number % 5 === 0 && { organization: 'Example' }),
          submitterFollowers: Math.floor(random() * 300),
        };
        const hours = 1 + (number % 8);
        // Many votes, so that rounding to whole ones does not matter.
        const end = 1000 * (1 + expectedVotes(paper(1, said), paper(1).submittedAt ?? 0, weights)) - 1;
        return { now: Math.round(end * shareOfVotesIn(hours, curve)), end, hours, said };
      }),
    ),
  );
}

const curve = { scale: 8, power: 1.1 };
const weights = { ...statedWeights, authors: 0.4, code: 0.5, days: 0 };

describe('the fit', () => {
  const days = knownDays(30);

  test('finds the curve that the votes came in by', () => {
    const fitted = fitConstants(days);
    for (const hours of [1, 2, 4, 8]) {
      expect(shareOfVotesIn(hours, fitted.curve)).toBeCloseTo(shareOfVotesIn(hours, curve), 2);
    }
  });

  test('finds the weights that the votes were made with', () => {
    const fitted = fitConstants(days).weights;
    expect(fitted.authors).toBeCloseTo(weights.authors, 2);
    expect(fitted.code).toBeCloseTo(weights.code, 2);
    expect(fitted.organization).toBeCloseTo(weights.organization, 2);
    expect(fitted.project).toBeCloseTo(weights.project, 2);
  });

  test('gives a signal that no paper has no weight', () => {
    const bare = Array.from({ length: 4 }, (_, place) =>
      replayedDay(
        place,
        [9, 4, 2, 1].map((end) => ({ now: end - 1, end })),
      ),
    );
    const fitted = fitConstants(bare);
    expect(fitted.weights.organization).toBe(0);
    expect(Object.values(fitted.weights).every(Number.isFinite)).toBe(true);
    expect(fitted.curve.scale).toBeGreaterThan(0);
  });

  test('scores old and new constants on days that the new ones were not fitted on', () => {
    const result = refit(days);
    expect(result.fittedOnDays).toBe(20);
    expect(result.scores).toMatchObject({ days: 10, firstDate: days[20]?.listDate });
    expect(result.scores?.rows.map((row) => row.name)).toEqual([
      'raw votes',
      'EV, stated constants',
      'EV, fitted constants',
    ]);
    expect(result.stated).toEqual(statedConstants);
    expect(refitLines(result).at(-1)).toBe('nothing was changed');
    expect(refitLines(result)).toContain('warning: 10 days are few; 30 are the least to build on');
  });

  test('of no days keeps the stated constants and scores nothing', () => {
    const result = refit([]);
    expect(result).toMatchObject({ fitted: statedConstants, fittedOnDays: 0 });
    expect(refitLines(result)).toContain('too few days to score what was fitted');
    expect(refitDocument(result)).not.toContain('null');
  });
});
