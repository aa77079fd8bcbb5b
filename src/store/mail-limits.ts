import type { Instant } from '../domain/time.ts';
import type { Database } from './database.ts';
import type { MailLimitRow } from './mail-rows.ts';

/** What is kept of a limit under a name; what it means is the sender's business. */
export interface KeptLimit {
  readonly tokens: number;
  readonly refilledAt: Instant;
  readonly factor: number;
  readonly slowedAt: Instant;
  readonly pausedUntil: Instant;
  readonly strikes: number;
  readonly dayAt: Instant;
  readonly usedToday: number;
}

/**
 * Reads what is kept under these names, in their order, and stores what `change` makes of it, in one transaction:
 * two processes never spend the same allowance. `undefined` stands for a name that nothing is kept of.
 */
export async function changeLimits<Result>(
  db: Database,
  names: readonly string[],
  change: (kept: readonly (KeptLimit | undefined)[]) => {
    readonly result: Result;
    readonly limits: readonly KeptLimit[];
  },
): Promise<Result> {
  return db.transaction().execute(async (transaction) => {
    const rows = await transaction
      .selectFrom('mail_limits')
      .select(columns)
      .where('name', 'in', names)
      .execute();
    const byName = new Map(rows.map((row) => [row.name, toLimit(row)]));
    const { result, limits } = change(names.map((name) => byName.get(name)));
    for (const [index, limit] of limits.entries()) {
      const name = names[index];
      if (name === undefined || limit === byName.get(name)) continue;
      const row = toRow(limit);
      await transaction
        .insertInto('mail_limits')
        .values({ name, ...row })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
        .execute();
    }
    return result;
  });
}

/** Everything that is kept, by name. */
export async function allLimits(db: Database): Promise<ReadonlyMap<string, KeptLimit>> {
  const rows = await db.selectFrom('mail_limits').select(columns).orderBy('name').execute();
  return new Map(rows.map((row) => [row.name, toLimit(row)]));
}

const columns = [
  'name',
  'tokens',
  'refilled_at',
  'factor',
  'slowed_at',
  'paused_until',
  'strikes',
  'day_at',
  'used_today',
] as const;

function toLimit(row: MailLimitRow): KeptLimit {
  return {
    tokens: row.tokens,
    refilledAt: row.refilled_at,
    factor: row.factor,
    slowedAt: row.slowed_at,
    pausedUntil: row.paused_until,
    strikes: row.strikes,
    dayAt: row.day_at,
    usedToday: row.used_today,
  };
}

function toRow(limit: KeptLimit): Omit<MailLimitRow, 'name'> {
  return {
    tokens: limit.tokens,
    refilled_at: limit.refilledAt,
    factor: limit.factor,
    slowed_at: limit.slowedAt,
    paused_until: limit.pausedUntil,
    strikes: limit.strikes,
    day_at: limit.dayAt,
    used_today: limit.usedToday,
  };
}
