import type { SparseVector } from './words.ts';

/** What a linear model looks at in one paper. */
export interface LinearInput {
  readonly words: SparseVector;
  /** As many in every row, in one order. */
  readonly sides: readonly number[];
}

/** Rows behind each other: row r holds `indices` and `values` from `starts[r]` to `starts[r + 1]`. */
export interface SparseRows {
  readonly rows: number;
  readonly columns: number;
  readonly starts: Uint32Array;
  readonly indices: Uint32Array;
  readonly values: Float64Array;
}

/** One matrix: columns 0 to `buckets` - 1 are the words, then the sides, then a column of ones when `withOnes`. */
export function sparseRows(inputs: readonly LinearInput[], buckets: number, withOnes: boolean): SparseRows {
  const sides = inputs[0]?.sides.length ?? 0;
  const perRow = sides + (withOnes ? 1 : 0);
  const starts = new Uint32Array(inputs.length + 1);
  inputs.forEach((input, row) => {
    starts[row + 1] = (starts[row] ?? 0) + input.words.indices.length + perRow;
  });
  const entries = starts.at(-1) ?? 0;
  const [indices, values] = [new Uint32Array(entries), new Float64Array(entries)];
  inputs.forEach((input, row) => {
    const from = starts[row] ?? 0;
    const words = input.words.indices.length;
    indices.set(input.words.indices, from);
    values.set(input.words.values, from);
    values.set(input.sides, from + words);
    if (withOnes) values[from + words + sides] = 1;
    for (let at = 0; at < perRow; at += 1) indices[from + words + at] = buckets + at;
  });
  return { rows: inputs.length, columns: buckets + perRow, starts, indices, values };
}

/** Each row's product with `weights`, one weight a column. */
export function rowProducts(matrix: SparseRows, weights: Float64Array): Float64Array {
  const { starts, indices, values } = matrix;
  const products = new Float64Array(matrix.rows);
  for (let row = 0; row < matrix.rows; row += 1) {
    const end = starts[row + 1] ?? 0;
    let sum = 0;
    for (let at = starts[row] ?? 0; at < end; at += 1)
      sum += (values[at] ?? 0) * (weights[indices[at] ?? 0] ?? 0);
    products[row] = sum;
  }
  return products;
}

/** For each column the sum over the rows of `factors[row]` times the value, or times its square. */
export function columnSums(matrix: SparseRows, factors: Float64Array, squared = false): Float64Array {
  const { starts, indices, values } = matrix;
  const sums = new Float64Array(matrix.columns);
  for (let row = 0; row < matrix.rows; row += 1) {
    const end = starts[row + 1] ?? 0;
    const factor = factors[row] ?? 0;
    for (let at = starts[row] ?? 0; at < end; at += 1) {
      const value = values[at] ?? 0;
      const column = indices[at] ?? 0;
      sums[column] = (sums[column] ?? 0) + factor * (squared ? value * value : value);
    }
  }
  return sums;
}
