import { measure } from './metrics.ts';

/** A paper as an order places it, with the most votes it ever had where people could vote for it. */
export interface ColdOutcome {
  /** Higher stands before; equal scores stand in no order. */
  readonly score: number;
  /** Undefined for a paper that was never on such a list. */
  readonly votes?: number;
}

/** How well an order of one day's papers finds those that get onto a list with votes; 0 to 1, expected over ties. */
export interface ColdMeasures {
  /** The chance that one of them stands before one of the others. */
  readonly auc: number;
  /** The same for papers with 30 votes and more; undefined on a day without one. */
  readonly auc30: number | undefined;
  /** nDCG of the first ten, gain ln(2 + votes), 0 for a paper that was not listed. */
  readonly n10: number;
  /** The share of listed papers among the first ten. */
  readonly p10: number;
}

const manyVotes = 30;
const places = 10;

/** The measures of one day; it needs at least one paper of either kind. */
export function coldMeasures(rows: readonly ColdOutcome[]): ColdMeasures {
  // `measure` has the gain ln(1 + truth).
  const truths = rows.map(({ score, votes }) => ({ score, truth: votes === undefined ? 0 : votes + 1 }));
  return {
    auc: areaUnderCurve(rows, ({ votes }) => votes !== undefined) ?? 0.5,
    auc30: areaUnderCurve(rows, ({ votes = 0 }) => votes >= manyVotes),
    n10: measure(
      truths,
      truths.map(({ truth }) => truth),
    ).n10,
    p10: precision(rows),
  };
}

function areaUnderCurve(
  rows: readonly ColdOutcome[],
  isFound: (row: ColdOutcome) => boolean,
): number | undefined {
  const [found, others] = [rows.filter(isFound), rows.filter((row) => !isFound(row))];
  if (found.length === 0 || others.length === 0) return undefined;
  let before = 0;
  for (const { score } of found) {
    for (const other of others) before += (Math.sign(score - other.score) + 1) / 2;
  }
  return before / found.length / others.length;
}

function precision(rows: readonly ColdOutcome[]): number {
  let [left, hits] = [places, 0];
  const groups = [...Map.groupBy(rows, (row) => row.score)].toSorted(([a], [b]) => b - a);
  for (const [, group] of groups) {
    const taken = Math.min(left, group.length);
    hits += (taken / group.length) * group.filter(({ votes }) => votes !== undefined).length;
    left -= taken;
  }
  return hits / places;
}
