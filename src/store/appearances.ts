import type { ListingEntry } from '../domain/listing.ts';
import type { PaperId } from '../domain/paper.ts';
import type { CalendarDate, Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';
import { chunks, idsPerQuery } from './chunks.ts';
import type { AppearanceRow } from './schema.ts';

const rowsPerInsert = 50;

/** A paper in a source, with what the source said of it. */
export interface Appearance {
  readonly source: string;
  readonly entry: ListingEntry;
  readonly said: string;
  readonly isNews: boolean;
  readonly hasVotes: boolean;
  readonly listDate: CalendarDate;
  readonly seenAfter?: Instant;
  readonly firstSeenAt: Instant;
}

/** What a source said of these papers before, and whether as news; papers it never named are not in it. */
export async function saidBefore(
  db: Queryable,
  source: string,
  ids: readonly PaperId[],
): Promise<ReadonlyMap<PaperId, { readonly said: string; readonly isNews: boolean }>> {
  const before = new Map<PaperId, { readonly said: string; readonly isNews: boolean }>();
  for (const chunk of chunks(ids, idsPerQuery)) {
    const rows = await db
      .selectFrom('appearances')
      .select(['paper_id', 'said', 'is_news'])
      .where('source', '=', source)
      .where('paper_id', 'in', chunk)
      .execute();
    for (const row of rows) before.set(row.paper_id, { said: row.said, isNews: row.is_news === 1 });
  }
  return before;
}

export async function insertAppearances(db: Queryable, appearances: readonly Appearance[]): Promise<void> {
  for (const chunk of chunks(appearances, rowsPerInsert)) {
    await db.insertInto('appearances').values(chunk.map(appearanceRow)).execute();
  }
}

/** Records that a source now says something else of a paper, or announces it as news for the first time. */
export async function updateAppearance(
  db: Queryable,
  change: {
    readonly source: string;
    readonly paperId: PaperId;
    readonly said: string;
    /** Set when it became news only now: from then on it counts as first seen. */
    readonly becameNewsAt?: Instant;
  },
): Promise<void> {
  await db
    .updateTable('appearances')
    .set({
      said: change.said,
      ...(change.becameNewsAt !== undefined && { is_news: 1, first_seen_at: change.becameNewsAt }),
    })
    .where('source', '=', change.source)
    .where('paper_id', '=', change.paperId)
    .execute();
}

function appearanceRow(appearance: Appearance): AppearanceRow {
  return {
    source: appearance.source,
    paper_id: appearance.entry.paper.id,
    source_key: appearance.entry.sourceKey,
    is_news: appearance.isNews ? 1 : 0,
    has_votes: appearance.hasVotes ? 1 : 0,
    list_date: appearance.listDate,
    listed_at: appearance.entry.listedAt ?? null,
    seen_after: appearance.seenAfter ?? null,
    first_seen_at: appearance.firstSeenAt,
    said: appearance.said,
  };
}
