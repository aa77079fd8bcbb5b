import { voteTerms } from '../prior.ts';
import type { Refit } from './fit.ts';
import { rounded, tableLines, warningOf } from './report.ts';

const nameWidth = 22;
const numberWidth = 10;

/** Old and new constants, then how both do on days that the new ones were not fitted on. */
export function refitLines({ stated, fitted, fittedOnDays, scores }: Refit): readonly string[] {
  const warning = scores && warningOf(scores);
  const row = (name: string, before: number, after: number): string =>
    name.padEnd(nameWidth) + before.toFixed(3).padStart(numberWidth) + after.toFixed(3).padStart(numberWidth);
  return [
    'constant'.padEnd(nameWidth) + 'stated'.padStart(numberWidth) + 'fitted'.padStart(numberWidth),
    row('A, share in', stated.curve.scale, fitted.curve.scale),
    row('B, share in', stated.curve.power, fitted.curve.power),
    row('kappa', stated.priorWeight, fitted.priorWeight),
    ...voteTerms.map((term) => row(`prior, ${term}`, stated.weights[term], fitted.weights[term])),
    '',
    ...(scores
      ? tableLines(`fitted on the first ${fittedOnDays} days, scored on the rest`, scores)
      : ['too few days to score what was fitted']),
    ...(warning === undefined ? [] : [warning]),
    '',
    'nothing was changed',
  ];
}

/** The same as one JSON document. */
export function refitDocument(result: Refit): string {
  return JSON.stringify(result, rounded, 2);
}
