import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Listing } from '../domain/listing.ts';
import type { Instant } from '../domain/time.ts';
import { asError, SourceError } from '../errors.ts';
import { collect, type ReadItem } from './collect.ts';
import { dayOf } from './file-day.ts';
import { looksLikePaperObject, paperLine } from './paper-objects.ts';

/** A line of a paper with thousands of authors is below a megabyte. */
const longestLine = 4 * 1024 * 1024;

/** Whether the first line of a file that holds something is a paper as a JSON object. */
export async function isPaperLines(path: string): Promise<boolean> {
  for await (const { text } of linesOf(path)) return isPaperLine(text);
  return false;
}

/**
 * A file of papers as JSON lines, packed with gzip or not, as listings of at most `size` lines one after the other: a
 * dump of a whole archive is larger than memory, and between two of them others get their turn at the database.
 * Rejects with a `SourceError` where the file breaks off or is not text in UTF-8.
 */
export async function* paperPieces(
  path: string,
  now: Instant,
  source: string,
  size: number,
): AsyncGenerator<Listing> {
  let items: ReadItem[] = [];
  const piece = (): Listing => ({
    source,
    listDate: dayOf(path, now),
    readAt: now,
    ...collect(items),
    quiet: false,
    hasVotes: false,
  });
  for await (const { text, place } of linesOf(path)) {
    items.push(paperLine(text, place));
    if (items.length < size) continue;
    yield piece();
    items = [];
  }
  if (items.length > 0) yield piece();
}

/** Lines that hold something, with their place from 1. */
async function* linesOf(path: string): AsyncGenerator<{ readonly text: string; readonly place: number }> {
  await using file = await openFile(path);
  const { buffer: start } = await file.read({ buffer: Buffer.alloc(2), position: 0 });
  const raw = file.createReadStream({ start: 0, autoClose: false });
  const isPacked = start[0] === 0x1f && start[1] === 0x8b;
  const bytes: Readable = isPacked ? raw.pipe(createGunzip()) : raw;
  raw.on('error', (error) => bytes.destroy(error));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let [rest, place] = ['', 0];
  try {
    for await (const chunk of bytes) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longestLine) throw tooLong(path, place + 1);
      for (const text of lines) {
        place += 1;
        if (text.trim() !== '') yield { text, place };
      }
    }
    rest += decoder.decode();
  } catch (thrown) {
    throw thrown instanceof SourceError ? thrown : unreadable(path, place + 1, thrown);
  } finally {
    raw.destroy();
    bytes.destroy();
  }
  if (rest.trim() !== '') yield { text: rest, place: place + 1 };
}

async function openFile(path: string) {
  try {
    return await open(path);
  } catch (thrown) {
    throw new SourceError(
      'unreachable',
      `Expected a file at ${path}; it cannot be read: ${asError(thrown).message}.`,
      { cause: thrown },
    );
  }
}

function isPaperLine(text: string): boolean {
  if (!text.trimStart().startsWith('{')) return false;
  try {
    return looksLikePaperObject(JSON.parse(text));
  } catch {
    return false;
  }
}

function tooLong(path: string, place: number): SourceError {
  return new SourceError(
    'too-large',
    `Expected lines of at most ${longestLine} characters in ${path}; line ${place} is longer. Write one paper on a line.`,
  );
}

function unreadable(path: string, place: number, cause: unknown): SourceError {
  return new SourceError(
    'malformed',
    `Expected whole lines of UTF-8 text in ${path}; it breaks off at line ${place}: ${asError(cause).message}. Copy it again and read it again: what came before is known then.`,
    { cause },
  );
}
