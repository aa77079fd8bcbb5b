import { isShown, type Estimate } from './bootstrap.ts';
import type { ColdEstimates, ColdStart } from './cold-start.ts';
import { rounded, skippedLines } from './report.ts';

const titles = { auc: 'AUC', auc30: 'AUC, 30 votes', n10: 'nDCG@10', p10: 'P@10' } as const;
const measures = ['auc', 'auc30', 'n10', 'p10'] as const satisfies readonly (keyof ColdEstimates)[];
const nameWidth = 28;
const levelWidth = 28;

/** The result as text, a line each: levels with 95 % intervals, then what each way gains over hot keywords. */
export function coldLines(result: ColdStart, untold: number): readonly string[] {
  const { papers, listed, folds, days, results, skipped } = result;
  return [
    `${papers} papers of lists without votes, ${listed} of them listed where people vote`,
    ...(untold > 0
      ? [
          `${untold} more are left out: only a list with votes told their text; import lists without votes first`,
        ]
      : []),
    ...folds.map(
      (fold) =>
        `fold ${fold.from} to ${fold.to}: ${fold.days} days, learned from ${fold.lessons} papers before`,
    ),
    ...(results.length > 0
      ? [
          '',
          head(`level over ${days} days`),
          ...results.map(({ name, level }) => name.padEnd(nameWidth) + cells(level, levelText)),
          '',
          head('less hot keywords'),
          ...results.flatMap(({ name, difference }) =>
            difference ? [name.padEnd(nameWidth) + cells(difference, differenceText)] : [],
          ),
        ]
      : []),
    ...skippedLines(skipped),
    '',
    results.length > 0 ? 'nothing was changed' : 'no day could be tested',
  ];
}

function head(title: string): string {
  return title.padEnd(nameWidth) + measures.map((name) => titles[name].padStart(levelWidth)).join('');
}

/** The same as one JSON document. */
export function coldDocument(result: ColdStart, untold: number): string {
  return JSON.stringify({ ...result, untold }, rounded, 2);
}

function cells(of: ColdEstimates, text: (estimate: Estimate) => string): string {
  return measures
    .map((name) => {
      const estimate = of[name];
      return (estimate ? text(estimate) : 'no such paper').padStart(levelWidth);
    })
    .join('');
}

function levelText({ mean, low, high }: Estimate): string {
  return `${mean.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
}

function differenceText(estimate: Estimate): string {
  return isShown(estimate) ? levelText(estimate) : 'no difference shown';
}
