import type { Instant } from '../domain/time.ts';
import { isUnchanged } from './conditions.ts';
import { fileAnswer, shownType } from './file-answer.ts';
import type { PlainRequest } from './plain-request.ts';
import type { Representation } from './published-files.ts';

/** An answer as it goes over the connection. */
export interface AnswerBytes {
  readonly status: 200 | 304;
  /** Head and body, in one piece where that is cheap. */
  readonly pieces: readonly Uint8Array[];
}

/** A body up to this size is copied behind its head; a longer one costs less as a second piece. */
const mostCopiedBytes = 16 * 1024;
/** So many answers are kept, with what was copied at most 16 MB, and for no longer than their second. */
const mostKept = 1_000;

/**
 * The answers of `fileAnswer` as bytes, with what node:http adds: Date (RFC 9110 section 6.6.1), Connection, and
 * Keep-Alive where the connection stays open for `keepAliveMs`. Each is made once a second.
 */
export function answerBytes(
  cacheControl: () => string,
  keepAliveMs: number,
  now: () => Instant,
): (file: Representation, request: PlainRequest) => AnswerBytes {
  const kept = new Map<Representation, Map<string, AnswerBytes>>();
  let count = 0;
  let second = 0;
  let date = '';

  function forgetAll(): void {
    kept.clear();
    count = 0;
  }

  return (file, request) => {
    const asked = Math.floor(now() / 1000);
    if (asked !== second) {
      second = asked;
      date = new Date(asked * 1000).toUTCString();
      forgetAll();
    }
    const end = request.isLast ? 'close' : 'keep-alive';
    const type = isUnchanged(request, file) ? 'unchanged' : shownType(file.contentType, request.fetchDest);
    const kind = `${end} ${type}`;
    const ofFile = kept.get(file);
    const known = ofFile?.get(kind);
    if (known) return known;
    if (count >= mostKept) forgetAll();
    const { status, headers, body } = fileAnswer(file, request, cacheControl());
    const lines = [...headers, 'Date', date, 'Connection', end];
    if (!request.isLast) lines.push('Keep-Alive', `timeout=${Math.floor(keepAliveMs / 1000)}`);
    const head = Buffer.from(`${startLine[status]}${linesOf(lines)}\r\n`, 'latin1');
    const made = { status, pieces: joined(body === undefined ? [head] : [head, body]) };
    kept.set(file, (kept.get(file) ?? new Map<string, AnswerBytes>()).set(kind, made));
    count += 1;
    return made;
  };
}

const startLine = { 200: 'HTTP/1.1 200 OK\r\n', 304: 'HTTP/1.1 304 Not Modified\r\n' } as const;

/** Of name, value, name, value. */
function linesOf(headers: readonly string[]): string {
  return headers.map((text, at) => (at % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('');
}

function joined(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  const bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  return bytes <= mostCopiedBytes ? [Buffer.concat(pieces)] : pieces;
}
