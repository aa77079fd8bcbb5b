import { dirname } from 'node:path';
import { asError, StoreError } from '../errors.ts';
import { databasePath } from '../store/data-folder.ts';

type Kind = 'full' | 'locked' | 'read-only' | 'closed';

/** Primary result codes of SQLite (sqlite.org/rescode.html); an extended code has its primary one in the low byte. */
const sqliteKinds: Readonly<Record<number, Kind>> = {
  5: 'locked',
  6: 'locked',
  8: 'read-only',
  13: 'full',
  14: 'closed',
};
const systemKinds: Readonly<Record<string, Kind>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  EROFS: 'read-only',
  EACCES: 'closed',
  EPERM: 'closed',
};

/**
 * The same error, or, where the machine is the reason for it (a full disk, a lock, a folder that cannot be written), one
 * that says so with the path and with what to do.
 */
export function machineError(thrown: unknown, dataDir: string | undefined): Error {
  const error = asError(thrown);
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    const found = kindOf(one);
    if (!found) continue;
    const path = 'path' in one && typeof one.path === 'string' ? one.path : undefined;
    return new StoreError(wordsOf(found, one.message, dataDir, path), { cause: error });
  }
  return error;
}

function kindOf(error: Error): Kind | undefined {
  if ('errcode' in error && typeof error.errcode === 'number') return sqliteKinds[error.errcode & 0xff];
  if ('code' in error && typeof error.code === 'string') return systemKinds[error.code];
  return undefined;
}

function wordsOf(kind: Kind, came: string, known: string | undefined, path: string | undefined): string {
  const dataDir = known ?? 'the data folder';
  const at = path === undefined || path.startsWith(dataDir) ? dataDir : dirname(path);
  switch (kind) {
    case 'full':
      return (
        `expected room on the disk of ${at}, got: ${came}. ` +
        `What was committed is kept, and nothing half-done is shown: free some room ("df -h ${at}") and run it again`
      );
    case 'locked':
      return (
        `expected to write ${databasePath(dataDir)}, got: ${came}. Another process has held it for longer than we wait: ` +
        `"fuser -v ${databasePath(dataDir)}" names it. Nothing is lost: let it end, or stop it, and run this again`
      );
    case 'read-only':
    case 'closed':
      return (
        `expected to write ${path ?? at}, got: ${came}. Let the user of the program have the folder (chown, chmod), ` +
        `look whether its disk is mounted read-only, or name another with --data or "data"`
      );
  }
}
