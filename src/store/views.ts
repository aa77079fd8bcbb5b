import type { Pick } from '../domain/edition.ts';
import type { PaperId } from '../domain/paper.ts';
import type { CalendarDate, Instant } from '../domain/time.ts';
import { viewKinds, type TrendingEntry, type View, type ViewKind } from '../domain/view.ts';
import { StoreError } from '../errors.ts';
import type { Database, Queryable } from './database.ts';
import { jsonObject } from './json.ts';

/** A view that is to be stored, and whether it stands for ever. */
export interface ViewDraft {
  readonly view: View;
  readonly isFinal: boolean;
}

/**
 * Stores views in one transaction, each in the place of the one of its kind and period, unless that is final or was
 * made later. Of what is trending only the newest view is kept. Every paper that stands in a trending view for the
 * first time, under any of its ids, is entered for ever as it stands there.
 */
export async function storeViews(db: Database, drafts: readonly ViewDraft[]): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    for (const { view, isFinal } of drafts) {
      if (view.kind === 'trending' && (await isOvertaken(transaction, view))) continue;
      const stored = await transaction
        .insertInto('views')
        .values({
          kind: view.kind,
          period: view.period,
          from_date: view.fromDate,
          to_date: view.toDate,
          made_at: view.madeAt,
          is_final: isFinal ? 1 : 0,
          content: JSON.stringify(view),
        })
        .onConflict((conflict) =>
          conflict
            .columns(['kind', 'period'])
            .doUpdateSet((excluded) => ({
              from_date: excluded.ref('excluded.from_date'),
              to_date: excluded.ref('excluded.to_date'),
              made_at: excluded.ref('excluded.made_at'),
              is_final: excluded.ref('excluded.is_final'),
              content: excluded.ref('excluded.content'),
            }))
            .where('views.is_final', '=', 0)
            .whereRef('views.made_at', '<=', (excluded) => excluded.ref('excluded.made_at')),
        )
        .returning('id')
        .executeTakeFirst();
      if (view.kind === 'trending' && stored) await enter(transaction, view);
    }
  });
}

/** Whether a list of what is trending that was made later is stored, under whatever date. */
async function isOvertaken(db: Queryable, view: View): Promise<boolean> {
  const later = await db
    .selectFrom('views')
    .select('id')
    .where('kind', '=', 'trending')
    .where('made_at', '>', view.madeAt)
    .executeTakeFirst();
  return later !== undefined;
}

async function enter(db: Queryable, view: View): Promise<void> {
  // Of any other date: in another zone the later list can be of an earlier day.
  await db.deleteFrom('views').where('kind', '=', 'trending').where('period', '<>', view.period).execute();
  if (view.picks.length === 0) return;
  const entered = await enteredAmong(
    db,
    view.picks.map((pick) => pick.paper.id),
  );
  const fresh = view.picks.filter((pick) => !entered.has(pick.paper.id));
  if (fresh.length === 0) return;
  await db
    .insertInto('trending_entries')
    .values(
      fresh.map((pick) => ({
        paper_id: pick.paper.id,
        entered_at: view.madeAt,
        edition_date: view.toDate,
        entry_rank: pick.rank,
        pick: JSON.stringify(pick),
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Those of the papers that were entered, under whatever id. */
async function enteredAmong(db: Queryable, ids: readonly PaperId[]): Promise<ReadonlySet<PaperId>> {
  const rows = await db
    .selectFrom('trending_entries')
    .select('paper_id')
    .where('paper_id', 'in', ids)
    .execute();
  const renamed = await db
    .selectFrom('aliases')
    .innerJoin('trending_entries', 'trending_entries.paper_id', 'aliases.alias')
    .select('aliases.paper_id')
    .where('aliases.paper_id', 'in', ids)
    .execute();
  return new Set([...rows, ...renamed].map((row) => row.paper_id));
}

/** All views, by kind (weeks, months, what is trending), the newest period first. */
export async function allViews(db: Queryable): Promise<readonly View[]> {
  const rows = await db
    .selectFrom('views')
    .select(['kind', 'content'])
    .orderBy('kind')
    .orderBy('period', 'desc')
    .execute();
  return viewKinds.flatMap((kind) =>
    rows.filter((row) => row.kind === kind).map((row) => jsonObject<View>(row.content)),
  );
}

/** The papers that last entered what is trending, the last first; those of one time by the place they had. */
export async function trendingEntries(db: Queryable, limit: number): Promise<readonly TrendingEntry[]> {
  const rows = await db
    .selectFrom('trending_entries')
    .select(['entered_at', 'edition_date', 'pick'])
    .orderBy('entered_at', 'desc')
    .orderBy('entry_rank')
    .orderBy('paper_id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    pick: jsonObject<Pick>(row.pick),
    enteredAt: row.entered_at,
    editionDate: row.edition_date,
  }));
}

/** A view without its picks. */
export interface ViewState {
  readonly kind: ViewKind;
  readonly period: string;
  readonly fromDate: CalendarDate;
  readonly madeAt: Instant;
  readonly isFinal: boolean;
}

/** What is stored, without the contents. */
export async function viewStates(db: Queryable): Promise<readonly ViewState[]> {
  const rows = await db
    .selectFrom('views')
    .select(['kind', 'period', 'from_date', 'made_at', 'is_final'])
    .orderBy('kind')
    .orderBy('period')
    .execute();
  return rows.map((row) => ({
    kind: viewKind(row.kind),
    period: row.period,
    fromDate: row.from_date,
    madeAt: row.made_at,
    isFinal: row.is_final === 1,
  }));
}

function viewKind(text: string): ViewKind {
  const kind = viewKinds.find((one) => one === text);
  if (!kind) throw new StoreError(`the store holds a view of the unknown kind ${text}`);
  return kind;
}
