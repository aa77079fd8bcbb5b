import { statedWeights, expectedVotes, voteSignals, voteTerms, type VoteWeights } from '../prior.ts';
import { ageHours, shareOfVotesIn, statedModel, type ScoreModel, type ShareCurve } from '../score.ts';
import { expectedVotesFormula, rawVotes } from './baselines.ts';
import type { ReplayedDay } from './replay.ts';
import { measured, tableOf, type Table } from './table.ts';

/** All that a score rests on, as numbers. */
export interface Constants {
  readonly curve: ShareCurve;
  readonly priorWeight: number;
  readonly weights: VoteWeights;
}

export const statedConstants: Constants = {
  curve: statedModel.curve,
  priorWeight: statedModel.priorWeight,
  weights: statedWeights,
};

export interface Refit {
  readonly stated: Constants;
  /** Fitted on all days. */
  readonly fitted: Constants;
  /** The days that `scores` does not see: constants fitted on these are scored on the rest. */
  readonly fittedOnDays: number;
  /** Raw votes, the stated constants, the fitted ones, on the last third of the days; undefined for fewer than three. */
  readonly scores: Table | undefined;
}

/** Votes are spread over ages of 0 to 24 h in a first day. */
const curveHours = 24;
const curveScales = Array.from({ length: 160 }, (_, step) => 0.5 * 1.03 ** step);
const curvePowers = Array.from({ length: 55 }, (_, step) => 0.3 + step * 0.05);
const priorWeights = Array.from({ length: 19 }, (_, step) => (step + 2) / 20);
/** So that a signal that no paper has gets the weight 0 and not a division by it. */
const ridge = 1e-3;

/**
 * The constants fitted anew on replayed days, and how the old and new ones do on days that the new ones did not see.
 * Nothing is changed. Needs at least one day with a paper.
 */
export function refit(days: readonly ReplayedDay[]): Refit {
  const fittedOnDays = Math.floor((days.length * 2) / 3);
  const candidates = [
    { name: 'EV, stated constants', constants: statedConstants },
    { name: 'EV, fitted constants', constants: fitConstants(days.slice(0, fittedOnDays)) },
  ];
  const formulas = [
    rawVotes,
    ...candidates.map(({ name, constants }) => expectedVotesFormula(name, modelOf(constants))),
  ];
  const apart = days.slice(fittedOnDays);
  const rows = formulas.map((formula) => ({
    name: formula.name,
    values: apart.map((day) => measured(day, formula)),
  }));
  return {
    stated: statedConstants,
    fitted: fitConstants(days),
    fittedOnDays,
    scores: fittedOnDays > 0 ? tableOf(apart, [...apart.keys()], rows) : undefined,
  };
}

function modelOf({ curve, priorWeight, weights }: Constants): ScoreModel {
  return {
    ...statedModel,
    curve,
    priorWeight,
    expectedVotes: (paper, now) => expectedVotes(paper, now, weights),
  };
}

/** The stated constants where there is nothing to fit on. */
export function fitConstants(days: readonly ReplayedDay[]): Constants {
  if (days.length === 0) return statedConstants;
  const curve = fitCurve(days);
  const weights = fitWeights(days);
  let best = { priorWeight: statedConstants.priorWeight, d: -Infinity };
  for (const priorWeight of priorWeights) {
    const formula = expectedVotesFormula('', modelOf({ curve, priorWeight, weights }));
    const d = days.reduce((sum, day) => sum + measured(day, formula).d, 0);
    if (d > best.d) best = { priorWeight, d };
  }
  return { curve, priorWeight: best.priorWeight, weights };
}

/** Least squares of the share of votes in, by the hour of age, each hour weighted by its votes. */
function fitCurve(days: readonly ReplayedDay[]): ShareCurve {
  const hours = Array.from({ length: curveHours }, () => ({ now: 0, end: 0, age: 0 }));
  for (const { papers, sendAt } of days) {
    for (const { candidate, counts, truth } of papers) {
      const age = ageHours(candidate, sendAt);
      const hour = hours[Math.floor(age)];
      if (!hour) continue;
      hour.now += counts.upvotes ?? 0;
      hour.end += truth;
      hour.age += age * truth;
    }
  }
  const seen = hours
    .filter((hour) => hour.end > 0)
    .map(({ now, end, age }) => ({ share: now / end, age: age / end, weight: end }));
  let best = { curve: statedConstants.curve, error: Infinity };
  if (seen.length < 2) return best.curve;
  for (const power of curvePowers) {
    for (const scale of curveScales) {
      const curve = { scale, power };
      const error = seen.reduce(
        (sum, { share, age, weight }) => sum + weight * (share - shareOfVotesIn(age, curve)) ** 2,
        0,
      );
      if (error < best.error) best = { curve, error };
    }
  }
  return best.curve;
}

/** Ridge regression of ln(1 + votes at the end) on the signals of the stated prior. */
function fitWeights(days: readonly ReplayedDay[]): VoteWeights {
  const size = voteTerms.length;
  const matrix = Array.from({ length: size }, () => Array.from({ length: size + 1 }, () => 0));
  for (const { papers, sendAt } of days) {
    for (const { candidate, truth } of papers) {
      const signals = voteSignals(candidate.paper, sendAt);
      const values = [...voteTerms.map((term) => signals[term]), Math.log1p(truth)];
      for (const [place, row] of matrix.entries()) {
        for (const [column, value] of values.entries()) {
          row[column] = (row[column] ?? 0) + (values[place] ?? 0) * value;
        }
      }
    }
  }
  for (const [place, row] of matrix.entries()) row[place] = (row[place] ?? 0) + ridge;
  const solved = solve(matrix);
  const weight = (term: keyof VoteWeights): number => solved[voteTerms.indexOf(term)] ?? 0;
  return {
    constant: weight('constant'),
    authors: weight('authors'),
    organization: weight('organization'),
    code: weight('code'),
    project: weight('project'),
    media: weight('media'),
    days: weight('days'),
    followers: weight('followers'),
  };
}

/** Solves a symmetric positive definite system, its right side in the last column, by elimination without pivots. */
function solve(system: readonly number[][]): readonly number[] {
  const rows = system.map((row) => [...row]);
  for (const [place, pivot] of rows.entries()) {
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = (row[place] ?? 0) / (pivot[place] ?? 1);
      for (let column = place; column < row.length; column += 1) {
        row[column] = (row[column] ?? 0) - factor * (pivot[column] ?? 0);
      }
    }
  }
  return rows.map((row, place) => (row.at(-1) ?? 0) / (row[place] ?? 1));
}
