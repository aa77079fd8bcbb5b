import { join, resolve } from 'node:path';
import { formatInstant } from '../domain/time.ts';
import { UsageError } from '../errors.ts';
import { backupDatabase, restoreDatabase, type RowCounts } from '../store/backup.ts';
import { databasePath } from '../store/data-folder.ts';
import { databaseExists } from '../store/database.ts';
import { readConfig, refuseDryRun, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';

/** A copy of the database while everything goes on, checked; without a name it stands in the data folder by its time. */
export async function backup(context: Context, file: string | undefined): Promise<ExitCode> {
  refuseDryRun(context);
  const { dataDir } = readConfig(context);
  const database = databasePath(dataDir);
  if (!databaseExists(database)) {
    throw new UsageError(
      `expected a database to back up, got none at ${database}; "broadsheet run" makes one`,
    );
  }
  const to = resolve(file ?? join(dataDir, 'backups', `broadsheet-${timeName(context)}.db`));
  tell(context, await backupDatabase(database, to), { backup: to });
  return 0;
}

/** A backup in the place of the database; what was there is kept beside it. */
export async function restore(context: Context, file: string): Promise<ExitCode> {
  refuseDryRun(context);
  const { dataDir } = readConfig(context);
  const aside = join(dataDir, `broadsheet-before-restore-${timeName(context)}.db`);
  const { counts, kept } = await restoreDatabase(resolve(file), databasePath(dataDir), aside);
  tell(context, counts, { restored: resolve(file), ...(kept !== undefined && { before: kept }) });
  context.note(
    'The pages and feeds are as they were: "broadsheet publish" writes those of the restored editions.',
  );
  return 0;
}

function timeName(context: Context): string {
  return formatInstant(context.now()).replaceAll(':', '');
}

function tell(context: Context, counts: RowCounts, files: Readonly<Record<string, string>>): void {
  if (context.options.json) {
    context.print(JSON.stringify({ ...files, rows: counts }, undefined, 2));
    return;
  }
  for (const [what, file] of Object.entries(files)) context.print(`${what.padEnd(9)} ${file}`);
  const total = Object.values(counts).reduce((sum, rows) => sum + rows, 0);
  context.print(
    `${total} rows, checked: ${counts['papers'] ?? 0} papers, ${counts['editions'] ?? 0} editions, ${counts['deliveries'] ?? 0} deliveries`,
  );
}
