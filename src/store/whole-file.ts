import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
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

/** Writes beside and renames, so that a reader sees the old or the new bytes and never a part (POSIX rename). */
export async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const beside = join(dirname(file), `.${randomUUID()}.tmp`);
  try {
    await writeFile(beside, bytes, { flag: 'wx' });
    await rename(beside, file);
  } catch (thrown) {
    await rm(beside, { force: true });
    throw thrown;
  }
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
