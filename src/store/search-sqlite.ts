/**
 * How the search index is written in SQLite's own language (FTS5); `search-process.ts` reads it. Another database has
 * files like these two; everything else of the search is in statements that both understand.
 */
import { sql } from 'kysely';
import type { SearchText } from '../domain/search-text.ts';
import type { Queryable } from './database.ts';

const nothing: SearchText = { title: '', abstract: '', authors: '', labs: '', labels: '' };

/** Writes what is searched of a paper; `isFree` when nothing was written under that row before. */
export async function writeSearchText(
  db: Queryable,
  seq: number,
  text: SearchText,
  isFree: boolean,
): Promise<void> {
  const values = sql.join([seq, text.title, text.abstract, text.authors, text.labs, text.labels]);
  // To replace takes half as long again, also where there is nothing to replace.
  const write = sql.raw(isFree ? 'insert into' : 'insert or replace into');
  await sql`${write} search_index (rowid, title, abstract, authors, labs, labels) values (${values})`.execute(
    db,
  );
}

/**
 * The paper of that row is not found any more. Not by `delete`: FTS5 then leaves a "last inserted row" behind that is
 * too large for a number, and node:sqlite throws at the next statement.
 */
export async function blankSearchText(db: Queryable, seq: number): Promise<void> {
  await writeSearchText(db, seq, nothing, false);
}
