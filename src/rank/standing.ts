import type { Standing } from '../domain/edition.ts';

/** Fewer papers say nothing of where one stands. */
export const fewestInPool = 20;

/** Numbers that papers are ordered by, of all and by topic; each can be asked where it stands. */
export interface StandingPool {
  /** Adds a paper of these topics. */
  add(value: number, topics: readonly string[]): void;
  /**
   * Where a paper with `value` that was added stands: in `topic`, or among all where that is undefined. Undefined
   * where fewer than 20 are there. Nothing may be added after the first question.
   */
  standing(value: number, topic: string | undefined): Standing | undefined;
}

/** An empty pool. It keeps numbers only, so that a month of papers fits. */
export function standingPool(): StandingPool {
  const all: number[] = [];
  const byTopic = new Map<string, number[]>();
  const sorted = new Map<number[], Float64Array>();
  const ascending = (list: number[]): Float64Array => {
    const known = sorted.get(list) ?? Float64Array.from(list).toSorted();
    sorted.set(list, known);
    return known;
  };
  return {
    add(value, topics) {
      all.push(value);
      for (const topic of topics) {
        const list = byTopic.get(topic);
        if (list) list.push(value);
        else byTopic.set(topic, [value]);
      }
    },
    standing(value, topic) {
      const list = topic === undefined ? all : byTopic.get(topic);
      if (!list || list.length < fewestInPool) return undefined;
      const percentile = countBelow(ascending(list), value) / list.length;
      return { ...(topic !== undefined && { topic }), percentile, of: list.length };
    },
  };
}

/** How many numbers of an ascending list are below `value`. */
export function countBelow(ascending: Float64Array, value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
