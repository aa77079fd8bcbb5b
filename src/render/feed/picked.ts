import type { Edition, Pick } from '../../domain/edition.ts';
import { editionPicks } from '../../domain/edition.ts';
import { secondMs, type Instant } from '../../domain/time.ts';

/** A paper as it was first picked, and the time at which the feeds say it came. */
export interface PickedPaper {
  readonly pick: Pick;
  readonly edition: Edition;
  readonly publishedAt: Instant;
}

/**
 * Every paper of these editions once, newest first, as the earliest edition picked it: so its entry stays the
 * same when another digest or a later edition picks it again.
 *
 * It is published as many seconds before its edition as its rank says, so that readers which sort by time keep
 * the edition's order; no two have the same time, in whatever order the editions come.
 */
export function pickedPapers(editions: readonly Edition[]): readonly PickedPaper[] {
  const byPaper = new Map<string, PickedPaper>();
  for (const edition of editions.toSorted(oldestFirst)) {
    for (const pick of editionPicks(edition)) {
      if (byPaper.has(pick.paper.id)) continue;
      byPaper.set(pick.paper.id, { pick, edition, publishedAt: edition.publishedAt - pick.rank * secondMs });
    }
  }
  const newestFirst = [...byPaper.values()].toSorted(
    (a, b) =>
      b.publishedAt - a.publishedAt ||
      compare(a.edition.digest, b.edition.digest) ||
      compare(a.pick.paper.id, b.pick.paper.id),
  );
  return withDifferentTimes(newestFirst);
}

/** In this order, each at least one second older than the one before it. */
export function withDifferentTimes<T extends { readonly publishedAt: Instant }>(
  newestFirst: readonly T[],
): readonly T[] {
  let nextAt = Number.POSITIVE_INFINITY;
  return newestFirst.map((entry) => {
    const publishedAt = Math.min(entry.publishedAt, nextAt);
    nextAt = publishedAt - secondMs;
    return publishedAt === entry.publishedAt ? entry : { ...entry, publishedAt };
  });
}

function oldestFirst(a: Edition, b: Edition): number {
  return a.publishedAt - b.publishedAt || compare(a.digest, b.digest) || a.number - b.number;
}

/** By code units: the order does not depend on a language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
