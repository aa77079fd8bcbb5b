import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Mails that cover several editions: weekly and monthly readers, what a delivery covers, whom its reader follows and which
 * words they do not want; and how far the audience of an edition is frozen. The index on message_id goes: the column is
 * unique, so it had one already.
 */
export const coversFrom: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      `alter table deliveries add column covers_from text`,
      `alter table deliveries add column covers_to text`,
      `alter table deliveries add column wish text`,
      `drop index deliveries_by_message_id`,
      `create table audiences (
    edition_id integer primary key references editions (id),
    started_at integer not null,
    cursor text not null,
    counts text not null
  ) strict`,
      // SQLite cannot change a check; the table is small beside the others, and no other refers to it.
      `create table subscriptions_with_cadence (
    subscriber_id integer not null references subscribers (id) on delete cascade,
    digest text not null,
    state text not null check (state in ('pending', 'confirmed', 'unsubscribed')),
    topics text,
    cadence text not null default 'every' check (cadence in ('every', 'weekdays', 'weekly', 'monthly')),
    changed_at integer not null,
    changed_by text not null check (changed_by in ('file', 'reader', 'import', 'operator')),
    primary key (subscriber_id, digest)
  ) strict, without rowid`,
      `insert into subscriptions_with_cadence
    (subscriber_id, digest, state, topics, cadence, changed_at, changed_by)
    select subscriber_id, digest, state, topics, cadence, changed_at, changed_by from subscriptions`,
      `drop table subscriptions`,
      `alter table subscriptions_with_cadence rename to subscriptions`,
      `create index subscriptions_by_digest on subscriptions (digest, state, subscriber_id)`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
