import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { openApp, type App } from '../app.ts';
import { databasePath, publishedDir } from '../store/data-folder.ts';
import { databaseExists } from '../store/database.ts';
import { readConfig, withApp, type Context } from './context.ts';

/**
 * Runs `work` as it would go, on a copy of the database in a folder that is thrown away, with mails going
 * to an outbox in it. Sources are really read; nothing of ours is written.
 */
async function withCopy<T>(context: Context, work: (app: App) => Promise<T>): Promise<T> {
  const config = readConfig(context);
  const folder = await mkdtemp(join(tmpdir(), 'broadsheet-dry-run-'));
  try {
    const original = databasePath(config.dataDir);
    if (databaseExists(original)) {
      // Opened for writing, since only then SQLite takes its side files away again.
      using database = new DatabaseSync(original);
      await backup(database, databasePath(folder));
    }
    if (existsSync(publishedDir(config.dataDir))) {
      await cp(publishedDir(config.dataDir), publishedDir(folder), {
        recursive: true,
        preserveTimestamps: true,
      });
    }
    const { from, replyTo } = config.mail;
    await using app = await openApp(
      { ...config, dataDir: folder, mail: { transport: 'outbox', from, ...(replyTo && { replyTo }) } },
      { now: context.now(), clock: Date.now },
    );
    return await work(app);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The configured parts, or with `--dry-run` a copy of them. */
export async function withAppOrCopy<T>(context: Context, work: (app: App) => Promise<T>): Promise<T> {
  return context.options.dryRun ? withCopy(context, work) : withApp(context, work);
}
