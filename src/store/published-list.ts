import { join } from 'node:path';
import { z } from 'zod';
import { StoreError, asError } from '../errors.ts';
import { readIfThere, writeIfChanged, writeWhole } from './whole-file.ts';

/**
 * What a publication left in its folder. All paths are those of files: below the folder, decoded, with `/`.
 */
export interface PublishedList {
  /** Path to content type. */
  readonly files: ReadonlyMap<string, string>;
  /** What was public once and stands elsewhere now: old path to the path of a file. */
  readonly moved: ReadonlyMap<string, string>;
  /** What was public once and is no more. */
  readonly gone: ReadonlyMap<string, GoneFile>;
}

export interface GoneFile {
  readonly contentType: string;
  /** When the newest edition of the first publication without it was published; whole seconds since 1970. */
  readonly at: number;
}

const listFile = '.published.json';
const listForm = z.object({
  version: z.literal(1),
  files: z.record(z.string(), z.string()),
  moved: z.record(z.string(), z.string()).default({}),
  gone: z.record(z.string(), z.object({ contentType: z.string(), at: z.int() })).default({}),
});

/** Where the list is, so that a server can see whether it changed. */
export function publishedListFile(dir: string): string {
  return join(dir, listFile);
}

/** The list of the last publication; empty when there was none. Throws StoreError when it is damaged. */
export async function readPublished(dir: string): Promise<PublishedList> {
  const file = publishedListFile(dir);
  const bytes = await readIfThere(file);
  if (bytes === undefined) return { files: new Map(), moved: new Map(), gone: new Map() };
  try {
    const list = listForm.parse(JSON.parse(bytes.toString('utf8')));
    return { files: mapOf(list.files), moved: mapOf(list.moved), gone: mapOf(list.gone) };
  } catch (thrown) {
    const cause = asError(thrown);
    throw new StoreError(`${file} is damaged: ${cause.message}. Remove it and publish again.`, { cause });
  }
}

/** The same list is the same bytes. With `isForced` it is written also when it holds them already. */
export async function writePublishedList(dir: string, list: PublishedList, isForced: boolean): Promise<void> {
  const text = JSON.stringify(
    {
      version: 1,
      files: sortedByPath(list.files),
      ...(list.moved.size > 0 && { moved: sortedByPath(list.moved) }),
      ...(list.gone.size > 0 && { gone: sortedByPath(list.gone) }),
    },
    undefined,
    1,
  );
  const write = isForced ? writeWhole : writeIfChanged;
  await write(publishedListFile(dir), Buffer.from(`${text}\n`));
}

/** In the order of paths, as an object for JSON. */
export function sortedByPath<Value>(files: ReadonlyMap<string, Value>): Readonly<Record<string, Value>> {
  return Object.fromEntries([...files].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function mapOf<Value>(record: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> {
  return new Map(Object.entries(record).filter(([path]) => path.split('/').every(isFileName)));
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

/** The percent-encoded path of a file below the site's root. */
export function publishedPath(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/');
}

/** The address of a file below the site's root, percent-encoded; of a folder's page that of the folder. */
export function publishedAddress(file: string): string {
  return publishedPath(file).replace(/(^|\/)index\.html$/, '$1');
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
