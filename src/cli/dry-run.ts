import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { databasePath, openApp, type App } from '../app.ts';
import { databaseExists } from '../store/database.ts';
import { readConfig, type Context } from './context.ts';

/**
 * Runs `work` as it would go, on a copy of the database in a folder that is thrown away, with mails going
 * to an outbox in it. Sources are really read; nothing of ours is written.
 */
export async function withCopy<T>(context: Context, work: (app: App) => Promise<T>): Promise<T> {
  const config = readConfig(context);
  const folder = await mkdtemp(join(tmpdir(), 'broadsheet-dry-run-'));
  try {
    const original = databasePath(config.dataDir);
    if (databaseExists(original)) {
      using database = new DatabaseSync(original, { readOnly: true });
      await backup(database, databasePath(folder));
    }
    const { from, replyTo } = config.mail;
    await using app = await openApp(
      { ...config, dataDir: folder, mail: { transport: 'outbox', from, ...(replyTo && { replyTo }) } },
      { now: context.now() },
    );
    return await work(app);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
