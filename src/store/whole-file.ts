import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The bytes of a file; undefined when it is not there. */
export async function readIfThere(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch((thrown: unknown) => {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  });
}

/**
 * Makes a file hold these bytes, old or new as a whole at any time; with the folders above it. False, and nothing
 * touched, when it held them already.
 */
export async function writeIfChanged(file: string, bytes: Uint8Array): Promise<boolean> {
  const old = await readIfThere(file);
  if (old?.equals(bytes)) return false;
  await writeWhole(file, bytes);
  return true;
}

/** What a file looks like from outside: another one whenever it was written, up to the ticks of the clock of files. */
export interface FileStamp {
  readonly size: number;
  readonly inode: number;
  readonly modifiedAt: number;
}

/** The stamp of a file; undefined when there is none. */
export async function stampIfThere(file: string): Promise<FileStamp | undefined> {
  return stat(file).then(stampOf, (thrown: unknown) => {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  });
}

function stampOf(stats: { size: number; ino: number; mtimeMs: number }): FileStamp {
  return { size: stats.size, inode: stats.ino, modifiedAt: stats.mtimeMs };
}

/**
 * Writes beside and renames, so that a reader sees the old or the new bytes and never a part (POSIX rename). The stamp
 * is that of these bytes, also when another process has put its own in their place.
 */
export async function writeWhole(file: string, bytes: Uint8Array): Promise<FileStamp> {
  await mkdir(dirname(file), { recursive: true });
  const beside = join(dirname(file), `.${randomUUID()}.tmp`);
  try {
    const stamp = await writeNew(beside, bytes);
    await rename(beside, file);
    return stamp;
  } catch (thrown) {
    await rm(beside, { force: true });
    throw thrown;
  }
}

async function writeNew(file: string, bytes: Uint8Array): Promise<FileStamp> {
  await using handle = await open(file, 'wx');
  await handle.writeFile(bytes);
  return stampOf(await handle.stat());
}

/** Removes a file below `dir` and the folders that it leaves empty. */
export async function removeFile(dir: string, path: string): Promise<void> {
  await rm(join(dir, path), { force: true });
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    const isEmpty = await rmdir(join(dir, folder)).then(
      () => true,
      () => false,
    );
    if (!isEmpty) return;
  }
}
