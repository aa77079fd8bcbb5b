import type { CalendarDate, Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';

/** What ranking learned of the past, and of which past. */
export interface StoredModel {
  readonly kind: 'vote-prior' | 'listing-chance';
  readonly fittedAt: Instant;
  /** The list days that it learned of, both included. */
  readonly fromDate: CalendarDate;
  readonly toDate: CalendarDate;
  readonly listDays: number;
  readonly papers: number;
  /** As its own code writes and reads it. */
  readonly body: string;
}

export async function insertModel(db: Queryable, model: StoredModel): Promise<void> {
  await db
    .insertInto('models')
    .values({
      kind: model.kind,
      fitted_at: model.fittedAt,
      from_date: model.fromDate,
      to_date: model.toDate,
      list_days: model.listDays,
      papers: model.papers,
      body: model.body,
    })
    .execute();
}

/** The last model of a kind that was fitted at or before `now`: what an edition of that time was ranked by. */
export async function modelAt(
  db: Queryable,
  kind: StoredModel['kind'],
  now: Instant,
): Promise<StoredModel | undefined> {
  const row = await db
    .selectFrom('models')
    .select(['fitted_at', 'from_date', 'to_date', 'list_days', 'papers', 'body'])
    .where('kind', '=', kind)
    .where('fitted_at', '<=', now)
    .orderBy('fitted_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return (
    row && {
      kind,
      fittedAt: row.fitted_at,
      fromDate: row.from_date,
      toDate: row.to_date,
      listDays: row.list_days,
      papers: row.papers,
      body: row.body,
    }
  );
}
