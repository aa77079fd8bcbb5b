import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Who reads what, who said yes and no to it and when. */
export const subscribers: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      `create table subscribers (
    id integer primary key,
    address text not null,
    address_hash text not null unique,
    name text,
    language text,
    zone text,
    minute_of_day integer check (minute_of_day between 0 and 1439),
    paused_until text,
    follows text not null default '{}',
    muted text not null default '[]',
    feed_key text unique,
    origin text not null check (origin in ('file', 'sign-up', 'import', 'operator')),
    created_at integer not null,
    changed_at integer not null,
    changed_by text not null check (changed_by in ('file', 'reader', 'import', 'operator'))
  ) strict`,
      `create table subscriptions (
    subscriber_id integer not null references subscribers (id) on delete cascade,
    digest text not null,
    state text not null check (state in ('pending', 'confirmed', 'unsubscribed')),
    topics text,
    cadence text not null default 'every' check (cadence in ('every', 'weekdays')),
    changed_at integer not null,
    changed_by text not null check (changed_by in ('file', 'reader', 'import', 'operator')),
    primary key (subscriber_id, digest)
  ) strict, without rowid`,
      `create index subscriptions_by_digest on subscriptions (digest, state, subscriber_id)`,
      `create table consents (
    id integer primary key,
    address_hash text not null,
    digest text not null,
    act text not null,
    at integer not null,
    way text not null,
    wording text,
    client_hash text
  ) strict`,
      `create index consents_by_address on consents (address_hash, at)`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
