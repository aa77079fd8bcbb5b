import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** How much mail went where and how fast it may go on; under which name a delivery is counted, when it is due at first, what was sent again. */
export const mailLimits: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      `create table mail_limits (
    name text not null primary key,
    tokens real not null,
    refilled_at integer not null,
    factor real not null,
    slowed_at integer not null,
    paused_until integer not null,
    strikes integer not null,
    day_at integer not null,
    used_today integer not null
  ) strict, without rowid`,
      `alter table deliveries add column domain_key text not null default ''`,
      `alter table deliveries add column resent_at integer`,
      `alter table deliveries add column due_at integer`,
      `create index deliveries_by_domain on deliveries (domain_key, next_attempt_at, id)
    where state in ('pending', 'deferred', 'leased')`,
      `create index deliveries_in_doubt on deliveries (id) where state = 'in_doubt'`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
