import type { Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';

/** A process that died while it had the connection holds it no longer than that. */
const leaseMs = 60_000;
/** How long to wait before asking again while another process has the connection. */
const askAgainMs = 250;

/**
 * Takes the one connection to a group of hosts, at least `minIntervalMs` after it was taken before, in one
 * conditional write. 0 when `owner` has it now, else the milliseconds after which to ask again. `now` is
 * the clock on the wall, shared by all processes.
 */
export async function takeTurn(
  db: Queryable,
  group: string,
  owner: string,
  minIntervalMs: number,
  now: Instant,
): Promise<number> {
  const turn = { owner, busy_until: now + leaseMs, next_at: now + minIntervalMs };
  const result = await db
    .insertInto('paces')
    .values({ host_group: group, ...turn })
    .onConflict((conflict) =>
      conflict
        .column('host_group')
        .doUpdateSet(turn)
        .where((where) =>
          where.or([
            where.and([where('paces.busy_until', '<=', now), where('paces.next_at', '<=', now)]),
            // Written by a clock that ran ahead: no right one can have said so.
            where('paces.busy_until', '>', now + leaseMs),
            where('paces.next_at', '>', now + minIntervalMs),
          ]),
        ),
    )
    .executeTakeFirst();
  if (Number(result.numInsertedOrUpdatedRows ?? 0n) === 1) return 0;
  const row = await db
    .selectFrom('paces')
    .select(['busy_until', 'next_at'])
    .where('host_group', '=', group)
    .executeTakeFirstOrThrow();
  return row.busy_until > now ? askAgainMs : Math.max(1, row.next_at - now);
}

/** Gives the connection back, when `owner` still has it. */
export async function endTurn(db: Queryable, group: string, owner: string): Promise<void> {
  await db
    .updateTable('paces')
    .set({ busy_until: 0 })
    .where('host_group', '=', group)
    .where('owner', '=', owner)
    .execute();
}
