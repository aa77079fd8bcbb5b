import type { Trend } from '../domain/edition.ts';
import type { PaperId } from '../domain/paper.ts';
import type { Gain } from './signals.ts';

/** What one candidate gained, and the topics it belongs to, best first. */
export interface Gainer {
  readonly id: PaperId;
  readonly gain: Gain | undefined;
  readonly topics: readonly string[];
}

/** A trend with the candidates it was compared with. */
export interface PlacedTrend {
  readonly trend: Trend;
  /** The topic whose candidates it was compared with; undefined when with all of them. */
  readonly within: string | undefined;
  /** From 1: one more than the number of those candidates that gained more. */
  readonly place: number;
  /** How many candidates it was compared with, itself among them. */
  readonly of: number;
}

const fewestInTopic = 20;
const shortestHours = 1;

/**
 * How fast each paper's votes rise against what is usual, by paper id.
 *
 * A paper is compared with the candidates of its best topic when at least 20 of them were counted, so
 * that a quiet field is not measured by a loud one, else with all. A paper that nobody counted, or that
 * was first counted less than an hour ago, has no trend and is not compared with.
 */
export function findTrends(gainers: readonly Gainer[]): ReadonlyMap<PaperId, PlacedTrend> {
  const all: number[] = [];
  const byTopic = new Map<string, number[]>();
  const counted = gainers.flatMap(({ id, gain, topics }) =>
    gain && gain.hours >= shortestHours ? [{ id, gain, topics }] : [],
  );
  for (const { gain, topics } of counted) {
    all.push(gain.gained);
    for (const topic of topics) {
      const list = byTopic.get(topic);
      if (list) list.push(gain.gained);
      else byTopic.set(topic, [gain.gained]);
    }
  }
  for (const list of [all, ...byTopic.values()]) list.sort((a, b) => a - b);
  return new Map(
    counted.map(({ id, gain, topics }) => {
      const [best] = topics;
      const inTopic = best === undefined ? [] : (byTopic.get(best) ?? []);
      const within = inTopic.length >= fewestInTopic ? best : undefined;
      return [id, compare(gain, within === undefined ? all : inTopic, within)];
    }),
  );
}

/** `ascending` holds what all compared gained, this one among them. */
function compare(gain: Gain, ascending: readonly number[], within: string | undefined): PlacedTrend {
  const more = ascending.length - firstAbove(ascending, gain.gained);
  return {
    trend: { ...gain, percentile: (ascending.length - more) / ascending.length },
    within,
    place: more + 1,
    of: ascending.length,
  };
}

/** The place of the first number above `value` in an ascending list. */
function firstAbove(ascending: readonly number[], value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? Infinity) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
