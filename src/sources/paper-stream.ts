import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Listing } from '../domain/listing.ts';
import { dayMs, utcMidnight, type CalendarDate, type Instant } from '../domain/time.ts';
import { asError, SourceError } from '../errors.ts';
import { collect } from './collect.ts';
import { dayOf } from './file-day.ts';
import { datedLine, looksLikePaperObject } from './paper-objects.ts';

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
 *
 * Lines that tell the day of the list they stood on (`list_date` or `listed_on`, `YYYY-MM-DD`) are listings of that
 * day, oldest first, read when it was over or now if it is not, so that an old list is not news of today. They are of a
 * source of their own, `SOURCE-lists`: what stood on lists without votes can then be told from recorded answers with
 * votes that were imported too. A day after tomorrow is not believed.
 *
 * Rejects with a `SourceError` where the file breaks off or is not text in UTF-8.
 */
export async function* paperPieces(
  path: string,
  now: Instant,
  source: string,
  size: number,
): AsyncGenerator<Listing> {
  let lines: DatedLine[] = [];
  for await (const { text, place } of linesOf(path)) {
    lines.push(datedLine(text, place));
    if (lines.length < size) continue;
    yield* listingsOf(lines, path, now, source);
    lines = [];
  }
  yield* listingsOf(lines, path, now, source);
}

type DatedLine = ReturnType<typeof datedLine>;

function listingsOf(
  lines: readonly DatedLine[],
  path: string,
  now: Instant,
  source: string,
): readonly Listing[] {
  const dayOfLine = ({ listDate }: DatedLine): CalendarDate =>
    listDate !== undefined && utcMidnight(listDate) <= now + dayMs ? listDate : '';
  return [...Map.groupBy(lines, dayOfLine)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([listDate, group]) => ({
      source: listDate === '' ? source : `${source}-lists`,
      listDate: listDate === '' ? dayOf(path, now) : listDate,
      readAt: listDate === '' ? now : Math.min(now, utcMidnight(listDate) + dayMs),
      ...collect(group.map(({ item }) => item)),
      quiet: false,
      hasVotes: false,
    }));
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
