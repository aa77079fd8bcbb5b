import { hash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { PublishedDocument } from '../domain/site.ts';
import { StoreError, asError } from '../errors.ts';
import { chunks } from './chunks.ts';

const manifestFile = '.published.json';
/** What the files were made of. It is there only while they are as it says. */
const basesFile = '.bases.json';
const basesForm = z.record(z.string(), z.object({ basis: z.string(), bytes: z.string() }));
type Basis = z.output<typeof basesForm>[string];

/** The disk is waited for together, and no more bodies than that are held. */
const writtenAtOnce = 32;
const manifestForm = z.object({ version: z.literal(1), files: z.record(z.string(), z.string()) });

/** The files of the published site: path below the folder (decoded, with `/`) to content type. */
export type PublishedFiles = ReadonlyMap<string, string>;

/**
 * Makes the folder hold these documents.
 *
 * Each file is old or new as a whole at any time (written beside and renamed). A file whose bytes are the same
 * is not touched and keeps its time; one that was made of the same basis is not even made. A file of the publication before that is no longer made is removed; files
 * that no publication wrote stay. After a crash at any point the next call puts everything right.
 * Throws StoreError, before anything is written, when a path would leave the folder or is given twice.
 */
export async function writePublished(
  dir: string,
  documents: readonly PublishedDocument[],
): Promise<{ written: number; unchanged: number; removed: number }> {
  const files = new Map<string, PublishedDocument>();
  for (const document of documents) {
    const path = publishedFilePath(document.path);
    if (path === undefined) {
      throw new StoreError(`Expected the path of a document below ${dir}, got "${document.path}".`);
    }
    if (files.has(path)) throw new StoreError(`The document "${document.path}" was made twice.`);
    files.set(path, document);
  }

  const before = await readPublished(dir);
  const madeOf = await readBases(dir);
  const after = new Map([...files].map(([path, document]) => [path, document.contentType]));
  const gone = [...before.keys()].filter((path) => !after.has(path));
  await mkdir(dir, { recursive: true });
  // Before any other file, so that whatever a crash leaves behind is listed.
  await writeManifest(dir, new Map([...before, ...after]));

  let written = 0;
  const bases: Record<string, Basis> = {};
  const put = async ([path, document]: readonly [string, PublishedDocument]): Promise<void> => {
    const { basis } = document;
    const old = madeOf.get(path);
    if (basis !== undefined && old?.basis === basis && (await holds(join(dir, path), old.bytes))) {
      bases[path] = old;
      return;
    }
    // A crash from here on leaves files that are not made of what the list says.
    if (basis !== undefined) await rm(join(dir, basesFile), { force: true });
    const bytes = bytesOf(document.body);
    if (await writeWhole(join(dir, path), bytes)) written += 1;
    if (basis !== undefined) bases[path] = { basis, bytes: nameOf(bytes) };
  };
  for (const some of chunks([...files], writtenAtOnce)) {
    const [broken] = (await Promise.allSettled(some.map(put))).filter((end) => end.status === 'rejected');
    if (broken) throw broken.reason;
  }
  for (const path of gone) await removeFile(dir, path);
  await writeManifest(dir, after);
  if (Object.keys(bases).length > 0)
    await writeWhole(join(dir, basesFile), bytesOf(JSON.stringify(sortedByPath(bases))));
  return { written, unchanged: files.size - written, removed: gone.length };
}

/** What each file of the last publication was made of; nothing when that publication was broken off. */
async function readBases(dir: string): Promise<ReadonlyMap<string, Basis>> {
  try {
    const text = await readFile(join(dir, basesFile), 'utf8');
    return new Map(Object.entries(basesForm.parse(JSON.parse(text))));
  } catch {
    return new Map();
  }
}

/** Another process may have written the file since, from another basis. */
async function holds(file: string, bytes: string): Promise<boolean> {
  const found = await readFile(file).catch(() => undefined);
  return found !== undefined && nameOf(found) === bytes;
}

function nameOf(bytes: Buffer): string {
  return hash('sha256', bytes, 'base64url');
}

/** The files of the last publication; empty when there was none. Throws StoreError when the list is damaged. */
export async function readPublished(dir: string): Promise<PublishedFiles> {
  const file = join(dir, manifestFile);
  const text = await readFile(file, 'utf8').catch((thrown: unknown) => {
    if (errorCode(thrown) === 'ENOENT') return undefined;
    throw thrown;
  });
  if (text === undefined) return new Map();
  try {
    const manifest = manifestForm.parse(JSON.parse(text));
    return new Map(Object.entries(manifest.files).filter(([path]) => path.split('/').every(isFileName)));
  } catch (thrown) {
    const cause = asError(thrown);
    throw new StoreError(`${file} is damaged: ${cause.message}. Remove it and publish again.`, { cause });
  }
}

/** Where `readPublished` reads, so that a server can see whether it changed. */
export function publishedListFile(dir: string): string {
  return join(dir, manifestFile);
}

/**
 * The file of a percent-encoded path below the site's root, decoded segment by segment: `p/doi/10.1/a%3Cb/index.html`
 * is the file `p/doi/10.1/a<b/index.html`, as a static web server finds it.
 * Undefined for a path that no document can have: empty segments, `.` and `..`, names that start with a dot,
 * encoded slashes, backslashes and control characters.
 */
export function publishedFilePath(path: string): string | undefined {
  const segments: string[] = [];
  for (const encoded of path.split('/')) {
    const segment = decoded(encoded);
    if (segment === undefined || !isFileName(segment)) return undefined;
    segments.push(segment);
  }
  return segments.join('/');
}

function isFileName(segment: string): boolean {
  return !segment.startsWith('.') && /^[^/\\\p{Cc}]+$/u.test(segment);
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

async function writeManifest(dir: string, files: PublishedFiles): Promise<void> {
  const sorted = sortedByPath(Object.fromEntries(files));
  await writeWhole(
    join(dir, manifestFile),
    bytesOf(`${JSON.stringify({ version: 1, files: sorted }, undefined, 1)}\n`),
  );
}

/** Whether the file had to be written: false when it held these bytes already. */
async function writeWhole(file: string, bytes: Buffer): Promise<boolean> {
  const old = await readFile(file).catch((thrown: unknown) => {
    if (errorCode(thrown) === 'ENOENT') return undefined;
    throw thrown;
  });
  if (old?.equals(bytes)) return false;

  await mkdir(dirname(file), { recursive: true });
  const beside = join(dirname(file), `.${randomUUID()}.tmp`);
  try {
    await writeFile(beside, bytes, { flag: 'wx' });
    await rename(beside, file);
  } catch (thrown) {
    await rm(beside, { force: true });
    throw thrown;
  }
  return true;
}

function sortedByPath<Value>(files: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function bytesOf(body: string | Uint8Array): Buffer {
  return typeof body === 'string'
    ? Buffer.from(body)
    : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

/** Removes a file and the folders that it leaves empty. */
async function removeFile(dir: string, path: string): Promise<void> {
  await rm(join(dir, path), { force: true });
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    const isEmpty = await rmdir(join(dir, folder)).then(
      () => true,
      () => false,
    );
    if (!isEmpty) return;
  }
}

function errorCode(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
}
