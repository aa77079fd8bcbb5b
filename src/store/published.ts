import { hash } from 'node:crypto';
import { access, mkdir, open, readFile, rm } from 'node:fs/promises';
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
  publishedListFile,
  readPublished,
  sortedByPath,
  writePublishedList,
  type PublishedList,
} from './published-list.ts';
import { removeStrayFiles } from './stray-files.ts';
import {
  readIfThere,
  removeFile,
  stampIfThere,
  writeIfChanged,
  writeWhole,
  type FileStamp,
} from './whole-file.ts';

/** What the files were made of, and what they were then. It is there only while they are as it says. */
const basesFile = '.bases.json';
const stampForm = z.object({ size: z.number(), inode: z.number(), modifiedAt: z.number() }).readonly();
const basesForm = z.record(
  z.string(),
  z.object({ basis: z.string(), bytes: z.string(), stamp: stampForm.optional() }),
);
type Basis = z.output<typeof basesForm>[string];

interface Bases {
  readonly ofFile: ReadonlyMap<string, Basis>;
  readonly writtenAt: number;
}

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
 * is not touched and keeps its time; one that was made of the same basis is not even made, nor read where its size,
 * inode and time are those it was written with. So a file that was altered by hand is put right by the next call, unless
 * it was given its size and time back: then when it is next made of something else. A file of the publication
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
    const old = madeOf.ofFile.get(path);
    if (basis !== undefined && old?.basis === basis) {
      const stamp = await stampOfHeld(file, old, madeOf.writtenAt);
      if (stamp && (!hasBeside || (await isCompressedBeside(file)))) {
        bases.set(path, { ...old, stamp });
        return;
      }
    }
    // A crash from here on leaves files that are not made of what the list says.
    if (basis !== undefined) await rm(join(dir, basesFile), { force: true });
    const bytes = bytesOf(document.body);
    let stamp = await stampIfThere(file);
    const isSame = stamp?.size === bytes.byteLength && (await readIfThere(file))?.equals(bytes) === true;
    // Before the file itself: what stands beside a file that holds the bytes is made of them.
    if (hasBeside && !(isSame && (await isCompressedBeside(file)))) await writeCompressedBeside(file, bytes);
    if (!isSame) {
      if (basis === undefined) await rm(join(dir, basesFile), { force: true });
      stamp = await writeWhole(file, bytes);
      changed.add(document.path);
    }
    if (basis !== undefined) bases.set(path, { basis, bytes: nameOf(bytes), stamp });
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
  // Nobody was told of what a publication wrote that was broken off.
  const wasBrokenOff = madeOf.writtenAt === 0 && before.files.size > 0 && bases.size > 0;
  const isNews = changed.size + unmade.length > 0 || wasBrokenOff;
  await writePublishedList(dir, after, isNews);
  if (isNews) await removeStrayFiles(dir, publishedListFile(dir));
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
async function readBases(dir: string): Promise<Bases> {
  try {
    await using file = await open(join(dir, basesFile));
    const { mtimeMs } = await file.stat();
    const text = await file.readFile('utf8');
    return { ofFile: new Map(Object.entries(basesForm.parse(JSON.parse(text)))), writtenAt: mtimeMs };
  } catch {
    return { ofFile: new Map(), writtenAt: 0 };
  }
}

/**
 * The stamp of the file while it holds the bytes; another process may have written it since, from another basis. A
 * file that was written in the same tick of the clock as the bases is read, for it may have been written again.
 */
async function stampOfHeld(
  file: string,
  { bytes, stamp: old }: Basis,
  basesWrittenAt: number,
): Promise<FileStamp | undefined> {
  const stamp = await stampIfThere(file).catch(() => undefined);
  if (!stamp) return undefined;
  const isKnown =
    stamp.inode === old?.inode && stamp.size === old.size && stamp.modifiedAt === old.modifiedAt;
  if (isKnown && stamp.modifiedAt < basesWrittenAt) return stamp;
  const found = await readFile(file).catch(() => undefined);
  return found && nameOf(found) === bytes ? stamp : undefined;
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
