import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, type Transaction } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { asError, StoreError } from '../errors.ts';
import { theWholeDay } from './migrations/0001-the-whole-day.ts';
import { whatEachSourceSaid } from './migrations/0002-what-each-source-said.ts';
import { whatWasKnownBefore } from './migrations/0003-what-was-known-before.ts';
import { views } from './migrations/0004-views.ts';
import { search } from './migrations/0005-search.ts';
import { websub } from './migrations/0006-websub.ts';
import { inbound } from './migrations/0007-inbound.ts';
import { mailLimits } from './migrations/0009-mail-limits.ts';
import { subscribers } from './migrations/0010-subscribers.ts';
import { notices } from './migrations/0011-notices.ts';
import { coversFrom } from './migrations/0012-covers-from.ts';
import { idempotencyKeys } from './migrations/0013-idempotency-keys.ts';
import { alarms } from './migrations/0014-alarms.ts';
import { NodeSqliteDialect } from './sqlite-dialect.ts';
import type { Tables } from './schema.ts';

export type Database = Kysely<Tables>;

/** A function that takes this can run by itself or inside the caller's transaction. */
export type Queryable = Kysely<Tables> | Transaction<Tables>;

const migrations: Record<string, Migration> = {
  '0001-the-whole-day': theWholeDay,
  '0002-what-each-source-said': whatEachSourceSaid,
  '0003-what-was-known-before': whatWasKnownBefore,
  '0004-views': views,
  '0005-search': search,
  '0006-websub': websub,
  '0007-inbound': inbound,
  '0009-mail-limits': mailLimits,
  '0010-subscribers': subscribers,
  '0011-notices': notices,
  '0012-covers-from': coversFrom,
  '0013-idempotency-keys': idempotencyKeys,
  '0014-alarms': alarms,
};

/**
 * Opens the embedded database, creates it with its folder when it is not there, and brings its schema up
 * to date: each migration in one transaction. Close it with `using` or `destroy()`.
 * Throws StoreError when the schema is newer than this program or a migration fails.
 */
export async function openDatabase(path: string): Promise<Database> {
  if (path !== ':memory:') {
    try {
      mkdirSync(dirname(path), { recursive: true });
    } catch (error) {
      throw new StoreError(
        `expected to make the data folder ${dirname(path)}, got: ${asError(error).message}; name another with --data or "data"`,
        { cause: error },
      );
    }
  }
  const db = new Kysely<Tables>({ dialect: new NodeSqliteDialect(path) });
  try {
    await migrate(db, path);
    return db;
  } catch (error) {
    await db.destroy();
    if (error instanceof StoreError) throw error;
    throw new StoreError(
      `expected a Broadsheet database in ${path}, got: ${asError(error).message}; restore a backup or move the file away`,
      { cause: error },
    );
  }
}

/** Whether there is a database file already. */
export function databaseExists(path: string): boolean {
  return existsSync(path);
}

async function migrate(db: Database, path: string): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const applied = await db
    .withTables<{ kysely_migration: { name: string } }>()
    .selectFrom('kysely_migration')
    .select('name')
    .execute()
    .catch((error: unknown) => {
      if (/no such table/.test(asError(error).message)) return undefined;
      throw error;
    });
  if (applied) {
    const unknown = applied.map((row) => row.name).filter((name) => !(name in migrations));
    if (unknown.length > 0) {
      throw new StoreError(
        `${path} was written by a newer Broadsheet (it has the schema steps ${unknown.join(', ')}, ` +
          `this program knows ${Object.keys(migrations).join(', ')}). Run the newer version, or restore a backup.`,
      );
    }
    if (applied.length === Object.keys(migrations).length) return;
  }
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    throw new StoreError(`${path} could not be brought up to date: ${asError(error).message}`, {
      cause: error,
    });
  }
}
