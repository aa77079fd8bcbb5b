import type { SourceState } from '../domain/edition.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';

export type SourceStanding = 'ok' | 'quiet' | 'partial' | 'stale' | 'failed';

/** How a source stood when it was last asked. */
export interface StoredSourceState {
  readonly source: string;
  readonly state: SourceStanding;
  /** Why it is neither ok nor quiet, one sentence. */
  readonly reason?: string;
  readonly askedAt: Instant;
  /** The last time it was ok or quiet. */
  readonly lastOkAt?: Instant;
}

export async function sourceStates(db: Queryable): Promise<ReadonlyMap<string, StoredSourceState>> {
  const rows = await db
    .selectFrom('source_states')
    .select(['source', 'state', 'reason', 'asked_at', 'last_ok_at'])
    .execute();
  return new Map(
    rows.map((row) => [
      row.source,
      {
        source: row.source,
        state: standing(row.state),
        ...(row.reason !== null && { reason: row.reason }),
        askedAt: row.asked_at,
        ...(row.last_ok_at !== null && { lastOkAt: row.last_ok_at }),
      },
    ]),
  );
}

/** How each of these sources stands, in their order. */
export async function sourceStandings(
  db: Queryable,
  names: readonly string[],
): Promise<readonly Omit<SourceState, 'added'>[]> {
  const states = await sourceStates(db);
  return names.map((name) => {
    const state = states.get(name);
    return {
      name,
      state: state?.state ?? 'never read',
      ...(state?.lastOkAt !== undefined && { lastReadAt: state.lastOkAt }),
      ...(state?.reason !== undefined && { reason: state.reason }),
    };
  });
}

/**
 * Records how a source stands; the time of the last good reading is kept. Does nothing when it was asked
 * later than `now`: a past day that is done again says nothing of the present.
 */
export async function recordSourceState(
  db: Queryable,
  source: string,
  now: Instant,
  outcome: { readonly state: SourceStanding; readonly reason?: string },
): Promise<void> {
  const isGood = outcome.state === 'ok' || outcome.state === 'quiet';
  const row = {
    state: outcome.state,
    reason: outcome.reason ?? null,
    asked_at: now,
    ...(isGood && { last_ok_at: now }),
  };
  await db
    .insertInto('source_states')
    .values({ source, last_ok_at: null, ...row })
    .onConflict((conflict) =>
      conflict.column('source').doUpdateSet(row).where('source_states.asked_at', '<=', now),
    )
    .execute();
}

function standing(text: string): SourceStanding {
  switch (text) {
    case 'ok':
    case 'quiet':
    case 'partial':
    case 'stale':
    case 'failed':
      return text;
    default:
      throw new Error(`the store holds a source in the unknown state ${text}`);
  }
}
