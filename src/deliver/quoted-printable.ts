const maxLineLength = 76;
const hexDigits = Buffer.from('0123456789ABCDEF');
const space = 0x20;
const dot = 0x2e;
const equals = 0x3d;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const from = Buffer.from('From ');

/**
 * A piece of text in quoted-printable (RFC 2045 section 6.7), UTF-8, from the start of a line on. When `more` of
 * the same part follows it ends at the start of a line too, so pieces are encoded apart and put together.
 *
 * Stricter than it must be, for two readers of the bytes that come after: no line begins with a dot (RFC 5321
 * section 4.5.2 has nothing to double) or with `From `, and white space is neither repeated nor at the end of a
 * line, so that the relaxed body of DKIM (RFC 6376 section 3.4.4) is the body itself. A lone CR is text.
 */
export function quotedPrintable(text: string, more: boolean): string {
  const bytes = Buffer.from(text, 'utf8');
  // Three bytes for one at most, and a soft break of three after at least 73.
  const encoded = Buffer.allocUnsafe(Math.ceil(bytes.length * 3.15) + 8);
  let end = 0;
  let column = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === lineFeed || (byte === carriageReturn && bytes[at + 1] === lineFeed)) {
      encoded[end++] = carriageReturn;
      encoded[end++] = lineFeed;
      column = 0;
      if (byte === carriageReturn) at += 1;
      continue;
    }
    let isPlain = goesAsItIs(bytes, at, column, more, encoded[end - 1]);
    if (column + (isPlain ? 1 : 3) >= maxLineLength) {
      end = softBreak(encoded, end);
      column = 0;
      isPlain = goesAsItIs(bytes, at, column, more, lineFeed);
    }
    if (isPlain) encoded[end++] = byte;
    else {
      encoded[end++] = equals;
      encoded[end++] = hexDigits[byte >> 4] ?? 0;
      encoded[end++] = hexDigits[byte & 15] ?? 0;
    }
    column += isPlain ? 1 : 3;
  }
  if (more && column > 0) end = softBreak(encoded, end);
  return encoded.toString('latin1', 0, end);
}

function softBreak(target: Buffer, at: number): number {
  target[at] = equals;
  target[at + 1] = carriageReturn;
  target[at + 2] = lineFeed;
  return at + 3;
}

function goesAsItIs(
  bytes: Buffer,
  at: number,
  column: number,
  more: boolean,
  before: number | undefined,
): boolean {
  const byte = bytes[at] ?? 0;
  if (byte === space) {
    const next = bytes[at + 1];
    const endsLine = next === undefined ? !more : next === lineFeed || next === carriageReturn;
    return !endsLine && !(column > 0 && before === space);
  }
  if (byte < 0x21 || byte > 0x7e || byte === equals) return false;
  if (column > 0) return true;
  return byte !== dot && !(byte === from[0] && bytes.subarray(at, at + from.length).equals(from));
}
