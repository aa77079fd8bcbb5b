import type { PersonalValues } from '../render/mail/personal.ts';
import type { SlotName, SlottedBody } from '../render/mail/slots.ts';
import { quotedPrintable } from './quoted-printable.ts';

/** No line of a quoted-printable part can hold it: there `=` is followed by hexadecimal digits or a line break. */
const boundary = '=_broadsheet';

export const contentType = `multipart/alternative; boundary="${boundary}"`;

/**
 * The body of a mail with a text and an HTML part (multipart/alternative, RFC 2046 section 5.1.4), encoded here
 * once but for what is personal. The function writes that for one reader; put together it is the whole body: lines of at
 * most 76 characters of ASCII, ended by CRLF, none begun by a dot, and its own relaxed form for DKIM.
 */
export function mimeBody(parts: {
  readonly text: SlottedBody;
  readonly html: SlottedBody;
}): (values: PersonalValues) => WrittenBody {
  const pieces = joined([
    fixed(`--${boundary}\r\n${partHead('plain')}`),
    ...encodedPart('text', parts.text),
    fixed(`\r\n--${boundary}\r\n${partHead('html')}`),
    ...encodedPart('html', parts.html),
    fixed(`\r\n--${boundary}--\r\n`),
  ]);
  return (values) => {
    const written = pieces.map((piece) => ('bytes' in piece ? piece.bytes : piece.encode(values)));
    return {
      length: written.reduce((sum, { length }) => sum + length, 0),
      copyTo(target, start) {
        let at = start;
        for (const piece of written) {
          if (typeof piece === 'string') target.write(piece, at, 'latin1');
          else target.set(piece, at);
          at += piece.length;
        }
      },
    };
  };
}

/** A body for one reader, to be copied to where it goes out from. */
export interface WrittenBody {
  /** In bytes. */
  readonly length: number;
  copyTo(target: Buffer, start: number): void;
}

type Piece = { readonly bytes: Buffer } | { encode(values: PersonalValues): string };

function partHead(subtype: 'plain' | 'html'): string {
  return `Content-Type: text/${subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`;
}

function fixed(ascii: string): Piece {
  return { bytes: Buffer.from(ascii, 'latin1') };
}

function encodedPart(part: keyof PersonalValues, body: SlottedBody): readonly Piece[] {
  return body.map((piece, index) => {
    const more = index < body.length - 1;
    return typeof piece === 'string'
      ? fixed(quotedPrintable(piece, more))
      : { encode: personalPiece(part, piece.slot, more) };
  });
}

/** Many readers in a row share a value, such as the address of the edition: it is encoded when it changes. */
function personalPiece(
  part: keyof PersonalValues,
  slot: SlotName,
  more: boolean,
): (values: PersonalValues) => string {
  let last: { readonly value: string; readonly encoded: string } | undefined;
  return (values) => {
    const value = values[part][slot];
    if (last?.value !== value) last = { value, encoded: quotedPrintable(value, more) };
    return last.encoded;
  };
}

/** Neighbours that are fixed become one. */
function joined(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (last && 'bytes' in last && 'bytes' in piece) {
      result[result.length - 1] = { bytes: Buffer.concat([last.bytes, piece.bytes]) };
    } else result.push(piece);
  }
  return result;
}
