import type { Dispatcher } from 'undici';
import type { Validators } from '../domain/listing.ts';
import type { Instant } from '../domain/time.ts';
import { SourceError } from '../errors.ts';
import { decoded, excerpt, readLimited } from './http-body.ts';
import { clockFault } from './http-clock.ts';
import { conditions, redirectTarget } from './http-headers.ts';
import { requestedPauseMs } from './http-pause.ts';

export type HttpAnswer =
  | { readonly state: 'unchanged'; readonly pauseMs?: number }
  | {
      readonly state: 'ok';
      readonly status: number;
      readonly body: Uint8Array;
      readonly contentType?: string;
      /** The `Link` header (RFC 8288). */
      readonly link?: string;
      readonly validators: Validators;
      /** Where the answer came from, after redirects. */
      readonly url: string;
      /** How long the server asks to wait before the next request: this answer was the last one for now. */
      readonly pauseMs?: number;
    };

/** An exchange that may go better next time. */
export interface Failure {
  readonly state: 'failed';
  readonly error: SourceError;
  /** How long the server asked us to wait. */
  readonly pauseMs?: number;
}

export type Outcome = HttpAnswer | Failure | { readonly state: 'moved'; readonly to: string };

/**
 * What a response comes to: its body, `unchanged`, another address, or a failure that may pass. Rejects with a
 * `SourceError` where asking again would not help.
 */
export async function answerOf(
  response: Dispatcher.ResponseData,
  url: URL,
  request: {
    readonly json?: unknown;
    readonly validators?: Validators | undefined;
    readonly alsoAccept?: readonly number[];
  },
  options: { readonly maxBytes: number; readonly clock?: () => Instant },
): Promise<Outcome> {
  const status = response.statusCode;
  const header = (name: string): string | undefined => {
    const value = response.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
  const times = { date: header('date'), age: header('age') };
  const wrongClock = options.clock && clockFault(url.href, times, options.clock());
  if (wrongClock) {
    await response.body.dump();
    throw wrongClock;
  }
  const location = header('location');
  const pauseMs = requestedPauseMs(header);
  const asksToWait = pauseMs === undefined ? {} : { pauseMs };
  // After 301 to 303 a POST would go on as a GET (RFC 9110 section 15.4): another question than ours.
  const redirects = request.json === undefined ? [301, 302, 303, 307, 308] : [307, 308];
  if (redirects.includes(status) && location !== undefined) {
    await response.body.dump();
    return { state: 'moved', to: redirectTarget(location, url) };
  }
  if (status === 304 && Object.keys(conditions(request.validators)).length > 0) {
    await response.body.dump();
    return { state: 'unchanged', ...asksToWait };
  }
  const raw = await readLimited(response.body, options.maxBytes, url.href);
  const body = await decoded(raw, header('content-encoding'), options.maxBytes, url.href);
  if ((status < 200 || status > 299) && !request.alsoAccept?.includes(status)) {
    const asked = pauseMs === undefined ? '' : ` It asks to wait ${Math.ceil(pauseMs / 1000)} s.`;
    const error = new SourceError(
      'status',
      `Expected status 200 from ${url.href}; got ${status}: ${excerpt(body)}.${asked} Try again later, or check the address.`,
    );
    if (status !== 429 && status < 500) throw error;
    return { state: 'failed', error, ...asksToWait };
  }
  const [contentType, link, etag, lastModified] = ['content-type', 'link', 'etag', 'last-modified'].map(
    header,
  );
  return {
    state: 'ok',
    status,
    body,
    url: url.href,
    ...(contentType === undefined ? {} : { contentType }),
    ...(link === undefined ? {} : { link }),
    validators: {
      ...(etag === undefined ? {} : { etag }),
      ...(lastModified === undefined ? {} : { lastModified }),
    },
    ...asksToWait,
  };
}
