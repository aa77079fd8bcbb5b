import type { Rise, Standing } from '../domain/edition.ts';
import type { RankedPaper } from './rank.ts';
import { countBelow, fewestInPool, standingPool, type StandingPool } from './standing.ts';

/** A paper of a list over several days. */
export interface DaysPick {
  readonly ranked: RankedPaper;
  /** Where it is not ordered by its score. */
  readonly rise?: Rise;
  /** Where it stands in its best topic, or among all where it has none; undefined among few. */
  readonly standing?: Standing;
}

/** A paper that takes part. */
export interface Entry {
  readonly ranked: RankedPaper;
  readonly rise?: Rise;
  /** What it is ordered by. */
  readonly value: number;
  /** What the bar is taken of: it is compared with the measures of all. */
  readonly measure: number;
  /** Whether it may stand in the list; it is compared with either way. */
  readonly isWorthy: boolean;
}

export interface Contest {
  enter(entry: Entry): void;
  papers(): number;
  /** Best first. */
  picks(): readonly DaysPick[];
}

/**
 * The best of all that enter; of the others only numbers are kept. The bar is what that share of them stays below:
 * among few there is none.
 */
export function newContest(places: number, share: number): Contest {
  const pool = standingPool();
  const measures: number[] = [];
  let best: Entry[] = [];
  let entered = 0;
  const cut = (): void => {
    best = best.toSorted(byValue).slice(0, places);
  };
  return {
    enter(entry) {
      entered += 1;
      pool.add(
        entry.value,
        entry.ranked.matches.map((match) => match.topic),
      );
      measures.push(entry.measure);
      if (!entry.isWorthy) return;
      best.push(entry);
      if (best.length > 2 * places) cut();
    },
    papers: () => entered,
    picks() {
      cut();
      const ascending = Float64Array.from(measures).toSorted();
      return best.filter((entry) => isOverBar(entry, ascending, share)).map((entry) => pickOf(entry, pool));
    },
  };
}

/** Its own measure counts as below it: else a vote more could put it under the bar. */
function isOverBar({ value, measure }: Entry, ascending: Float64Array, share: number): boolean {
  if (ascending.length < fewestInPool) return true;
  const below = countBelow(ascending, value) + (measure < value ? 0 : 1);
  return below / ascending.length >= share;
}

function pickOf({ ranked, rise, value }: Entry, pool: StandingPool): DaysPick {
  const standing = pool.standing(value, ranked.matches[0]?.topic);
  return { ranked, ...(rise && { rise }), ...(standing && { standing }) };
}

function byValue(a: Entry, b: Entry): number {
  return b.value - a.value || (a.ranked.candidate.paper.id < b.ranked.candidate.paper.id ? -1 : 1);
}
