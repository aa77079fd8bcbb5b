import type { Edition } from '../domain/edition.ts';
import type { PaperId } from '../domain/paper.ts';
import { plottedUntil } from '../domain/plotted.ts';
import type { Signal } from '../domain/signal.ts';
import type { TrendingEntry, View } from '../domain/view.ts';
import type { Database } from './database.ts';
import { allEditions } from './editions.ts';
import { signalHistories } from './histories.ts';
import { allViews, trendingEntries } from './views.ts';

/** All that feeds and pages are made of. */
export interface SiteInputs {
  readonly editions: readonly Edition[];
  readonly views: readonly View[];
  readonly trending: readonly TrendingEntry[];
  /** What was counted of each paper that has a page. */
  readonly histories: ReadonlyMap<PaperId, readonly Signal[]>;
}

/** Every paper that ever was trending has a page: more than any site will have in a lifetime. */
const mostEntries = 1_000_000;

export async function siteInputs(db: Database): Promise<SiteInputs> {
  const editions = (await allEditions(db)).map((stored) => stored.edition);
  const views = await allViews(db);
  const trending = await trendingEntries(db, mostEntries);
  const histories = await signalHistories(db, plottedUntil(editions, views, trending));
  return { editions, views, trending, histories };
}
