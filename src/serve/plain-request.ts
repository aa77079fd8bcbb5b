/** A GET request without a body, read for what decides about its answer. */
export interface PlainRequest {
  /** The path as it was sent: `/`, or letters, digits and `.`, `_`, `~`, `-` between slashes. */
  readonly path: string;
  readonly acceptEncoding: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
  readonly fetchDest: string | undefined;
  readonly forwardedFor: string | undefined;
  /** Whether the client wants the connection closed after the answer. */
  readonly isLast: boolean;
  /** Where it ends in the text and the next one starts. */
  readonly end: number;
}

/**
 * Stricter than RFC 9112 in all: one space where white space may be, values of visible ASCII, no line folded or ended
 * by LF alone. No part can match in two ways, so that the time is that of reading the head once.
 */
const form =
  /GET (\/[\w.~/-]*) HTTP\/1\.1\r\n((?:[A-Za-z-]+: [\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?\r\n)+)\r\n/y;

/** Longer ones are somebody else's. */
const maxLength = 8 * 1024;

/** What says nothing about where a request ends, how its connection goes on, or what is answered here. */
const harmless: ReadonlySet<string> = new Set([
  'accept',
  'accept-charset',
  'accept-language',
  'a-im',
  'cache-control',
  'cookie',
  'dnt',
  'from',
  'origin',
  'pragma',
  'priority',
  'referer',
  'sec-ch-ua',
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
  'sec-fetch-mode',
  'sec-fetch-site',
  'sec-fetch-user',
  'sec-gpc',
  'upgrade-insecure-requests',
  'user-agent',
  'via',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
]);

/**
 * The request that starts at `from` of a text of bytes (latin1), when it stands there whole and means the same to every
 * reader of HTTP/1.1: one Host, no header twice that counts, none that is not known to be harmless, no body. Undefined for any other, also a right one: that is for a parser of all of HTTP.
 */
export function plainRequest(text: string, from: number): PlainRequest | undefined {
  form.lastIndex = from;
  const [whole, path, lines] = form.exec(text) ?? [];
  if (whole === undefined || path === undefined || lines === undefined) return undefined;
  if (whole.length > maxLength) return undefined;

  let host: string | undefined;
  let acceptEncoding: string | undefined;
  let ifNoneMatch: string | undefined;
  let ifModifiedSince: string | undefined;
  let fetchDest: string | undefined;
  let forwardedFor: string | undefined;
  let connection: string | undefined;
  for (let at = 0; at < lines.length;) {
    const colon = lines.indexOf(':', at);
    const lineEnd = lines.indexOf('\r\n', colon);
    const name = lines.slice(at, colon).toLowerCase();
    const value = lines.slice(colon + 2, lineEnd);
    at = lineEnd + 2;
    switch (name) {
      case 'host':
        if (host !== undefined || !/^[\w.:[\]-]+$/.test(value)) return undefined;
        host = value;
        break;
      case 'accept-encoding':
        if (acceptEncoding !== undefined) return undefined;
        acceptEncoding = value;
        break;
      case 'if-none-match':
        if (ifNoneMatch !== undefined) return undefined;
        ifNoneMatch = value;
        break;
      case 'if-modified-since':
        if (ifModifiedSince !== undefined) return undefined;
        ifModifiedSince = value;
        break;
      case 'sec-fetch-dest':
        if (fetchDest !== undefined) return undefined;
        fetchDest = value;
        break;
      case 'x-forwarded-for':
        if (forwardedFor !== undefined) return undefined;
        forwardedFor = value;
        break;
      case 'connection':
        if (connection !== undefined || !/^(?:close|keep-alive)$/i.test(value)) return undefined;
        connection = value.toLowerCase();
        break;
      default:
        if (!harmless.has(name)) return undefined;
    }
  }
  if (host === undefined) return undefined;
  return {
    path,
    acceptEncoding,
    ifNoneMatch,
    ifModifiedSince,
    fetchDest,
    forwardedFor,
    isLast: connection === 'close',
    end: from + whole.length,
  };
}
