import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Lists over several days, and the papers that ever stood in the trending one. */
export const views: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table views (
    id integer primary key,
    kind text not null check (kind in ('week', 'month', 'trending')),
    period text not null,
    from_date text not null,
    to_date text not null,
    made_at integer not null,
    is_final integer not null check (is_final in (0, 1)),
    content text not null,
    unique (kind, period)
  ) strict`,
  `create table trending_entries (
    paper_id text primary key references papers (id),
    entered_at integer not null,
    edition_date text not null,
    entry_rank integer not null,
    pick text not null
  ) strict, without rowid`,
  `create index trending_entries_by_time on trending_entries (entered_at desc, entry_rank, paper_id)`,
  `create index appearances_by_list_date on appearances (list_date, paper_id, has_votes, is_news, first_seen_at)`,
];
