import type { PastReading, StoredPast } from '../domain/past.ts';
import type { PaperId } from '../domain/paper.ts';
import type { CalendarDate } from '../domain/time.ts';
import { formerFacts } from './former-facts.ts';
import { jsonList } from './json.ts';
import type { Queryable } from './database.ts';
import { paperColumns, paperFromRow } from './papers.ts';
import { signalFromRow } from './signals.ts';

/** List days, both included; without a bound when left out. */
export interface PastRange {
  readonly fromDate?: CalendarDate;
  readonly toDate?: CalendarDate;
}

/**
 * The lists of those days of all sources that count votes, as far as they are stored: readings, and papers with
 * every count. A paper that several of them list stands on the list that met it first. Withdrawn papers are in it.
 */
export async function storedPast(db: Queryable, range: PastRange): Promise<StoredPast> {
  const [from, to] = [range.fromDate ?? '', range.toDate ?? '9999-12-31'];
  const readings = await readingsOf(db, from, to);
  const rows = await db
    .selectFrom('appearances')
    .innerJoin('papers', 'papers.id', 'appearances.paper_id')
    .select([...paperColumns, 'list_date', 'listed_at', 'seen_after', 'appearances.first_seen_at as met_at'])
    .where('has_votes', '=', 1)
    .where('list_date', '>=', from)
    .where('list_date', '<=', to)
    .orderBy('met_at')
    .orderBy('appearances.source')
    .execute();
  const first = new Map<PaperId, (typeof rows)[number]>();
  for (const row of rows) if (!first.has(row.id)) first.set(row.id, row);
  const signals = Map.groupBy(await signalsOf(db, from, to), (signal) => signal.paperId);
  const former = await formerFacts(db);
  const listings = [...first.values()].map((row) => {
    return {
      listDate: row.list_date,
      candidate: {
        paper: paperFromRow(row),
        signals: signals.get(row.id) ?? [],
        ...(row.listed_at !== null && { listedAt: row.listed_at }),
        seenAt: row.met_at,
        ...(row.seen_after !== null && { seenAfter: row.seen_after }),
        hasVotes: true,
        isNew: true,
      },
      former: former.get(row.id) ?? [],
    };
  });
  const key = (one: (typeof listings)[number]): string => `${one.listDate} ${one.candidate.paper.id}`;
  return { readings, listings: listings.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)) };
}

async function readingsOf(db: Queryable, from: CalendarDate, to: CalendarDate): Promise<PastReading[]> {
  const rows = await db
    .selectFrom('listings')
    .select(['list_date', 'read_at', 'announced', 'dropped'])
    .where('source', 'in', (select) =>
      select.selectFrom('appearances').select('appearances.source').where('has_votes', '=', 1).distinct(),
    )
    .where('quiet', '=', 0)
    .where('list_date', '>=', from)
    .where('list_date', '<=', to)
    .orderBy('read_at')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    listDate: row.list_date,
    readAt: row.read_at,
    announced: row.announced,
    papers: row.announced - jsonList<unknown>(row.dropped).length,
  }));
}

/** Of the papers on those lists, in a stated order. */
async function signalsOf(db: Queryable, from: CalendarDate, to: CalendarDate) {
  const rows = await db
    .selectFrom('signals')
    .select(['paper_id', 'kind', 'source', 'counted_at', 'value'])
    .where('paper_id', 'in', (select) =>
      select
        .selectFrom('appearances')
        .select('appearances.paper_id')
        .where('has_votes', '=', 1)
        .where('list_date', '>=', from)
        .where('list_date', '<=', to),
    )
    .orderBy('counted_at')
    .orderBy('source')
    .orderBy('kind')
    .execute();
  return rows.map(signalFromRow);
}
