import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { publishedListFile, readPublished, type PublishedFiles } from '../store/published.ts';
import type { Encoding } from './conditions.ts';

/** One published file in one encoding. */
export interface Representation {
  readonly contentType: string;
  readonly encoding: Encoding;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Strong, from the bytes; another one for each encoding. */
  readonly etag: string;
  readonly modifiedAt: number;
}

export interface PublishedReader {
  /** Whether the path is one of the published files. */
  has(path: string): Promise<boolean>;
  /** The file as it stands now; undefined when it is not published. */
  read(path: string, encoding: Encoding): Promise<Representation | undefined>;
}

const maxCachedBytes = 64 * 1024 * 1024;

interface CachedFile {
  /** Changes whenever the file was written again. */
  readonly stamp: string;
  readonly tag: string;
  readonly modifiedAt: number;
  readonly encoded: Map<Encoding, Promise<Uint8Array<ArrayBuffer>>>;
  readonly bytes: number;
}

/**
 * Reads the files of a published folder, and only those on its list. Each file is read, hashed and compressed
 * once for as long as it does not change; the files used last stay in memory up to 64 MB before compression.
 */
export function publishedReader(dir: string): PublishedReader {
  let list: { readonly stamp: string; readonly files: PublishedFiles } | undefined;
  const cache = new Map<string, CachedFile>();
  let cachedBytes = 0;

  async function files(): Promise<PublishedFiles> {
    const stamp = (await fileStamp(publishedListFile(dir)))?.stamp;
    if (stamp === undefined) return new Map();
    if (list?.stamp !== stamp) list = { stamp, files: await readPublished(dir) };
    return list.files;
  }

  function forget(path: string): void {
    cachedBytes -= cache.get(path)?.bytes ?? 0;
    cache.delete(path);
  }

  async function load(path: string): Promise<CachedFile | undefined> {
    const file = join(dir, path);
    const now = await fileStamp(file);
    const cached = cache.get(path);
    forget(path);
    if (!now) return undefined;
    if (cached?.stamp === now.stamp) {
      remember(path, cached);
      return cached;
    }
    const body = new Uint8Array(await readFile(file));
    const fresh: CachedFile = {
      stamp: now.stamp,
      tag: createHash('sha256').update(body).digest('base64url').slice(0, 22),
      modifiedAt: now.modifiedAt,
      encoded: new Map([['identity', Promise.resolve(body)]]),
      bytes: body.byteLength,
    };
    forget(path);
    remember(path, fresh);
    return fresh;
  }

  /** Puts it last, the place of the one used last, and drops from the front what is too much. */
  function remember(path: string, file: CachedFile): void {
    cache.set(path, file);
    cachedBytes += file.bytes;
    for (const oldest of cache.keys()) {
      if (cachedBytes <= maxCachedBytes || oldest === path) break;
      forget(oldest);
    }
  }

  return {
    has: async (path) => (await files()).has(path),
    read: async (path, wanted) => {
      const contentType = (await files()).get(path);
      if (contentType === undefined) return undefined;
      const file = await load(path);
      if (!file) return undefined;
      const encoding = isText(contentType) ? wanted : 'identity';
      return {
        contentType,
        encoding,
        body: await encoded(file, encoding),
        etag: encoding === 'identity' ? `"${file.tag}"` : `"${file.tag}-${encoding}"`,
        modifiedAt: file.modifiedAt,
      };
    },
  };
}

function isText(contentType: string): boolean {
  return /^text\/|[+/](?:xml|json)(?:;|$)/.test(contentType);
}

const compressGzip = promisify(gzip);
const compressBrotli = promisify(brotliCompress);

async function encoded(file: CachedFile, encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> {
  const ready = file.encoded.get(encoding);
  if (ready) return ready;
  const plain = (await file.encoded.get('identity')) ?? new Uint8Array();
  const made = (encoding === 'br' ? brotli(plain) : compressGzip(plain)).then(
    (bytes) => new Uint8Array(bytes),
  );
  file.encoded.set(encoding, made);
  return made;
}

function brotli(bytes: Uint8Array): Promise<Buffer> {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
  return compressBrotli(bytes, {
    params: { [BROTLI_PARAM_QUALITY]: 6, [BROTLI_PARAM_SIZE_HINT]: bytes.byteLength },
  });
}

async function fileStamp(file: string): Promise<{ stamp: string; modifiedAt: number } | undefined> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return { stamp: `${mtimeMs}:${size}:${ino}`, modifiedAt: mtimeMs };
  } catch (thrown) {
    if (
      thrown instanceof Error &&
      'code' in thrown &&
      (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR')
    ) {
      return undefined;
    }
    throw thrown;
  }
}
