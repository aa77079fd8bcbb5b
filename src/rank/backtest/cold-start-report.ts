import { isShown, type Estimate } from './bootstrap.ts';
import { coldBaseline, type ColdEstimates, type ColdStart } from './cold-start.ts';
import { rounded } from './report.ts';

const titles = {
  auc: 'AUC',
  auc30: 'AUC, 30 votes',
  n10: 'nDCG@10',
  p10: 'P@10',
} as const satisfies Readonly<Record<keyof ColdEstimates, string>>;
const measureNames = ['auc', 'auc30', 'n10', 'p10'] as const satisfies readonly (keyof ColdEstimates)[];
const nameWidth = 27;
const estimateWidth = 28;
/** Fewer days say little: one unusual day moves the mean. */
const fewDays = 30;

/** The result as text, a line each: folds, levels and differences with their 95 % intervals, skipped days. */
export function coldStartLines({
  papers,
  listed,
  folds,
  days,
  results,
  skipped,
}: ColdStart): readonly string[] {
  const lines = [
    `${papers} papers, ${listed} of them listed where people vote; ${days} days tested`,
    ...folds.map(
      (fold) => `  ${fold.from} to ${fold.to}: ${fold.days} days, learned of ${fold.lessons} papers before`,
    ),
    ...[...Map.groupBy(skipped, ({ reason }) => reason)].map(
      ([reason, dates]) => `  skipped, ${reason}: ${dates.length} days`,
    ),
  ];
  if (results.length === 0) return [...lines, 'no day could be tested'];
  return [
    ...lines,
    '',
    header('level'),
    ...results.map(({ name, level }) => row(name, level, levelText)),
    '',
    header(`less ${coldBaseline}`),
    ...results.flatMap(({ name, difference }) => (difference ? [row(name, difference, differenceText)] : [])),
    '',
    'Means over days, expected over ties. Intervals: bootstrap over days, 2,000 resamples.',
    ...(days < fewDays ? [`warning: ${days} days are few; ${fewDays} are the least to build on`] : []),
  ];
}

/** The result as one JSON document; numbers have six decimals, so that it is the same on every machine. */
export function coldStartDocument(result: ColdStart): string {
  const results = result.results.map((one) => ({
    ...one,
    ...(one.difference && { shown: measureNames.filter((name) => isDifferent(one.difference?.[name])) }),
  }));
  return JSON.stringify({ ...result, results }, rounded, 2);
}

function header(title: string): string {
  return title.padEnd(nameWidth) + measureNames.map((name) => titles[name].padStart(estimateWidth)).join('');
}

function row(name: string, estimates: ColdEstimates, text: (estimate: Estimate) => string): string {
  const cells = measureNames.map((measure) => {
    const estimate = estimates[measure];
    return (estimate ? text(estimate) : 'no such paper').padStart(estimateWidth);
  });
  return name.padEnd(nameWidth) + cells.join('');
}

function levelText({ mean, low, high }: Estimate): string {
  return `${mean.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`;
}

function differenceText(estimate: Estimate): string {
  if (!isShown(estimate)) return 'no difference shown';
  const { mean, low, high } = estimate;
  return `${signed(mean)} [${signed(low)}, ${signed(high)}]`;
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(4)}`;
}

function isDifferent(estimate: Estimate | undefined): boolean {
  return estimate !== undefined && isShown(estimate);
}
