import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** One hash of what a source said, other ids of a paper, where its fields come from, remarks and withdrawals. */
export const whatEachSourceSaid: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `alter table papers add column comments text`,
  `alter table papers add column withdrawn_at integer`,
  `alter table papers add column origins text not null default '{}'`,
  `alter table appearances add column said_hash text`,
  `create index appearances_said on appearances (source, paper_id, said_hash, is_news)`,
  `create table aliases (
    alias text primary key,
    paper_id text not null references papers (id)
  ) strict, without rowid`,
  `create index aliases_by_paper on aliases (paper_id)`,
  `create table paper_facts (
    paper_id text primary key references papers (id),
    basis text not null,
    matches text not null,
    word_share real,
    chance real
  ) strict, without rowid`,
  `create table models (
    id integer primary key,
    kind text not null,
    fitted_at integer not null,
    from_date text not null,
    to_date text not null,
    list_days integer not null,
    papers integer not null,
    body text not null
  ) strict`,
  `create index models_by_kind on models (kind, fitted_at)`,
  `insert into aliases (alias, paper_id)
    select 'doi:' || lower(doi), min(id) from papers
    where doi is not null and id <> 'doi:' || lower(doi) group by lower(doi)`,
  ...['appearances', 'signals'].map(
    (table) => `update or ignore ${table}
      set paper_id = (select aliases.paper_id from aliases where aliases.alias = ${table}.paper_id)
      where paper_id in (select alias from aliases)`,
  ),
];
