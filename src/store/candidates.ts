import type { Candidate } from '../domain/candidate.ts';
import type { PaperId } from '../domain/paper.ts';
import type { Signal } from '../domain/signal.ts';
import type { Instant } from '../domain/time.ts';
import type { TopicMatch } from '../domain/topic.ts';
import { jsonList } from './json.ts';
import type { Queryable } from './database.ts';
import { paperColumns, paperFromRow } from './papers.ts';
import type { AppearanceRow } from './paper-rows.ts';
import { signalFromRow } from './signals.ts';

type Meeting = Pick<
  AppearanceRow,
  'source' | 'paper_id' | 'is_news' | 'has_votes' | 'listed_at' | 'seen_after' | 'first_seen_at'
>;

export interface CandidateQuery {
  readonly digest: string;
  readonly earliestAt: Instant;
  readonly now: Instant;
  /** The time of the digest's last edition. */
  readonly lastEditionAt?: Instant;
  /** Names the rules and the model by which kept facts are read; none are when left out. */
  readonly basis?: string;
  /** Only picks of editions published before count as taken; every pick when left out. */
  readonly pickedBefore?: Instant;
}

/**
 * The papers that an edition of `digest` made at `now` could pick, and those that it picked before, which are marked
 * as taken: met as news by some source in (earliestAt, now] and not taken back, ordered by id. One picked under any
 * of its ids is taken. Nothing counted or met after `now` is in them.
 */
export async function candidatesFor(db: Queryable, query: CandidateQuery): Promise<readonly Candidate[]> {
  const papers = await db
    .selectFrom('papers')
    .leftJoin('paper_facts', (join) =>
      join.onRef('paper_facts.paper_id', '=', 'papers.id').on('paper_facts.basis', '=', query.basis ?? ''),
    )
    .select([...paperColumns, 'paper_facts.matches', 'paper_facts.word_share', 'paper_facts.chance'])
    .where('papers.id', 'in', metAsNews(db, query))
    .where((where) =>
      where.or([where('papers.withdrawn_at', 'is', null), where('papers.withdrawn_at', '>', query.now)]),
    )
    .where('papers.id', 'not in', (select) => select.selectFrom('aliases').select('aliases.alias'))
    .orderBy('papers.id')
    .execute();
  const taken = await takenBy(db, query);
  const [meetings, signals] = [await meetingsOf(db, query), await signalsCounted(db, query)];
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
      ...(row.matches !== null && {
        facts: {
          matches: jsonList<TopicMatch>(row.matches),
          ...(row.word_share !== null && { wordShare: row.word_share }),
          ...(row.chance !== null && { chance: row.chance }),
        },
      }),
      isNew: query.lastEditionAt === undefined || seenAt > query.lastEditionAt,
      ...(taken.has(row.id) && { isTaken: true }),
    };
  });
}

/** What the digest picked before, each under the id that it has now. */
async function takenBy(
  db: Queryable,
  { digest, pickedBefore }: CandidateQuery,
): Promise<ReadonlySet<PaperId>> {
  const rows = await db
    .selectFrom('picks')
    .innerJoin('editions', 'editions.id', 'picks.edition_id')
    .leftJoin('aliases', 'aliases.alias', 'picks.paper_id')
    .select((of) => of.fn.coalesce('aliases.paper_id', 'picks.paper_id').as('paper_id'))
    .where('picks.digest', '=', digest)
    .where('editions.published_at', '<', pickedBefore ?? Number.MAX_SAFE_INTEGER)
    .execute();
  return new Set(rows.map((row) => row.paper_id));
}

/** The papers met as news in the time of the query. */
function metAsNews(db: Queryable, query: CandidateQuery) {
  return db
    .selectFrom('appearances')
    .select('appearances.paper_id')
    .where('appearances.is_news', '=', 1)
    .where('appearances.first_seen_at', '>', query.earliestAt)
    .where('appearances.first_seen_at', '<=', query.now);
}

/** Of each paper, earliest first. */
async function meetingsOf(db: Queryable, query: CandidateQuery): Promise<ReadonlyMap<PaperId, Meeting[]>> {
  const rows = await db
    .selectFrom('appearances')
    .select(['source', 'paper_id', 'is_news', 'has_votes', 'listed_at', 'seen_after', 'first_seen_at'])
    .where('first_seen_at', '<=', query.now)
    .where('paper_id', 'in', metAsNews(db, query))
    .execute();
  return grouped(
    rows,
    (row) => row.paper_id,
    (a, b) => a.first_seen_at - b.first_seen_at || (a.source < b.source ? -1 : 1),
  );
}

/** Of each paper, oldest first. */
async function signalsCounted(db: Queryable, query: CandidateQuery): Promise<ReadonlyMap<PaperId, Signal[]>> {
  const rows = await db
    .selectFrom('signals')
    .select(['paper_id', 'kind', 'source', 'counted_at', 'value'])
    .where('counted_at', '<=', query.now)
    .where('paper_id', 'in', metAsNews(db, query))
    .execute();
  return grouped(
    rows.map(signalFromRow),
    (signal) => signal.paperId,
    (a, b) => a.countedAt - b.countedAt || compare(a.source, b.source) || compare(a.kind, b.kind),
  );
}

/** Sorted here and not by the database: nearly every group is of one or two. */
function grouped<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => PaperId,
  order: (a: Item, b: Item) => number,
): ReadonlyMap<PaperId, Item[]> {
  const groups = Map.groupBy(items, keyOf);
  for (const group of groups.values()) if (group.length > 1) group.sort(order);
  return groups;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
