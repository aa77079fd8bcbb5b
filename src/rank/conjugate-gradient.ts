/** Enough by far for these matrices, which need 20 to 100; more would only chase rounding. */
const mostSteps = 400;

/**
 * Solves `apply(x) = target` for a symmetric positive definite `apply`, until the residue is `tolerance` of the
 * target. `diagonal` is the diagonal of the matrix, or close to it: it makes the steps fewer.
 */
export function solve(
  apply: (vector: Float64Array) => Float64Array,
  diagonal: Float64Array,
  target: Float64Array,
  tolerance: number,
): Float64Array {
  const solution = new Float64Array(target.length);
  const residue = target.slice();
  const precondition = (): Float64Array => residue.map((value, at) => value / (diagonal[at] ?? 1));
  let scaled = precondition();
  const direction = scaled.slice();
  let strength = dot(residue, scaled);
  const enough = tolerance * Math.sqrt(dot(target, target));
  for (let step = 0; step < mostSteps && Math.sqrt(dot(residue, residue)) > enough; step += 1) {
    const image = apply(direction);
    const length = strength / dot(direction, image);
    addTo(solution, direction, length);
    addTo(residue, image, -length);
    scaled = precondition();
    const next = dot(residue, scaled);
    const share = next / strength;
    strength = next;
    for (let at = 0; at < direction.length; at += 1)
      direction[at] = (scaled[at] ?? 0) + share * (direction[at] ?? 0);
  }
  return solution;
}

/** The inner product of two vectors of one length. */
export function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at += 1) sum += (left[at] ?? 0) * (right[at] ?? 0);
  return sum;
}

/** Adds `factor` times `vector` to `sum`, in place. */
export function addTo(sum: Float64Array, vector: Float64Array, factor: number): void {
  for (let at = 0; at < sum.length; at += 1) sum[at] = (sum[at] ?? 0) + factor * (vector[at] ?? 0);
}
