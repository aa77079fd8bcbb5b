import { join } from 'node:path';

/** Where the database of a data folder is. */
export function databasePath(dataDir: string): string {
  return join(dataDir, 'broadsheet.db');
}

/** Where the published site of a data folder is. */
export function publishedDir(dataDir: string): string {
  return join(dataDir, 'site');
}
