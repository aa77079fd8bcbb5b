import { CompiledQuery } from 'kysely';
import type { Queryable } from './database.ts';

/*
 * Many rows with few statements. A statement built anew for every row costs more than SQLite needs to store it; here its
 * text depends on the number of rows alone, and so few numbers occur that each is prepared once.
 *
 * The places of values are written `?` as SQLite has them, in this file and by its callers: PostgreSQL wants `$1`, `$2`,
 * at most 65,535 of them, and is faster still with `copy`.
 */

/** A value as a column holds it. */
export type Cell = string | number | null;

export interface BulkInsert {
  /** The statement up to the rows, `insert into t (a, b) values`. */
  readonly head: string;
  /** One row of it, `(?, 'import')`. */
  readonly row: string;
  /** What stands after the rows. */
  readonly tail?: string;
}

/** Together under SQLite's limit of 32,766 bound values. */
const valuesAtOnce = 2_048;

/** Stores rows whose values stand one after the other in `cells`, `width` for each row. */
export async function insertRows(
  db: Queryable,
  { head, row, tail = '' }: BulkInsert,
  cells: readonly Cell[],
): Promise<void> {
  const width = row.split('?').length - 1;
  for (const piece of pieces(cells, width, Math.floor(valuesAtOnce / width))) {
    const rows = `${`${row},`.repeat(piece.length / width - 1)}${row}`;
    await db.executeQuery(CompiledQuery.raw(`${head} ${rows} ${tail}`, piece));
  }
}

/** The rows that belong to one of these keys; `head` is the statement up to `in`. */
export async function rowsIn<Row>(db: Queryable, head: string, keys: readonly Cell[]): Promise<Row[]> {
  const found: Row[] = [];
  for (const piece of pieces(keys, 1, 1_024)) {
    const query: CompiledQuery<Row> = CompiledQuery.raw(
      `${head} in (${'?,'.repeat(piece.length - 1)}?)`,
      piece,
    );
    const { rows } = await db.executeQuery<Row>(query);
    for (const row of rows) found.push(row);
  }
  return found;
}

/** Pieces of at most `most` rows, the rest in powers of two: some ten different lengths in all. */
function* pieces<T>(list: readonly T[], width: number, most: number): Generator<T[]> {
  let rows = 2 ** Math.floor(Math.log2(most));
  for (let start = 0; start < list.length; start += rows * width) {
    while (rows * width > list.length - start) rows /= 2;
    yield list.slice(start, start + rows * width);
  }
}
