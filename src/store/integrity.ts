import { DatabaseSync } from 'node:sqlite';
import { asError } from '../errors.ts';

/**
 * What is wrong in a database file, one line each; none when it is sound: its pages (`pragma quick_check`) and its
 * references. Others may go on working with it. It takes a second for each gigabyte or so. SQLite only: PostgreSQL looks
 * after its own files.
 */
export function databaseFaults(path: string): readonly string[] {
  try {
    using database = new DatabaseSync(path, { readOnly: true, timeout: 15_000 });
    const pages = database.prepare('pragma quick_check(20)').all();
    const dangling = database.prepare('pragma foreign_key_check').all();
    return [
      ...pages.map((row) => String(row['quick_check'])).filter((line) => line !== 'ok'),
      ...dangling
        .slice(0, 20)
        .map(
          (row) => `a row of ${String(row['table'])} names one of ${String(row['parent'])} that is not there`,
        ),
    ];
  } catch (thrown) {
    return [asError(thrown).message];
  }
}
