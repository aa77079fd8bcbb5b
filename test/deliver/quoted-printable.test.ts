import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quotedPrintable } from '../../src/deliver/quoted-printable.ts';

const text = fc.array(
  fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.constantFrom(
      '\n',
      '\r\n',
      '\r',
      '.',
      '..',
      ' ',
      '   ',
      '\t',
      '=',
      '=\n',
      'From ',
      '--',
      '\u0000',
      'ä',
    ),
    fc.string({ maxLength: 120 }),
  ),
  { maxLength: 12 },
);

/** Line breaks as they are in mail. */
const inMail = (value: string): string => value.replace(/\r?\n/g, '\r\n');

/** RFC 2045 section 6.7, as it is read. */
function decode(encoded: string): string {
  const bytes = encoded
    .replace(/[ \t]+(?=\r\n|$)/g, '')
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

describe('quoted-printable', () => {
  it('reads back as what was written, in one piece or in many', () => {
    fc.assert(
      fc.property(text, (pieces) => {
        const encoded = pieces
          .map((piece, index) => quotedPrintable(piece, index < pieces.length - 1))
          .join('');
        const expected = pieces.map(inMail).join('');
        expect(decode(encoded)).toBe(expected);
      }),
    );
  });

  it('has short lines of ASCII that nothing on the way has to change', () => {
    fc.assert(
      fc.property(text, (pieces) => {
        const encoded = pieces.map((piece) => quotedPrintable(piece, true)).join('');
        for (const line of encoded.split('\r\n')) {
          expect(line).toMatch(/^[\x20-\x7e]{0,76}$/);
          expect(line).not.toMatch(/^\.|^From | $| {2}/);
        }
      }),
    );
  });

  it('holds no line that could be a boundary of ours', () => {
    fc.assert(
      fc.property(text, (pieces) => {
        expect(quotedPrintable(pieces.join('--=_broadsheet'), false)).not.toContain('=_');
      }),
    );
  });
});
