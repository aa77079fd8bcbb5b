import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What was known of a voted paper until it changed, so that a past day can be replayed as it stood. */
export const whatWasKnownBefore: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `create table former_facts (
    paper_id text not null references papers (id),
    until_at integer not null,
    facts text not null,
    primary key (paper_id, until_at)
  ) strict, without rowid`,
      )
      .execute(db);
  },
};
