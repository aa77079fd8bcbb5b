import type { Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';

/** How a source stood when it was last asked. */
export interface StoredSourceState {
  readonly source: string;
  /** The last time every request of it was answered. */
  readonly lastOkAt?: Instant;
  /** Its last answer was that it announces nothing that day. */
  readonly isQuiet: boolean;
  /** Set when it failed after `lastOkAt`. */
  readonly failure?: { readonly at: Instant; readonly reason: string };
}

export async function sourceStates(db: Queryable): Promise<ReadonlyMap<string, StoredSourceState>> {
  const rows = await db
    .selectFrom('source_states')
    .select(['source', 'last_ok_at', 'is_quiet', 'failed_at', 'failure'])
    .execute();
  return new Map(
    rows.map((row) => [
      row.source,
      {
        source: row.source,
        isQuiet: row.is_quiet === 1,
        ...(row.last_ok_at !== null && { lastOkAt: row.last_ok_at }),
        ...(row.failed_at !== null &&
          row.failure !== null && { failure: { at: row.failed_at, reason: row.failure } }),
      },
    ]),
  );
}

/**
 * Records a good reading; an unchanged one, with `isQuiet` undefined, leaves the source as quiet as it was.
 * Does nothing when a later reading is known: a past day that is done again says nothing of the present.
 */
export async function recordSourceOk(
  db: Queryable,
  source: string,
  now: Instant,
  isQuiet: boolean | undefined,
): Promise<void> {
  const row = {
    last_ok_at: now,
    failed_at: null,
    failure: null,
    ...(isQuiet !== undefined && { is_quiet: isQuiet ? 1 : 0 }),
  };
  await db
    .insertInto('source_states')
    .values({ source, is_quiet: 0, ...row })
    .onConflict((conflict) =>
      conflict
        .column('source')
        .doUpdateSet(row)
        .where((where) =>
          where.or([
            where('source_states.last_ok_at', 'is', null),
            where('source_states.last_ok_at', '<=', now),
          ]),
        ),
    )
    .execute();
}

/** Keeps the time of the last good reading; like it, does nothing when a later reading is known. */
export async function recordSourceFailure(
  db: Queryable,
  source: string,
  now: Instant,
  reason: string,
): Promise<void> {
  const row = { failed_at: now, failure: reason };
  await db
    .insertInto('source_states')
    .values({ source, last_ok_at: null, is_quiet: 0, ...row })
    .onConflict((conflict) =>
      conflict
        .column('source')
        .doUpdateSet(row)
        .where((where) =>
          where.or([
            where('source_states.last_ok_at', 'is', null),
            where('source_states.last_ok_at', '<=', now),
          ]),
        ),
    )
    .execute();
}
