import { addTo, dot, solve } from './conjugate-gradient.ts';
import { linearModel, type LinearModel, type TargetRow } from './ridge.ts';
import { columnSums, rowProducts, sparseRows, type SparseRows } from './sparse-rows.ts';

/** Far from the end of a fit a rough step does as well. */
const stepTolerance = 0.1;
/** Newton's method needs 5 to 10 steps here. */
const mostSteps = 30;
const shortestStep = 1e-6;
/** The fit ends where the slope is that share of the first one. */
const flat = 1e-4;

/** Somewhere on the way to the best weights. */
interface Place {
  readonly weights: Float64Array;
  /** The log-odds of each row. */
  readonly products: Float64Array;
  readonly loss: number;
}

/** What is fitted; the last column is the constant, which is free of penalty. */
interface Problem {
  readonly matrix: SparseRows;
  readonly targets: Float64Array;
  readonly trust: number;
}

/** The chance that log-odds stand for, 0 to 1. */
export function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

/**
 * Logistic regression of targets 0 and 1: half the squared weights as penalty against `trust` times the log loss, by
 * Newton's method. `linearValue` of the model is the log-odds. Words beyond `buckets` - 1 must not occur; without rows
 * all weights are 0. Sums run in the order of the rows.
 */
export function fitLogistic(rows: readonly TargetRow[], buckets: number, trust: number): LinearModel {
  const matrix = sparseRows(rows, buckets, true);
  const problem = { matrix, targets: Float64Array.from(rows, (row) => row.target), trust };
  const start = new Float64Array(matrix.columns);
  const positives = problem.targets.reduce((sum, target) => sum + target, 0);
  start[matrix.columns - 1] = Math.log((positives + 0.5) / (rows.length - positives + 0.5));
  const weights = descend(problem, start);
  return linearModel(weights, buckets, matrix.columns - buckets - 1, weights.at(-1) ?? 0);
}

function descend(problem: Problem, start: Float64Array): Float64Array {
  const { matrix, targets, trust } = problem;
  let place = placeAt(problem, start, rowProducts(matrix, start));
  let enough: number | undefined;
  for (let step = 0; step < mostSteps; step += 1) {
    const chances = place.products.map(logistic);
    const slope = columnSums(
      matrix,
      chances.map((chance, row) => trust * (chance - (targets[row] ?? 0))),
    );
    addTo(slope, penalised(place.weights), 1);
    const steepness = Math.sqrt(dot(slope, slope));
    enough ??= steepness * flat;
    if (steepness <= enough) break;
    const bends = chances.map((chance) => trust * chance * (1 - chance));
    const next = stepDown(problem, place, newtonStep(matrix, bends, slope));
    if (!next) break;
    place = next;
  }
  return place.weights;
}

/** The way to the lowest point of the parabola that fits here. */
function newtonStep(matrix: SparseRows, bends: Float64Array, slope: Float64Array): Float64Array {
  const diagonal = columnSums(matrix, bends, true).map((sum, column) =>
    column === matrix.columns - 1 ? Math.max(sum, Number.EPSILON) : sum + 1,
  );
  const curvature = (vector: Float64Array): Float64Array => {
    const products = rowProducts(matrix, vector);
    const image = columnSums(
      matrix,
      products.map((product, row) => product * (bends[row] ?? 0)),
    );
    addTo(image, penalised(vector), 1);
    return image;
  };
  return solve(curvature, diagonal, slope, stepTolerance);
}

/** The place a step away, halved until it lies lower: far from the end a whole step can go too far. */
function stepDown(problem: Problem, from: Place, change: Float64Array): Place | undefined {
  const changed = rowProducts(problem.matrix, change);
  for (let length = 1; length > shortestStep; length /= 2) {
    const [weights, products] = [from.weights.slice(), from.products.slice()];
    addTo(weights, change, -length);
    addTo(products, changed, -length);
    const place = placeAt(problem, weights, products);
    if (place.loss < from.loss) return place;
  }
  return undefined;
}

function placeAt(problem: Problem, weights: Float64Array, products: Float64Array): Place {
  const kept = penalised(weights);
  const misfit = products.reduce((sum, product, row) => sum + logLoss(product, problem.targets[row] ?? 0), 0);
  return { weights, products, loss: dot(kept, kept) / 2 + problem.trust * misfit };
}

function penalised(weights: Float64Array): Float64Array {
  const copy = weights.slice();
  copy[copy.length - 1] = 0;
  return copy;
}

function logLoss(logOdds: number, target: number): number {
  return Math.max(logOdds, 0) - target * logOdds + Math.log1p(Math.exp(-Math.abs(logOdds)));
}
