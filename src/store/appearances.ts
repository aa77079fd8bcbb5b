import { sql } from 'kysely';
import type { ListingEntry } from '../domain/listing.ts';
import type { Paper, PaperId } from '../domain/paper.ts';
import type { CalendarDate, Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';
import { chunks } from './chunks.ts';
import { jsonList } from './json.ts';
import type { AppearanceRow } from './paper-rows.ts';

const rowsPerInsert = 50;

/** A paper in a source, with what the source said of it. */
export interface Appearance {
  readonly source: string;
  readonly entry: ListingEntry;
  readonly said: string;
  readonly saidHash: string;
  readonly isNews: boolean;
  readonly hasVotes: boolean;
  readonly listDate: CalendarDate;
  readonly seenAfter?: Instant;
  readonly firstSeenAt: Instant;
}

/** What a source says of a paper now, as one hash. */
export interface Saying {
  readonly paperId: PaperId;
  /** 11 characters. */
  readonly saidHash: string;
  readonly isNews: boolean;
}

/**
 * The places, ascending, of those sayings that are not what `source` said before: of papers it never named, with
 * another hash, or announced as news for the first time. Compared inside the database, by an index that holds all
 * that is needed: in most listings nearly everything is as before.
 */
export async function placesOfNewSayings(
  db: Queryable,
  source: string,
  sayings: readonly Saying[],
): Promise<readonly number[]> {
  // One short text for each is read twice as fast as a list of three. Without its name SQLite would search the
  // table, which is four times as large as the index.
  const packed = JSON.stringify(
    sayings.map(({ saidHash, isNews, paperId }) => `${saidHash}${isNews ? 1 : 0}${paperId}`),
  );
  const { rows } = await sql<{ place: number }>`
    select packed.key as place
    from json_each(${packed}) as packed
    left join appearances indexed by appearances_said
      on appearances.source = ${source} and appearances.paper_id = substr(packed.value, 13)
    where appearances.said_hash is null
      or appearances.said_hash <> substr(packed.value, 1, 11)
      or (appearances.is_news = 0 and substr(packed.value, 12, 1) = '1')
    order by packed.key`.execute(db);
  return rows.map((row) => row.place);
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
    readonly said?: string;
    /** Null when it is not all of what was said. */
    readonly saidHash?: string | null;
    /** Set when it became news only now: from then on it counts as first seen. */
    readonly becameNews?: Appearance;
  },
): Promise<void> {
  await db
    .updateTable('appearances')
    .set({
      ...(change.said !== undefined && { said: change.said }),
      ...(change.saidHash !== undefined && { said_hash: change.saidHash }),
      ...(change.becameNews && {
        is_news: 1,
        first_seen_at: change.becameNews.firstSeenAt,
        seen_after: change.becameNews.seenAfter ?? null,
        list_date: change.becameNews.listDate,
        listed_at: change.becameNews.entry.listedAt ?? null,
      }),
    })
    .where('source', '=', change.source)
    .where('paper_id', '=', change.paperId)
    .execute();
}

/** Papers that `source` announced as news on a list day and `other` never named, by id. */
export async function newsOnlyIn(
  db: Queryable,
  source: string,
  other: string,
  listDate: CalendarDate,
): Promise<readonly Pick<Paper, 'id' | 'categories'>[]> {
  const rows = await db
    .selectFrom('appearances as theirs')
    .innerJoin('papers', 'papers.id', 'theirs.paper_id')
    .leftJoin('appearances as own', (join) =>
      join.onRef('own.paper_id', '=', 'theirs.paper_id').on('own.source', '=', other),
    )
    .select(['papers.id', 'papers.categories'])
    .where('theirs.source', '=', source)
    .where('theirs.list_date', '=', listDate)
    .where('theirs.is_news', '=', 1)
    .where('own.paper_id', 'is', null)
    .orderBy('papers.id')
    .execute();
  return rows.map(({ id, categories }) => ({ id, categories: jsonList<string>(categories) }));
}

/** Number of list days of sources that count votes. */
export async function countVotedListDays(db: Queryable): Promise<number> {
  const row = await db
    .selectFrom('appearances')
    .select((select) => select.fn.count<number>('list_date').distinct().as('days'))
    .where('has_votes', '=', 1)
    .executeTakeFirstOrThrow();
  return row.days;
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
    said_hash: appearance.saidHash,
  };
}
