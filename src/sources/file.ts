import { stat } from 'node:fs/promises';
import type { Listing } from '../domain/listing.ts';
import type { Instant } from '../domain/time.ts';
import { SourceError } from '../errors.ts';
import { captureListing } from './captures.ts';
import { listingAnswer } from './collect.ts';
import { filesAt } from './file-paths.ts';
import { openPaperFile, type PaperFile } from './paper-file.ts';
import type { ListingRequest, Source } from './source.ts';

export interface FileSourceOptions {
  readonly name: string;
  /** Files; `*`, `?`, `[…]` and `**` as in a shell. */
  readonly paths: readonly string[];
}

/**
 * Files as a source. Each file is one request, `file=PATH`; each recorded answer in a file of captures is one of its
 * own, `file=PATH#LINE`, and is not there before the time at which it was captured.
 */
export function fileSource({ name, paths }: FileSourceOptions): Source {
  const open = rememberingLast();
  return {
    name,
    kind: 'file',
    address: paths.join(', '),
    async requests(now) {
      const requests: ListingRequest[] = [];
      for (const path of await filesAt(paths)) requests.push(...(await fileRequests(path, now, open)));
      return requests;
    },
    async read({ key }, { now, signal, validators }) {
      const path = (await filesAt(paths)).find(
        (candidate) => key === `file=${candidate}` || key.startsWith(`file=${candidate}#`),
      );
      if (path === undefined)
        throw new SourceError('unreachable', `Expected one of the files of ${name}; got the request ${key}.`);
      const file = await open(path, signal);
      if (file.state === 'listing') {
        // Without a day in it the file has that of `now`; a new day alone is not a new file.
        const listing = file.listing(name, now);
        return listingAnswer(listing, validators, {}, [listing.entries, listing.dropped]);
      }
      const capture = file.captures.find(({ line }) => key === `file=${path}#${line}`);
      if (!capture || capture.capturedAt > now) {
        throw new SourceError(
          'malformed',
          `Expected a recorded answer for ${key}; the file has none there now. It was changed meanwhile.`,
        );
      }
      return listingAnswer(captureListing(capture, name, path), validators);
    },
  };
}

/**
 * Everything that a file of any format says at `now`: one listing, or one for each recorded answer captured until
 * then, in the file's order. Rejects with a `SourceError`.
 */
export async function readPaperFile(path: string, now: Instant, source = 'import'): Promise<Listing[]> {
  const file = await openPaperFile(path);
  if (file.state === 'listing') return [file.listing(source, now)];
  return file.captures
    .filter(({ capturedAt }) => capturedAt <= now)
    .map((capture) => captureListing(capture, source, path));
}

type Open = (path: string, signal?: AbortSignal) => Promise<PaperFile>;

/** A file that cannot be opened is still a request: reading it tells why, and the other files go on. */
async function fileRequests(path: string, now: Instant, open: Open): Promise<ListingRequest[]> {
  try {
    const file = await open(path);
    if (file.state === 'listing') return [{ key: `file=${path}` }];
    return file.captures
      .filter(({ capturedAt }) => capturedAt <= now)
      .map(({ line, listDate }) => ({ key: `file=${path}#${line}`, listDate }));
  } catch (thrown) {
    if (thrown instanceof SourceError) return [{ key: `file=${path}` }];
    throw thrown;
  }
}

/** Opens files and keeps the last one as long as it does not change: a month of captures is unpacked once, not for each line. */
function rememberingLast(): Open {
  let last: { readonly stamp: string; readonly file: PaperFile } | undefined;
  return async (path, signal) => {
    const found = await stat(path).catch(() => undefined);
    const stamp = `${path} ${found?.size} ${found?.mtimeMs}`;
    if (last?.stamp === stamp) return last.file;
    const file = await openPaperFile(path, signal);
    last = { stamp, file };
    return file;
  };
}
