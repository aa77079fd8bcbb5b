import type { Candidate } from '../domain/candidate.ts';
import type { PaperId } from '../domain/paper.ts';
import type { CalendarDate, Instant } from '../domain/time.ts';
import type { TopicMatch } from '../domain/topic.ts';
import { chunks, idsPerQuery } from './chunks.ts';
import type { Queryable } from './database.ts';
import { jsonList } from './json.ts';
import { paperColumns, paperFromRow } from './papers.ts';
import type { AppearanceRow } from './paper-rows.ts';
import { signalsOf } from './signals.ts';

export interface DaysQuery {
  /** First and last list day, both counted. */
  readonly fromDate: CalendarDate;
  readonly toDate: CalendarDate;
  readonly now: Instant;
  /** Names the rules and the model by which kept facts are read. */
  readonly basis: string;
}

type Meeting = Pick<
  AppearanceRow,
  'paper_id' | 'source' | 'has_votes' | 'list_date' | 'listed_at' | 'seen_after' | 'first_seen_at'
>;

/**
 * The papers of some list days as known at `now`, in blocks of at most 500 in the order of their ids: those that a
 * source with votes listed, and those announced as news of which anything was counted. Each stands on the day of the
 * list that met it first, one with votes before others. Nothing that was taken back, met or counted after `now` is in
 * them.
 */
export async function* daysPool(db: Queryable, query: DaysQuery): AsyncGenerator<readonly Candidate[]> {
  for (const ids of chunks(await idsOfDays(db, query), idsPerQuery)) {
    const block = await candidatesOf(db, ids, query);
    if (block.length > 0) yield block;
  }
}

/** Ids alone, so that a month of them fits; by an index that holds all that is asked of appearances. */
async function idsOfDays(db: Queryable, { fromDate, toDate, now }: DaysQuery): Promise<readonly PaperId[]> {
  const rows = await db
    .selectFrom('appearances')
    .select('paper_id')
    .distinct()
    .where('list_date', '>=', fromDate)
    .where('list_date', '<=', toDate)
    .where('first_seen_at', '<=', now)
    .where((where) =>
      where.or([
        where('has_votes', '=', 1),
        where.and([
          where('is_news', '=', 1),
          where.exists((select) =>
            select
              .selectFrom('signals')
              .select('signals.paper_id')
              .whereRef('signals.paper_id', '=', 'appearances.paper_id')
              .where('signals.counted_at', '<=', now),
          ),
        ]),
      ]),
    )
    .orderBy('paper_id')
    .execute();
  return rows.map((row) => row.paper_id);
}

async function candidatesOf(
  db: Queryable,
  ids: readonly PaperId[],
  query: DaysQuery,
): Promise<readonly Candidate[]> {
  const { now, fromDate, toDate } = query;
  const rows = await db
    .selectFrom('papers')
    .leftJoin('paper_facts', (join) =>
      join.onRef('paper_facts.paper_id', '=', 'papers.id').on('paper_facts.basis', '=', query.basis),
    )
    .select([...paperColumns, 'paper_facts.matches', 'paper_facts.word_share', 'paper_facts.chance'])
    .where('papers.id', 'in', ids)
    .where((where) =>
      where.or([where('papers.withdrawn_at', 'is', null), where('papers.withdrawn_at', '>', now)]),
    )
    .where('papers.id', 'not in', (select) =>
      select.selectFrom('aliases').select('aliases.alias').where('aliases.alias', 'in', ids),
    )
    .orderBy('papers.id')
    .execute();
  const [meetings, signals] = [await firstMeetings(db, ids, now), await signalsOf(db, ids, now)];
  return rows.flatMap((row) => {
    const met = meetings.get(row.id);
    if (!met || met.list_date < fromDate || met.list_date > toDate) return [];
    return [
      {
        paper: paperFromRow(row),
        signals: signals.get(row.id) ?? [],
        ...(met.has_votes === 1 && met.listed_at !== null && { listedAt: met.listed_at }),
        seenAt: met.first_seen_at,
        ...(met.seen_after !== null && { seenAfter: met.seen_after }),
        hasVotes: met.has_votes === 1,
        isNew: false,
        ...(row.matches !== null && {
          facts: {
            matches: jsonList<TopicMatch>(row.matches),
            ...(row.word_share !== null && { wordShare: row.word_share }),
            ...(row.chance !== null && { chance: row.chance }),
          },
        }),
      },
    ];
  });
}

/** Of each paper the list that met it first, one with votes before others. */
async function firstMeetings(
  db: Queryable,
  ids: readonly PaperId[],
  now: Instant,
): Promise<ReadonlyMap<PaperId, Meeting>> {
  const rows = await db
    .selectFrom('appearances')
    .select(['paper_id', 'source', 'has_votes', 'list_date', 'listed_at', 'seen_after', 'first_seen_at'])
    .where('paper_id', 'in', ids)
    .where('first_seen_at', '<=', now)
    .where((where) => where.or([where('has_votes', '=', 1), where('is_news', '=', 1)]))
    .orderBy('has_votes', 'desc')
    .orderBy('first_seen_at')
    .orderBy('source')
    .execute();
  const first = new Map<PaperId, Meeting>();
  for (const row of rows) if (!first.has(row.paper_id)) first.set(row.paper_id, row);
  return first;
}
