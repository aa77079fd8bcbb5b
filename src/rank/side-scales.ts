/** Mean and spread of each side signal over the papers that a model was fitted on. */
export interface SideScales {
  readonly means: readonly number[];
  /** Standard deviations; 1 where all papers were alike. */
  readonly spreads: readonly number[];
}

const nearlyEqual = 1e-9;

/** The scales of `count` side signals over these rows. */
export function fitSides(rows: readonly (readonly number[])[], count: number): SideScales {
  const average = (of: (row: readonly number[]) => number): number =>
    rows.reduce((sum, row) => sum + of(row), 0) / (rows.length || 1);
  const means = Array.from({ length: count }, (_, at) => average((row) => row[at] ?? 0));
  const spreads = means.map((mean, at) => {
    const spread = Math.sqrt(average((row) => ((row[at] ?? 0) - mean) ** 2));
    // What is left of equal numbers after rounding is no spread.
    return spread > nearlyEqual * Math.abs(mean) ? spread : 1;
  });
  return { means, spreads };
}

/** Side signals about their mean, in `weight` standard deviations. */
export function scaledSides(sides: readonly number[], scales: SideScales, weight: number): readonly number[] {
  return sides.map((side, at) => (weight * (side - (scales.means[at] ?? 0))) / (scales.spreads[at] ?? 1));
}
