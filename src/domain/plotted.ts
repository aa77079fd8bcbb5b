import { editionPicks, type Edition } from './edition.ts';
import type { PaperId } from './paper.ts';
import { dayMs, type Instant } from './time.ts';
import type { TrendingEntry, View } from './view.ts';

/** A paper's counts are plotted for so long after it was last picked; then its page stays as it is. */
const plottedDays = 60;

/**
 * Up to when the counts of each paper with a page are shown. Never later than the newest edition or list, so that
 * publishing again with nothing new makes the same pages, however often sources were read in between.
 */
export function plottedUntil(
  editions: readonly Edition[],
  views: readonly View[],
  entries: readonly TrendingEntry[] = [],
): ReadonlyMap<PaperId, Instant> {
  const newest = Math.max(
    0,
    ...editions.map((edition) => edition.publishedAt),
    ...views.map((view) => view.madeAt),
  );
  const until = new Map<PaperId, Instant>();
  const lengthen = (id: PaperId, from: Instant): void => {
    until.set(id, Math.max(until.get(id) ?? 0, Math.min(newest, from + plottedDays * dayMs)));
  };
  for (const view of views) for (const { paper } of view.picks) lengthen(paper.id, paper.firstSeenAt);
  for (const { pick, enteredAt } of entries) lengthen(pick.paper.id, enteredAt);
  for (const edition of editions) {
    for (const { paper } of editionPicks(edition)) lengthen(paper.id, edition.publishedAt);
  }
  return until;
}
