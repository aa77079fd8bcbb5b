import { createHash } from 'node:crypto';
import { statSync, type Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compressed, isCompressible } from '../store/compressed.ts';
import { publishedListFile, readPublished, type PublishedList } from '../store/published-list.ts';
import type { Encoding } from './conditions.ts';

/** Headers of a file that depend on nothing but the file, in every encoding: name, value, name, value. */
export interface FixedHeaders {
  /** Those of a 304 too (RFC 9110 section 15.4.5). */
  readonly always: readonly string[];
  readonly whole: readonly string[];
}

/** One published file in one encoding. */
export interface Representation {
  readonly contentType: string;
  readonly encoding: Encoding;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Strong, from the bytes; another one for each encoding. */
  readonly etag: string;
  readonly modifiedAt: number;
  readonly headers: FixedHeaders;
}

/** What stands at a path. */
export type Standing =
  | { readonly state: 'published' }
  | { readonly state: 'moved'; readonly to: string }
  | { readonly state: 'gone' }
  | { readonly state: 'unknown' };

export interface PublishedReader {
  standing(path: string): Promise<Standing>;
  /** The file as it stands now; undefined when it is not published. */
  read(path: string, encoding: Encoding): Promise<Representation | undefined>;
  /** The file if it is at hand, without waiting for anything, as it stood a tenth of a second ago or later. */
  ready(path: string, encoding: Encoding): Representation | undefined;
  /** Reads and compresses what stands near the root (front page, feeds, topics), so that no request has to. */
  warm(): Promise<void>;
}

const maxCachedBytes = 64 * 1024 * 1024;
/** `ready` looks so often whether there was a publication; a look costs 3 µs, a tenth of an answer. */
const lookEveryMs = 100;
/** What `warm` makes ready: files of at most so many path segments, and no more of them than that. */
const warmSegments = 3;
const warmFiles = 300;

interface Publication {
  /** Changes whenever the list was written again. */
  readonly stamp: string;
  readonly list: PublishedList;
}

interface CachedFile {
  /** Changes whenever the file was written again. */
  readonly stamp: string;
  readonly contentType: string;
  readonly isText: boolean;
  readonly tag: string;
  readonly modifiedAt: number;
  readonly headers: FixedHeaders;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly encoded: Map<Encoding, Promise<Representation>>;
  readonly ready: Map<Encoding, Representation>;
  /** The list for which the stamp was compared last. */
  checkedFor: string;
}

/**
 * Reads the files of a published folder, and only those on its list. Each file is read, hashed and compressed
 * once a publication that changed it; the files used last stay in memory, up to 64 MB before compression.
 *
 * Every publication that changed anything writes the list anew, after all files: so it is enough to look at the list,
 * and what was asked for before is made ready again at once. `headersOf` gives the headers that depend on the file
 * alone.
 */
export function publishedReader(
  dir: string,
  headersOf: (path: string, file: { contentType: string; lastModified: string }) => FixedHeaders,
): PublishedReader {
  const listFile = publishedListFile(dir);
  let current: Publication | undefined;
  let loading: { readonly stamp: string; readonly publication: Promise<Publication> } | undefined;
  let lookedAt = -Infinity;
  const cache = new Map<string, CachedFile>();
  let cachedBytes = 0;

  async function published(): Promise<Publication> {
    const stamp = stampOf(await statIfThere(listFile));
    if (current?.stamp === stamp) return current;
    if (loading?.stamp !== stamp) loading = { stamp, publication: readList(stamp) };
    return loading.publication;
  }

  async function readList(stamp: string): Promise<Publication> {
    try {
      const isFirst = current === undefined;
      current = { stamp, list: await readPublished(dir) };
      if (!isFirst) void refresh().catch(() => undefined);
      return current;
    } finally {
      loading = undefined;
    }
  }

  /** Makes ready again what is in memory, the file used last first. A file that fails is read by the next request. */
  async function refresh(): Promise<void> {
    for (const [path, file] of [...cache].toReversed()) {
      for (const encoding of file.ready.keys()) await read(path, encoding);
    }
  }

  async function load(path: string, contentType: string, list: string): Promise<CachedFile | undefined> {
    const cached = cache.get(path);
    if (cached?.checkedFor === list && cached.contentType === contentType) {
      remember(path, cached);
      return cached;
    }
    const file = join(dir, path);
    const stats = await statIfThere(file);
    if (!stats) {
      forget(path);
      return undefined;
    }
    const stamp = stampOf(stats);
    if (cached?.stamp === stamp && cached.contentType === contentType) {
      cached.checkedFor = list;
      remember(path, cached);
      return cached;
    }
    const plain = await readFile(file);
    const modifiedAt = stats.mtimeMs;
    const lastModified = new Date(modifiedAt).toUTCString();
    const fresh: CachedFile = {
      stamp,
      contentType,
      isText: isCompressible(contentType),
      tag: createHash('sha256').update(plain).digest('base64url').slice(0, 22),
      modifiedAt,
      headers: headersOf(path, { contentType, lastModified }),
      plain,
      encoded: new Map(),
      ready: new Map(),
      checkedFor: list,
    };
    remember(path, fresh);
    return fresh;
  }

  function forget(path: string): void {
    cachedBytes -= cache.get(path)?.plain.byteLength ?? 0;
    cache.delete(path);
  }

  /** Puts it last, the place of the one used last, and drops from the front what is too much. */
  function remember(path: string, file: CachedFile): void {
    forget(path);
    cache.set(path, file);
    cachedBytes += file.plain.byteLength;
    if (cachedBytes <= maxCachedBytes) return;
    for (const oldest of cache.keys()) {
      if (cachedBytes <= maxCachedBytes || oldest === path) break;
      forget(oldest);
    }
  }

  async function read(path: string, wanted: Encoding): Promise<Representation | undefined> {
    const { stamp, list } = await published();
    const contentType = list.files.get(path);
    if (contentType === undefined) return undefined;
    const file = await load(path, contentType, stamp);
    return file && encoded(file, file.isText ? wanted : 'identity');
  }

  return {
    read,
    standing: async (path) => {
      const { list } = await published();
      if (list.files.has(path)) return { state: 'published' };
      const to = list.moved.get(path);
      if (to !== undefined) return { state: 'moved', to };
      return { state: list.gone.has(path) ? 'gone' : 'unknown' };
    },
    ready: (path, wanted) => {
      const file = cache.get(path);
      if (!file) return undefined;
      const now = performance.now();
      if (now - lookedAt > lookEveryMs) {
        // Until the new list is read, everybody looks: who asks again for the same request must not get the old file.
        if (stampOf(statSync(listFile, { throwIfNoEntry: false })) !== current?.stamp) return undefined;
        lookedAt = now;
      }
      if (file.checkedFor !== current?.stamp) return undefined;
      // While nothing need be dropped soon, it does not matter which was used last.
      if (cachedBytes > maxCachedBytes / 2) remember(path, file);
      return file.ready.get(file.isText ? wanted : 'identity');
    },
    warm: async () => {
      const { list } = await published();
      const near = [...list.files]
        .filter(([path, type]) => isCompressible(type) && path.split('/').length <= warmSegments)
        .slice(0, warmFiles);
      for (const [path] of near) {
        for (const encoding of ['br', 'gzip', 'identity'] as const) await read(path, encoding);
      }
    },
  };
}

/** In that encoding; made once, whoever asks at the same time. */
function encoded(file: CachedFile, encoding: Encoding): Promise<Representation> {
  const known = file.encoded.get(encoding);
  if (known) return known;
  const make = async (): Promise<Representation> => {
    const representation: Representation = {
      contentType: file.contentType,
      encoding,
      body: encoding === 'identity' ? file.plain : new Uint8Array(await compressed(file.plain, encoding)),
      etag: encoding === 'identity' ? `"${file.tag}"` : `"${file.tag}-${encoding}"`,
      modifiedAt: file.modifiedAt,
      headers: file.headers,
    };
    file.ready.set(encoding, representation);
    return representation;
  };
  const made = make();
  file.encoded.set(encoding, made);
  made.catch(() => file.encoded.delete(encoding));
  return made;
}

async function statIfThere(file: string): Promise<Stats | undefined> {
  try {
    return await stat(file);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw thrown;
  }
}

function stampOf(stats: Stats | undefined): string {
  return stats ? `${stats.mtimeMs}:${stats.size}:${stats.ino}` : 'none';
}
