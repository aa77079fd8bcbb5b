import { isUtf8 } from 'node:buffer';
const pieceBytes = 64 * 1024;

/** The text of a feed, piece by piece, so that a large one is never in memory as a whole string. */
export interface FeedPieces extends Iterable<string> {
  /** As `TextDecoder` names it. */
  readonly charset: string;
}

/**
 * The body of a feed as text; it never fails. The character encoding is that of the byte order mark, else of HTTP, else of
 * the XML declaration, else UTF-8 (RFC 7303 section 3; names as in the WHATWG Encoding Standard, and UTF-32). Bytes that
 * are UTF-8 and claim to be Latin-1 are UTF-8, for chance does not do that; bytes that claim to be UTF-8 and for the
 * greater part are not are windows-1252. A name that nobody knows is passed over; a broken sequence becomes U+FFFD.
 */
export function feedPieces(body: Uint8Array, contentType: string | undefined): FeedPieces {
  const charset = markedCharset(body) ?? namedCharset(body, contentType);
  return {
    charset,
    *[Symbol.iterator]() {
      if (charset.startsWith('utf-32')) {
        yield* wideCharacters(body, charset === 'utf-32le');
        return;
      }
      const decoder = new TextDecoder(charset);
      for (let at = 0; at < body.byteLength; at += pieceBytes) {
        const piece = decoder.decode(body.subarray(at, at + pieceBytes), { stream: true });
        if (piece !== '') yield piece;
      }
      const rest = decoder.decode();
      if (rest !== '') yield rest;
    },
  };
}

/** The encoding that the first bytes tell, with a mark or without (XML 1.0 appendix F.1). */
function markedCharset(body: Uint8Array): string | undefined {
  const start = Buffer.from(body.subarray(0, 4)).toString('hex');
  if (/^(?:fffe0000|3c000000)/.test(start)) return 'utf-32le';
  if (/^(?:0000feff|0000003c)/.test(start)) return 'utf-32be';
  if (start.startsWith('efbbbf')) return 'utf-8';
  if (/^(?:fffe|3c00|7b00)/.test(start)) return 'utf-16le';
  if (/^(?:feff|003c|007b)/.test(start)) return 'utf-16be';
  return undefined;
}

function namedCharset(body: Uint8Array, contentType: string | undefined): string {
  const [, named = ''] = /;\s*charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType ?? '') ?? [];
  const start = new TextDecoder('latin1').decode(body.subarray(0, 400));
  const [, declared = ''] = /^\s*<\?xml\s[^>]*?encoding\s*=\s*["']\s*([\w.:-]+)/i.exec(start) ?? [];
  // A document whose declaration can be read as ASCII is not in units of two bytes, whatever it says.
  const known = [named, declared].map(knownCharset).find((name) => name !== '' && !name.startsWith('utf-16'));
  if (known !== undefined && known !== 'utf-8' && known !== 'windows-1252') return known;
  if (isUtf8(body)) return 'utf-8';
  return known !== 'windows-1252' && isMostlyUtf8(body) ? 'utf-8' : 'windows-1252';
}

function knownCharset(name: string): string {
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return '';
  }
}

/** Whether at least as many characters beyond ASCII come out right as wrong, in the first megabyte. */
function isMostlyUtf8(body: Uint8Array): boolean {
  const text = new TextDecoder('utf-8').decode(body.subarray(0, 1_000_000));
  const wrong = text.split('\ufffd').length - 1;
  const beyond = text.replace(/[\0-\x7f\ufffd]+/g, '').length;
  return beyond >= wrong;
}

/** UTF-32, which no `TextDecoder` reads. */
function* wideCharacters(body: Uint8Array, isLittle: boolean): Generator<string, void, undefined> {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  for (let from = 0; from < body.byteLength; from += pieceBytes) {
    let piece = '';
    for (let at = from; at < Math.min(from + pieceBytes, body.byteLength - 3); at += 4) {
      const code = view.getUint32(at, isLittle);
      if (at > 0 || code !== 0xfeff) piece += code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
    }
    yield piece;
  }
}
