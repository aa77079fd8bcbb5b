import type { Candidate } from '../domain/candidate.ts';
import type { PaperId } from '../domain/paper.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';
import { paperColumns, paperFromRow } from './papers.ts';
import type { AppearanceRow } from './schema.ts';
import { signalsOf } from './signals.ts';

type Meeting = Pick<
  AppearanceRow,
  'paper_id' | 'is_news' | 'has_votes' | 'listed_at' | 'seen_after' | 'first_seen_at'
>;

/**
 * The papers that an edition of `digest` made at `now` could pick: met as news by some source in
 * (earliestAt, now], not taken back, and not yet picked by the digest under any of their ids, ordered by id.
 * Nothing counted or met after `now` is in them.
 */
export async function candidatesFor(
  db: Queryable,
  query: {
    readonly digest: string;
    readonly earliestAt: Instant;
    readonly now: Instant;
    /** The time of the digest's last edition. */
    readonly lastEditionAt?: Instant;
    /** Only picks of editions published before count as taken; every pick when left out. */
    readonly pickedBefore?: Instant;
  },
): Promise<readonly Candidate[]> {
  const papers = await db
    .selectFrom('papers')
    .select(paperColumns)
    .where('papers.id', 'in', (select) =>
      select
        .selectFrom('appearances')
        .select('appearances.paper_id')
        .where('appearances.is_news', '=', 1)
        .where('appearances.first_seen_at', '>', query.earliestAt)
        .where('appearances.first_seen_at', '<=', query.now),
    )
    .where('papers.id', 'not in', (select) =>
      select
        .selectFrom('picks')
        .innerJoin('editions', 'editions.id', 'picks.edition_id')
        .leftJoin('aliases', 'aliases.alias', 'picks.paper_id')
        .select((of) => of.fn.coalesce('aliases.paper_id', 'picks.paper_id').as('paper_id'))
        .where('picks.digest', '=', query.digest)
        .where('editions.published_at', '<', query.pickedBefore ?? Number.MAX_SAFE_INTEGER),
    )
    .where((where) =>
      where.or([where('papers.withdrawn_at', 'is', null), where('papers.withdrawn_at', '>', query.now)]),
    )
    .where('papers.id', 'not in', (select) => select.selectFrom('aliases').select('aliases.alias'))
    .orderBy('papers.id')
    .execute();
  const ids = papers.map((row) => row.id);
  const [meetings, signals] = [await meetingsOf(db, query, ids), await signalsOf(db, ids, query.now)];
  return papers.map((row) => {
    const met = meetings.get(row.id) ?? [];
    const news = met.filter((meeting) => meeting.is_news === 1);
    const seenAt = Math.min(...news.map((meeting) => meeting.first_seen_at));
    const voting = news.find((meeting) => meeting.has_votes === 1);
    const bracket = voting ?? news[0];
    return {
      paper: paperFromRow(row),
      signals: signals.get(row.id) ?? [],
      ...(voting && voting.listed_at !== null && { listedAt: voting.listed_at }),
      seenAt: bracket?.first_seen_at ?? seenAt,
      ...(bracket && bracket.seen_after !== null && { seenAfter: bracket.seen_after }),
      hasVotes: voting !== undefined,
      isNew: query.lastEditionAt === undefined || seenAt > query.lastEditionAt,
    };
  });
}

async function meetingsOf(
  db: Queryable,
  query: { readonly earliestAt: Instant; readonly now: Instant },
  ids: readonly PaperId[],
): Promise<ReadonlyMap<PaperId, readonly Meeting[]>> {
  const meetings = new Map<PaperId, Meeting[]>();
  if (ids.length === 0) return meetings;
  const rows = await db
    .selectFrom('appearances')
    .select(['paper_id', 'is_news', 'has_votes', 'listed_at', 'seen_after', 'first_seen_at'])
    .where('first_seen_at', '<=', query.now)
    .where('paper_id', 'in', (select) =>
      select
        .selectFrom('appearances as recent')
        .select('recent.paper_id')
        .where('recent.is_news', '=', 1)
        .where('recent.first_seen_at', '>', query.earliestAt)
        .where('recent.first_seen_at', '<=', query.now),
    )
    .orderBy('first_seen_at')
    .orderBy('source')
    .execute();
  for (const row of rows) {
    const of = meetings.get(row.paper_id);
    if (of) of.push(row);
    else meetings.set(row.paper_id, [row]);
  }
  return meetings;
}
