/** A paper as one order places it and as it came out. */
export interface Outcome {
  /** Higher stands before; equal scores stand in no order. */
  readonly score: number;
  /** Its votes at the end, from 0. */
  readonly truth: number;
}

/** How well an order of one day agrees with its end; every value is the expected one over ties in the score. */
export interface Measures {
  /** nDCG of the first five and ten, gain ln(1 + votes), against the best order of the same papers: 0 to 1. */
  readonly n5: number;
  readonly n10: number;
  /** As `n5`, with the votes themselves as the gain. */
  readonly l5: number;
  /** Share of the first three that end among the three with the most votes, 0 to 1. */
  readonly p3: number;
  /** Somers' D, -1 to 1: pairs in the right order less those in the wrong one; a tie in the score is half right. */
  readonly d: number;
  /** As `n5` and `n10`, against the best order of the whole late list: papers listed later count as lost. */
  readonly a5: number;
  readonly a10: number;
}

export const measureNames = [
  'n5',
  'n10',
  'l5',
  'p3',
  'd',
  'a5',
  'a10',
] as const satisfies readonly (keyof Measures)[];

const hitPlaces = 3;

/**
 * The measures of one day. `allTruth` holds the votes at the end of the whole late list, these papers among them.
 *
 * Nearly a third of the papers of a day share their votes with another one: an order that breaks such ties by list
 * place or id would be praised or blamed for it, and tau-b rewards ties; hence expected values and Somers' D.
 */
export function measure(rows: readonly Outcome[], allTruth: readonly number[]): Measures {
  const groups = tieGroups(rows);
  const best = rows.map((row) => row.truth).toSorted((a, b) => b - a);
  const allBest = allTruth.toSorted((a, b) => b - a);
  const gains = gainsByPlace(groups, Math.log1p);
  const ideal = best.map((truth) => Math.log1p(truth));
  const allIdeal = allBest.map((truth) => Math.log1p(truth));
  const votes = gainsByPlace(groups, (truth) => truth);
  return {
    n5: share(gains, ideal, 5),
    n10: share(gains, ideal, 10),
    l5: share(votes, best, 5),
    p3: hits(groups, best),
    d: somersD(rows),
    a5: share(gains, allIdeal, 5),
    a10: share(gains, allIdeal, 10),
  };
}

/** Rows of equal score together, highest score first. */
function tieGroups(rows: readonly Outcome[]): readonly (readonly Outcome[])[] {
  return [...Map.groupBy(rows, (row) => row.score)].toSorted(([a], [b]) => b - a).map(([, group]) => group);
}

/** The gain to expect at each place: within a tie, the mean of the group. */
function gainsByPlace(groups: readonly (readonly Outcome[])[], gain: (votes: number) => number): number[] {
  return groups.flatMap((group) => {
    const mean = group.reduce((sum, row) => sum + gain(row.truth), 0) / group.length;
    return group.map(() => mean);
  });
}

function discounted(gains: readonly number[], places: number): number {
  return gains.slice(0, places).reduce((sum, gain, place) => sum + gain / Math.log2(place + 2), 0);
}

/** 1 where nobody voted for anything: every order is as good as the best. */
function share(own: readonly number[], best: readonly number[], places: number): number {
  const most = discounted(best, places);
  return most === 0 ? 1 : discounted(own, places) / most;
}

/** A paper with as many votes as the third counts among the three, too. */
function hits(groups: readonly (readonly Outcome[])[], best: readonly number[]): number {
  const places = Math.min(hitPlaces, best.length);
  const bar = best[places - 1] ?? 0;
  let [left, sum] = [places, 0];
  for (const group of groups) {
    const taken = Math.min(left, group.length);
    sum += (taken / group.length) * group.filter((row) => row.truth >= bar).length;
    left -= taken;
  }
  return places === 0 ? 1 : sum / places;
}

function somersD(rows: readonly Outcome[]): number {
  let [right, pairs] = [0, 0];
  for (const [place, row] of rows.entries()) {
    for (const other of rows.slice(place + 1)) {
      if (row.truth === other.truth) continue;
      pairs += 1;
      right += Math.sign(row.score - other.score) * Math.sign(row.truth - other.truth);
    }
  }
  return pairs === 0 ? 0 : right / pairs;
}
