import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { DroppedEntry, ListingEntry, StreamedListing } from '../domain/listing.ts';
import { calendarDate, type Instant } from '../domain/time.ts';
import { asError, SourceError } from '../errors.ts';
import { looksLikePaperObject, paperObject } from './paper-objects.ts';

/** A line of a paper with thousands of authors is below a megabyte. */
const longestLine = 4 * 1024 * 1024;

/**
 * A file of papers as JSON lines, packed with gzip or not, as a listing that is read line by line: a dump of a whole
 * archive is larger than memory. Undefined when the file's first line is no paper: it has another format.
 * Reading it rejects with a `SourceError` where the file breaks off or is not text in UTF-8.
 */
export async function streamedPapers(
  path: string,
  now: Instant,
  source: string,
): Promise<StreamedListing | undefined> {
  for await (const { text } of linesOf(path)) {
    if (!isPaperLine(text)) return undefined;
    const items = itemsOf(path);
    return {
      source,
      listDate: calendarDate(now, 'UTC'),
      readAt: now,
      items,
      quiet: false,
      hasVotes: false,
    };
  }
  return undefined;
}

/**
 * A streamed listing as several, one after the other, of at most `size` items: each is stored whole, and between them
 * other processes get their turn at the database. Take the items of one before the next one.
 */
export async function* inPieces(listing: StreamedListing, size: number): AsyncGenerator<StreamedListing> {
  const items = chained(listing.items);
  try {
    let next = await items.next();
    while (next.done !== true) {
      const take = async function* (): AsyncGenerator<ListingEntry | DroppedEntry> {
        for (let taken = 0; taken < size && next.done !== true; taken += 1) {
          yield next.value;
          next = await items.next();
        }
      };
      yield { ...listing, items: take() };
    }
  } finally {
    await items.return(undefined);
  }
}

async function* chained(
  items: StreamedListing['items'],
): AsyncGenerator<ListingEntry | DroppedEntry, undefined> {
  yield* items;
}

async function* itemsOf(path: string): AsyncGenerator<ListingEntry | DroppedEntry> {
  for await (const { text, place } of linesOf(path)) {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      yield { key: `line ${place}`, reason: 'expected one JSON object on a line; got broken JSON' };
      continue;
    }
    yield paperObject(value, place);
  }
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
    `Expected whole lines of UTF-8 text in ${path}; it breaks off at line ${place}: ${asError(cause).message}. Copy it again; nothing of it was stored.`,
    { cause },
  );
}
