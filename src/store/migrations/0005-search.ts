import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * What is searched of papers, and which of them wait to be read for it: at first all.
 *
 * `search_index` is SQLite's own (FTS5), without a copy of the texts. It is handed words that are already folded, so
 * its tokenizer only parts them at spaces.
 */
export const search: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table search_papers (
    seq integer primary key autoincrement,
    paper_id text not null unique references papers (id),
    dated_on text not null,
    entry_second integer unique
  ) strict`,
  `create table search_queue (
    place integer primary key,
    paper_id text not null
  ) strict`,
  `create table search_state (
    id integer primary key check (id = 1),
    basis text not null,
    generation integer not null
  ) strict`,
  `insert into search_state (id, basis, generation) values (1, '', 0)`,
  `insert into search_queue (paper_id) select id from papers order by first_seen_at, id`,
  `create virtual table search_index using fts5(title, abstract, authors, labs, labels,
    content='', contentless_delete=1, tokenize='ascii')`,
  // By default it tidies up so often that a block of papers now and then takes twenty times as long as usual.
  `insert into search_index (search_index, rank) values ('automerge', 16), ('crisismerge', 64)`,
];
