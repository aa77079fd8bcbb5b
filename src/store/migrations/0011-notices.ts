import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What people asked for on the pages, and the mails that go out because of it. */
export const notices: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      `create table requests (
    id integer primary key,
    kind text not null check (kind in ('sign-up', 'change-address')),
    address_hash text not null,
    new_address text not null,
    choice text not null default '{}',
    wording text,
    client_hash text,
    asked_at integer not null,
    expires_at integer not null,
    state text not null default 'open' check (state in ('open', 'agreed', 'done'))
  ) strict`,
      `create index requests_by_address on requests (address_hash)`,
      `create index requests_by_expiry on requests (expires_at)`,
      `create table notices (
    id integer primary key,
    kind text not null check (kind in ('confirm', 'link', 'change-old', 'change-new', 'export', 'erase')),
    request_id integer references requests (id) on delete cascade,
    address_hash text not null,
    asked_at integer not null,
    due_at integer not null,
    expires_at integer not null,
    state text not null default 'waiting'
      check (state in ('waiting', 'in-doubt', 'sent', 'dropped', 'failed', 'expired')),
    attempts integer not null default 0,
    lease_until integer,
    lease_owner text
  ) strict`,
      `create index notices_due on notices (due_at) where state = 'waiting'`,
      `create index notices_by_address on notices (address_hash)`,
      `create index notices_by_request on notices (request_id)`,
      `create table request_counts (
    subject text not null,
    window_at integer not null,
    count integer not null,
    primary key (subject, window_at)
  ) strict, without rowid`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
