import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What troubles there are, and what the operator has been or is to be told of them. */
export const alarms: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      `create table troubles (
    id text primary key,
    seen_at integer not null,
    told_at integer
  ) strict, without rowid`,
      `create table alarm_messages (
    id integer primary key,
    channel text not null check (channel in ('mail', 'webhook')),
    body text not null,
    made_at integer not null,
    due_at integer not null,
    attempts integer not null default 0,
    state text not null default 'waiting'
      check (state in ('waiting', 'in-doubt', 'sent', 'failed', 'expired')),
    lease_owner text,
    lease_until integer
  ) strict`,
      `create index alarm_messages_due on alarm_messages (due_at) where state = 'waiting'`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
