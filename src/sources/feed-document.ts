import { SourceError } from '../errors.ts';
import type { FeedEnd, FeedEntry } from './feed-entry.ts';
import { jsonEntries } from './feed-json.ts';
import { feedPieces } from './feed-text.ts';
import { decoded } from './http-body.ts';
import { xmlEntries } from './feed-xml.ts';

/** Of a body that is gzip in itself, as some servers send it without saying so. */
const maxUnpackedBytes = 64 * 1024 * 1024;

export interface FeedDocument {
  readonly body: Uint8Array;
  /** The `Content-Type` of HTTP, for its charset; its media type is not believed. */
  readonly contentType?: string | undefined;
  /** Where it came from: names it in errors and is the base of relative links. */
  readonly address: string;
}

/**
 * The entries of a feed of any format: RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0 (also a single entry), JSON Feed. The
 * format is told from the content. XML is read as a stream, an entry at a time; JSON as a whole. Throws `SourceError`:
 * `not-recognised` for what is no feed, `malformed` for what cannot be read at all, `too-large` for a gzip body.
 */
export async function* feedEntries(document: FeedDocument): AsyncGenerator<FeedEntry, FeedEnd, undefined> {
  const { address, contentType } = document;
  const isGzip = document.body[0] === 0x1f && document.body[1] === 0x8b;
  const body = isGzip ? await decoded(document.body, 'gzip', maxUnpackedBytes, address) : document.body;
  const pieces = feedPieces(body, contentType);
  const start = startOf(pieces);
  if (/^[{[]/.test(start)) return yield* jsonEntries([...pieces].join(''), address);
  if (!start.startsWith('<')) throw notAFeed(start, address);
  if (/^<(?:!doctype\s+html|html)\b/i.test(start)) throw notAFeed(start, address);
  return yield* xmlEntries(fromFirstTag(pieces), address);
}

/** The first characters that are no white space. */
function startOf(pieces: Iterable<string>): string {
  let start = '';
  for (const piece of pieces) {
    start = (start + piece).trimStart();
    if (start.length >= 60) break;
  }
  return start.slice(0, 60);
}

/** White space before the XML declaration is a common fault with one reading. */
function* fromFirstTag(pieces: Iterable<string>): Generator<string, void, undefined> {
  let isStarted = false;
  for (const piece of pieces) {
    const text = isStarted ? piece : piece.trimStart();
    if (text === '') continue;
    isStarted = true;
    yield text;
  }
}

function notAFeed(start: string, address: string): SourceError {
  const got = start === '' ? 'nothing' : `"${start.replace(/[\s\p{Cc}]+/gu, ' ')}"`;
  return new SourceError(
    'not-recognised',
    `Expected an RSS, RDF, Atom or JSON feed from ${address}; got ${/html/i.test(start) ? `a web page: ${got}` : got}. Check that the address is that of the feed.`,
  );
}
