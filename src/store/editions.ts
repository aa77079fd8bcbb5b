import type { Edition, UpdatedPaper } from '../domain/edition.ts';
import type { Paper, PaperId, RevisedField } from '../domain/paper.ts';
import type { CalendarDate, Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';
import { jsonList, jsonObject } from './json.ts';

export interface StoredEdition {
  readonly id: number;
  readonly edition: Edition;
}

export async function findEdition(
  db: Queryable,
  digest: string,
  editionDate: CalendarDate,
): Promise<StoredEdition | undefined> {
  const row = await db
    .selectFrom('editions')
    .select(['id', 'content'])
    .where('digest', '=', digest)
    .where('edition_date', '=', editionDate)
    .executeTakeFirst();
  return row && { id: row.id, edition: jsonObject<Edition>(row.content) };
}

/** An edition by the id of its row, or undefined. */
export async function editionById(db: Queryable, id: number): Promise<Edition | undefined> {
  const row = await db.selectFrom('editions').select('content').where('id', '=', id).executeTakeFirst();
  return row && jsonObject<Edition>(row.content);
}

/** Editions published at or after `since`, newest first, with whether their audience is frozen. */
export async function editionsSince(
  db: Queryable,
  since: Instant,
): Promise<readonly (StoredEdition & { readonly isPrepared: boolean })[]> {
  const rows = await db
    .selectFrom('editions')
    .select(['id', 'content', 'prepared_at'])
    .where('published_at', '>=', since)
    .orderBy('published_at', 'desc')
    .orderBy('digest')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    edition: jsonObject<Edition>(row.content),
    isPrepared: row.prepared_at !== null,
  }));
}

/** Number of editions, and the newest of them. */
export async function newestEditions(
  db: Queryable,
  limit: number,
): Promise<{ readonly count: number; readonly newest: readonly StoredEdition[] }> {
  const { count } = await db
    .selectFrom('editions')
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  const rows = await db
    .selectFrom('editions')
    .select(['id', 'content'])
    .orderBy('published_at', 'desc')
    .orderBy('digest')
    .limit(limit)
    .execute();
  return {
    count,
    newest: rows.map((row) => ({ id: row.id, edition: jsonObject<Edition>(row.content) })),
  };
}

/** The id of the edition stored last, 0 when there is none. */
export async function lastEditionId(db: Queryable): Promise<number> {
  const row = await db
    .selectFrom('editions')
    .select((select) => select.fn.max<number | null>('id').as('id'))
    .executeTakeFirstOrThrow();
  return row.id ?? 0;
}

/** All editions, newest first. */
export async function allEditions(db: Queryable): Promise<readonly StoredEdition[]> {
  const rows = await db
    .selectFrom('editions')
    .select(['id', 'content'])
    .orderBy('published_at', 'desc')
    .orderBy('digest')
    .execute();
  return rows.map((row) => ({ id: row.id, edition: jsonObject<Edition>(row.content) }));
}

/** When the digest's last edition before `now` was published; undefined when `now` is before all of them. */
export async function lastEditionAt(
  db: Queryable,
  digest: string,
  now: Instant,
): Promise<Instant | undefined> {
  const row = await db
    .selectFrom('editions')
    .select('published_at')
    .where('digest', '=', digest)
    .where('published_at', '<', now)
    .orderBy('published_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.published_at;
}

/** When the newest edition of any digest was published. */
export async function latestEditionAt(db: Queryable): Promise<Instant | undefined> {
  const row = await db
    .selectFrom('editions')
    .select((select) => select.fn.max<number | null>('published_at').as('at'))
    .executeTakeFirstOrThrow();
  return row.at ?? undefined;
}

/** Where a paper was picked: digest, edition date and topic, oldest first. */
export async function picksOf(
  db: Queryable,
  paperId: PaperId,
): Promise<
  readonly { readonly digest: string; readonly editionDate: CalendarDate; readonly topic: string }[]
> {
  const rows = await db
    .selectFrom('picks')
    .innerJoin('editions', 'editions.id', 'picks.edition_id')
    .select(['picks.digest', 'editions.edition_date', 'picks.topic'])
    .where('picks.paper_id', '=', paperId)
    .orderBy('editions.published_at')
    .execute();
  return rows.map((row) => ({ digest: row.digest, editionDate: row.edition_date, topic: row.topic }));
}

/**
 * Papers that earlier editions of the digest showed and that were revised in (fromAt, toAt], with every
 * field that changed; the last revised first.
 */
export async function updatedSince(
  db: Queryable,
  digest: string,
  fromAt: Instant,
  toAt: Instant,
): Promise<readonly UpdatedPaper[]> {
  const rows = await db
    .selectFrom('revisions')
    .innerJoin('picks', (join) =>
      join.onRef('picks.paper_id', '=', 'revisions.paper_id').on('picks.digest', '=', digest),
    )
    .innerJoin('papers', 'papers.id', 'revisions.paper_id')
    .select([
      'papers.id',
      'papers.title',
      'papers.links',
      'papers.version',
      'revisions.fields',
      'picks.topic',
    ])
    .where('revisions.seen_at', '>', fromAt)
    .where('revisions.seen_at', '<=', toAt)
    .orderBy('revisions.seen_at', 'desc')
    .orderBy('papers.id')
    .execute();
  const updated = new Map<PaperId, UpdatedPaper>();
  for (const row of rows) {
    const fields = new Set([...(updated.get(row.id)?.fields ?? []), ...jsonList<RevisedField>(row.fields)]);
    updated.set(row.id, {
      id: row.id,
      topics: [row.topic],
      ...(row.version !== null && { version: row.version }),
      title: row.title,
      url: jsonObject<{ abstract: string }>(row.links).abstract,
      fields: [...fields].toSorted(),
    });
  }
  return [...updated.values()];
}

/** The papers that editions of the digest published before `now` picked, newest first, as they are known today. */
export async function picksBefore(
  db: Queryable,
  digest: string,
  now: Instant,
  limit: number,
): Promise<readonly Pick<Paper, 'id' | 'title' | 'abstract'>[]> {
  return db
    .selectFrom('picks')
    .innerJoin('editions', 'editions.id', 'picks.edition_id')
    .innerJoin('papers', 'papers.id', 'picks.paper_id')
    .select(['papers.id', 'papers.title', 'papers.abstract'])
    .where('picks.digest', '=', digest)
    .where('editions.published_at', '<', now)
    .orderBy('editions.published_at', 'desc')
    .orderBy('papers.id')
    .limit(limit)
    .execute();
}

/** The editions of a digest with a date in these days, both ends counted, oldest first. */
export async function editionsDated(
  db: Queryable,
  days: { readonly digest: string; readonly fromDate: CalendarDate; readonly toDate: CalendarDate },
): Promise<readonly Edition[]> {
  const rows = await db
    .selectFrom('editions')
    .select('content')
    .where('digest', '=', days.digest)
    .where('edition_date', '>=', days.fromDate)
    .where('edition_date', '<=', days.toDate)
    .orderBy('edition_date')
    .execute();
  return rows.map((row) => jsonObject<Edition>(row.content));
}
