import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { hourMs } from '../domain/time.ts';

/** Nobody takes that long to write one file. */
const leastAgeMs = hourMs;

/**
 * Removes what `writeWhole` of a process that was killed left below `dir`; not what is being written. `fresh` is a file that
 * was just written: its time is that of the clock of files.
 */
export async function removeStrayFiles(dir: string, fresh: string): Promise<void> {
  const { mtimeMs: now } = await stat(fresh);
  const names = await readdir(dir, { recursive: true });
  for (const name of names.filter((one) => /^\.[\da-f-]{36}\.tmp$/.test(basename(one)))) {
    const file = join(dir, name);
    const found = await stat(file).catch(() => undefined);
    if (found && now - found.mtimeMs > leastAgeMs) await rm(file, { force: true });
  }
}
