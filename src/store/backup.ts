import { access, mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { asError, StoreError } from '../errors.ts';

/** Rows of each table of a database file. */
export type RowCounts = Readonly<Record<string, number>>;

/**
 * Writes a copy of the database to `to`, whole and of one moment, while others go on working with it; the copy is
 * opened and checked before it gets its name. Returns its rows by table. Throws StoreError when there is a file at `to`,
 * and when the copy does not hold.
 */
export async function backupDatabase(from: string, to: string): Promise<RowCounts> {
  if (await exists(to)) {
    throw new StoreError(`expected a new file for the backup, got ${to}, which is there; name another`);
  }
  await mkdir(dirname(to), { recursive: true });
  const unfinished = `${to}.unfinished`;
  await rm(unfinished, { force: true });
  try {
    await copyTo(unfinished, from);
    const counts = checkDatabase(unfinished);
    await rename(unfinished, to);
    return counts;
  } finally {
    await rm(unfinished, { force: true });
  }
}

/**
 * Puts a backup in the place of the database; what was there is kept beside it under the name returned (undefined when
 * there was nothing). Throws StoreError, and changes nothing, when the backup is damaged or another process has the
 * database open.
 */
export async function restoreDatabase(
  from: string,
  to: string,
  keepAs: string,
): Promise<{ readonly counts: RowCounts; readonly kept?: string }> {
  if (!(await exists(from))) throw new StoreError(`expected a backup, got ${from}, which is not there`);
  const fresh = `${to}.restored`;
  await mkdir(dirname(to), { recursive: true });
  await rm(fresh, { force: true });
  try {
    checkDatabase(from);
    await copyTo(fresh, from);
    const counts = checkDatabase(fresh);
    const isThere = await exists(to);
    if (isThere) {
      closeForOthers(to);
      await rename(to, keepAs);
    }
    await rename(fresh, to);
    return { counts, ...(isThere && { kept: keepAs }) };
  } finally {
    await rm(fresh, { force: true });
  }
}

/** The copy is one file, without a log beside it. The source is opened for writing, since only then SQLite takes its side files away again. */
async function copyTo(copy: string, from: string): Promise<void> {
  using source = open(from, false);
  await backup(source, copy);
  using made = open(copy, false);
  made.exec('pragma journal_mode = delete');
}

/** Reads a database file through (`PRAGMA integrity_check`, foreign keys) and counts its rows. Throws StoreError. */
export function checkDatabase(file: string): RowCounts {
  try {
    using database = open(file, true);
    const findings = database
      .prepare('pragma integrity_check')
      .all()
      .map((row) => String(row['integrity_check']));
    if (findings.length !== 1 || findings[0] !== 'ok') throw new Error(findings.slice(0, 3).join('; '));
    if (database.prepare('pragma foreign_key_check').get() !== undefined) {
      throw new Error('rows refer to others that are not there');
    }
    const tables = database
      .prepare(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name",
      )
      .all()
      .map((row) => String(row['name']));
    if (!tables.includes('kysely_migration')) throw new Error('it has none of the tables of Broadsheet');
    return Object.fromEntries(
      tables.map((table) => {
        const row = database.prepare(`select count(*) as rows from "${table}"`).get();
        return [table, Number(row?.['rows'])];
      }),
    );
  } catch (error) {
    throw new StoreError(
      `expected a whole Broadsheet database in ${file}, got: ${asError(error).message}; restore another backup`,
      { cause: error },
    );
  }
}

/** Takes the file out of WAL mode, which works only while nobody else has it open, and leaves no file beside it. */
function closeForOthers(file: string): void {
  using database = open(file, false);
  try {
    database.exec('pragma journal_mode = delete');
  } catch (error) {
    throw new StoreError(
      `expected ${file} to be free, got: ${asError(error).message}; stop every Broadsheet that uses it first`,
      { cause: error },
    );
  }
}

function open(file: string, readOnly: boolean): DatabaseSync {
  return new DatabaseSync(file, { readOnly, timeout: 2_000 });
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
