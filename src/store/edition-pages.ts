import type { CalendarDate, Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';

/** What names an edition, without what stands in it. */
export interface EditionHead {
  readonly id: number;
  readonly digest: string;
  readonly editionDate: CalendarDate;
  readonly number: number;
  readonly publishedAt: Instant;
}

/** At most `limit` editions, the last stored first, before `beforeId` when it is given; `nextBeforeId` when more follow. */
export async function editionPage(
  db: Queryable,
  page: { readonly beforeId?: number; readonly limit: number; readonly digest?: string },
): Promise<{ readonly editions: readonly EditionHead[]; readonly nextBeforeId?: number }> {
  let query = db
    .selectFrom('editions')
    .select(['id', 'digest', 'edition_date', 'number', 'published_at'])
    .orderBy('id', 'desc')
    .limit(page.limit + 1);
  if (page.beforeId !== undefined) query = query.where('id', '<', page.beforeId);
  if (page.digest !== undefined) query = query.where('digest', '=', page.digest);
  const rows = await query.execute();
  const editions = rows.slice(0, page.limit).map((row) => ({
    id: row.id,
    digest: row.digest,
    editionDate: row.edition_date,
    number: row.number,
    publishedAt: row.published_at,
  }));
  const last = editions.at(-1);
  return { editions, ...(rows.length > page.limit && last && { nextBeforeId: last.id }) };
}

/** The JSON of an edition as it was frozen, to the byte; undefined when there is none. */
export async function frozenEdition(
  db: Queryable,
  digest: string,
  editionDate: CalendarDate,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('editions')
    .select('content')
    .where('digest', '=', digest)
    .where('edition_date', '=', editionDate)
    .executeTakeFirst();
  return row?.content;
}
