import { hash } from 'node:crypto';
import { access, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { PublishedDocument } from '../domain/site.ts';
import type { Instant } from '../domain/time.ts';
import { StoreError } from '../errors.ts';
import { chunks } from './chunks.ts';
import { compressed, compressedSuffixes, isCompressible, type Compression } from './compressed.ts';
import { departed, type Move } from './departed.ts';
import {
  publishedFilePath,
  readPublished,
  sortedByPath,
  writePublishedList,
  type PublishedList,
} from './published-list.ts';
import { readIfThere, removeFile, writeIfChanged, writeWhole } from './whole-file.ts';

/** What the files were made of. It is there only while they are as it says. */
const basesFile = '.bases.json';
const basesForm = z.record(z.string(), z.object({ basis: z.string(), bytes: z.string() }));
type Basis = z.output<typeof basesForm>[string];

/** The disk is waited for together, and no more bodies than that are held. */
const writtenAtOnce = 32;

const compressions: readonly Compression[] = ['br', 'gzip'];

export interface PublishOptions {
  /** Addresses that changed for good. */
  readonly moves?: readonly Move[];
  /** When the newest edition was published: the time at which anything that is no longer made is gone. */
  readonly at?: Instant;
  /** Writes `.br` and `.gz` beside every text, for web servers that send such files as they are. */
  readonly isPrecompressed?: boolean;
}

export interface PublishResult {
  /** The paths of the documents whose files were written, in their order. */
  readonly changed: readonly string[];
  readonly written: number;
  readonly unchanged: number;
  readonly removed: number;
}

/**
 * Makes the folder hold these documents.
 *
 * Each file is old or new as a whole at any time (written beside and renamed). A file whose bytes are the same
 * is not touched and keeps its time; one that was made of the same basis is not even made. A file of the publication
 * before that is no longer made is removed, and its address is remembered as moved or gone; files that no publication
 * wrote stay. The list is written anew after anything was written or removed, so that it tells a server of the
 * change. After a crash at any point the next call puts everything right.
 * Throws StoreError, before anything is written, when a path would leave the folder or is given twice.
 */
export async function writePublished(
  dir: string,
  documents: readonly PublishedDocument[],
  options: PublishOptions = {},
): Promise<PublishResult> {
  const { moves = [], at = 0, isPrecompressed = false } = options;
  const files = filesOf(dir, documents);
  const before = await readPublished(dir);
  const madeOf = await readBases(dir);
  const contentTypes = new Map([...files].map(([path, document]) => [path, document.contentType]));
  const after: PublishedList = {
    files: contentTypes,
    ...departed(before, contentTypes, moves, Math.floor(at / 1000)),
  };
  const unmade = [...before.files.keys()].filter((path) => !files.has(path));
  await mkdir(dir, { recursive: true });
  // Before any other file, so that whatever a crash leaves behind is listed.
  await writePublishedList(dir, { ...before, files: new Map([...before.files, ...contentTypes]) }, false);

  const changed = new Set<string>();
  const bases = new Map<string, Basis>();
  const put = async ([path, document]: readonly [string, PublishedDocument]): Promise<void> => {
    const { basis } = document;
    const file = join(dir, path);
    const hasBeside = isPrecompressed && isCompressible(document.contentType);
    const old = madeOf.get(path);
    if (basis !== undefined && old?.basis === basis && (await holds(file, old.bytes))) {
      if (!hasBeside || (await isCompressedBeside(file))) {
        bases.set(path, old);
        return;
      }
    }
    // A crash from here on leaves files that are not made of what the list says.
    if (basis !== undefined) await rm(join(dir, basesFile), { force: true });
    const bytes = bytesOf(document.body);
    const isSame = (await readIfThere(file))?.equals(bytes) === true;
    // Before the file itself: what stands beside a file that holds the bytes is made of them.
    if (hasBeside && !(isSame && (await isCompressedBeside(file)))) await writeCompressedBeside(file, bytes);
    if (!isSame) {
      await writeWhole(file, bytes);
      changed.add(document.path);
    }
    if (basis !== undefined) bases.set(path, { basis, bytes: nameOf(bytes) });
  };
  for (const some of chunks([...files], writtenAtOnce)) {
    const [broken] = (await Promise.allSettled(some.map(put))).filter((end) => end.status === 'rejected');
    if (broken) throw broken.reason;
  }
  for (const path of unmade) {
    await removeFile(dir, path);
    if (!isPrecompressed) continue;
    for (const suffix of Object.values(compressedSuffixes)) await removeFile(dir, path + suffix);
  }
  await writePublishedList(dir, after, changed.size + unmade.length > 0);
  if (bases.size > 0)
    await writeIfChanged(join(dir, basesFile), Buffer.from(JSON.stringify(sortedByPath(bases))));
  return {
    changed: documents.map(({ path }) => path).filter((path) => changed.has(path)),
    written: changed.size,
    unchanged: files.size - changed.size,
    removed: unmade.length,
  };
}

function filesOf(
  dir: string,
  documents: readonly PublishedDocument[],
): ReadonlyMap<string, PublishedDocument> {
  const files = new Map<string, PublishedDocument>();
  for (const document of documents) {
    const path = publishedFilePath(document.path);
    if (path === undefined) {
      throw new StoreError(`Expected the path of a document below ${dir}, got "${document.path}".`);
    }
    if (files.has(path)) throw new StoreError(`The document "${document.path}" was made twice.`);
    files.set(path, document);
  }
  return files;
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

async function writeCompressedBeside(file: string, bytes: Buffer): Promise<void> {
  for (const compression of compressions) {
    await writeIfChanged(file + compressedSuffixes[compression], await compressed(bytes, compression));
  }
}

async function isCompressedBeside(file: string): Promise<boolean> {
  const suffixes = Object.values(compressedSuffixes);
  const found = await Promise.all(suffixes.map((suffix) => access(file + suffix).then(isThere, isNotThere)));
  return found.every(Boolean);
}

const isThere = (): boolean => true;
const isNotThere = (): boolean => false;

function bytesOf(body: string | Uint8Array): Buffer {
  return typeof body === 'string'
    ? Buffer.from(body)
    : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}
