import { addTo, solve } from './conjugate-gradient.ts';
import { columnSums, rowProducts, sparseRows, type LinearInput } from './sparse-rows.ts';

/** A weight for every word bucket and every side signal. */
export interface LinearModel {
  /** What it says of a paper about which nothing is known. */
  readonly mean: number;
  readonly words: Float32Array;
  readonly sides: Float64Array;
}

export interface TargetRow extends LinearInput {
  readonly target: number;
}

/** The model's value for one paper: for a logistic model the log-odds. */
export function linearValue(input: LinearInput, model: LinearModel): number {
  const { indices, values } = input.words;
  let sum = model.mean;
  for (let at = 0; at < indices.length; at += 1)
    sum += (values[at] ?? 0) * (model.words[indices[at] ?? 0] ?? 0);
  return input.sides.reduce((total, side, at) => total + side * (model.sides[at] ?? 0), sum);
}

/**
 * Least squares with a penalty of `alpha` on the squared weights, about the mean of the targets. Words beyond
 * `buckets` - 1 must not occur; without rows all weights are 0. Sums run in the order of the rows.
 */
export function fitRidge(rows: readonly TargetRow[], buckets: number, alpha: number): LinearModel {
  const matrix = sparseRows(rows, buckets, false);
  const mean = rows.reduce((sum, row) => sum + row.target, 0) / (rows.length || 1);
  const targets = Float64Array.from(rows, (row) => row.target - mean);
  const ones = new Float64Array(rows.length).fill(1);
  const diagonal = columnSums(matrix, ones, true).map((sum) => sum + alpha);
  const weights = solve(
    (vector) => {
      const image = columnSums(matrix, rowProducts(matrix, vector));
      addTo(image, vector, alpha);
      return image;
    },
    diagonal,
    columnSums(matrix, targets),
    1e-6,
  );
  return linearModel(weights, buckets, matrix.columns - buckets, mean);
}

/**
 * A solution as a model: `weights` holds the buckets, then `sides` sides. Word weights are kept in half the bytes: the
 * rounding is a ten-millionth of them.
 */
export function linearModel(
  weights: Float64Array,
  buckets: number,
  sides: number,
  mean: number,
): LinearModel {
  return {
    mean,
    words: Float32Array.from(weights.subarray(0, buckets)),
    sides: weights.slice(buckets, buckets + sides),
  };
}
