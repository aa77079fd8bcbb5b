import type { Instant } from '../domain/time.ts';

export type Encoding = 'br' | 'gzip' | 'identity';

/** A representation as it stands now. */
export interface Validator {
  /** Strong, with quotes. */
  readonly etag: string;
  /** Whole seconds count, for HTTP dates have no fractions. */
  readonly modifiedAt: number;
}

/**
 * Whether the client's copy is still good, so that the answer is 304 (RFC 9110, section 13.2.2):
 * If-None-Match decides where it is given, by weak comparison; else If-Modified-Since, and a value that is
 * no date is ignored.
 */
export function isUnchanged(
  headers: { readonly ifNoneMatch: string | undefined; readonly ifModifiedSince: string | undefined },
  current: Validator,
): boolean {
  if (headers.ifNoneMatch !== undefined) return hasTag(headers.ifNoneMatch, current.etag);
  if (headers.ifModifiedSince === undefined) return false;
  const since = httpDate(headers.ifModifiedSince);
  return since !== undefined && Math.floor(current.modifiedAt / 1000) * 1000 <= since;
}

/** The three forms of RFC 9110 section 5.6.7; `Date.parse` alone would take `garbage 2099` for a date. */
const httpDates = [
  /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/,
  /^\w{6,9}, \d\d-\w{3}-\d\d \d\d:\d\d:\d\d GMT$/,
  /^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$/,
];

function httpDate(text: string): Instant | undefined {
  if (!httpDates.some((form) => form.test(text))) return undefined;
  const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : at;
}

function hasTag(list: string, etag: string): boolean {
  if (list === etag || list.trim() === '*') return true;
  return [...list.matchAll(/(?:W\/)?("[^"]*")/g)].some(([, tag]) => tag === etag);
}

/**
 * The encoding to send: brotli before gzip before none among those the client gives the most weight
 * (RFC 9110, section 12.5.3). `q=0` forbids; without the header nothing is encoded.
 */
export function chooseEncoding(acceptEncoding: string | undefined): Encoding {
  const weights = new Map<string, number>();
  for (const item of (acceptEncoding ?? '').split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    const weight = quality === undefined ? 1 : Number(quality.slice(2));
    if (name !== '') weights.set(name, weight >= 0 && weight <= 1 ? weight : 0);
  }
  const any = weights.get('*') ?? 0;
  const br = weights.get('br') ?? any;
  const gzip = weights.get('gzip') ?? weights.get('x-gzip') ?? any;
  const identity = weights.get('identity') ?? 0;
  const best = Math.max(br, gzip, identity);
  if (best === 0) return 'identity';
  if (br === best) return 'br';
  return gzip === best ? 'gzip' : 'identity';
}
