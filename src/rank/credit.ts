import type { PhraseHit } from './phrases.ts';

/** Points from which a paper belongs to a topic. */
export const belongsFrom = 2;

const titlePoints = 3;
const abstractPoints = 1;
const repeatPoints = 0.5;
const mostRepeats = 2;
const namedPoints = 2;

/** One thing that speaks for a topic. */
export interface Credit {
  readonly points: number;
  /** As a fact for the reader: `"tool use" in title`. */
  readonly reason: string;
}

/** 3 for a phrase in the title, however often. */
export function titleCredit(hit: PhraseHit): Credit {
  return { points: titlePoints, reason: `"${hit.shown}" in title` };
}

/** 1 for a phrase in the abstract, 0.5 for each of at most two repeats. */
export function abstractCredit({ count, shown }: PhraseHit): Credit {
  const points = abstractPoints + repeatPoints * Math.min(count - 1, mostRepeats);
  return { points, reason: `"${shown}" in abstract${count > 1 ? ` ×${count}` : ''}` };
}

/** 2 for a category, keyword, author or lab: by itself it puts a paper into the topic. */
export function namedCredit(reason: string): Credit {
  return { points: namedPoints, reason };
}
