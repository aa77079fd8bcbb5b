import { isUnchanged } from './conditions.ts';
import type { FixedHeaders, Representation } from './published-files.ts';
import { securityHeaders } from './security-headers.ts';

/** What of a request decides about the answer to it. */
export interface FileRequest {
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
  /** Sec-Fetch-Dest: `document` when a browser opens the address itself. */
  readonly fetchDest: string | undefined;
}

export interface FileAnswer {
  readonly status: 200 | 304;
  /** Name, value, name, value. */
  readonly headers: string[];
  readonly body: Uint8Array<ArrayBuffer> | undefined;
}

/**
 * Vary and Last-Modified (RFC 9110), for feeds the right of every origin to read them and the `Link` headers of WebSub
 * (section 4 there), and the security headers of this site.
 */
export function fixedHeaders(
  file: { readonly contentType: string; readonly lastModified: string },
  links: { readonly self: string; readonly hub: string | undefined },
): FixedHeaders {
  const { contentType, lastModified } = file;
  const isFeed = /^application\/(?:rss\+xml|atom\+xml|feed\+json)/.test(contentType);
  const isOpml = contentType.startsWith('text/x-opml');
  const link = [`<${links.self}>; rel="self"`, ...(links.hub ? [`<${links.hub}>; rel="hub"`] : [])].join(
    ', ',
  );
  return {
    always: flat({
      Vary: isFeed || isOpml ? 'Accept-Encoding, Sec-Fetch-Dest' : 'Accept-Encoding',
      ...((isFeed || isOpml) && { 'Access-Control-Allow-Origin': '*' }),
    }),
    whole: flat({
      'Last-Modified': lastModified,
      ...(isFeed && { Link: link }),
      ...(isOpml && { 'Content-Disposition': 'attachment; filename="feeds.opml"' }),
      ...securityHeaders,
    }),
  };
}

function flat(headers: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(headers).flat();
}

/** The answer with a published file, or that the client has it already; the same in whatever way it is sent. */
export function fileAnswer(file: Representation, request: FileRequest, cacheControl: string): FileAnswer {
  const { always, whole } = file.headers;
  const headers = ['ETag', file.etag, 'Cache-Control', cacheControl, ...always];
  if (isUnchanged(request, file)) return { status: 304, headers, body: undefined };
  headers.push(...whole);
  headers.push('Content-Type', shownType(file.contentType, request.fetchDest));
  headers.push('Content-Length', String(file.body.byteLength));
  if (file.encoding !== 'identity') headers.push('Content-Encoding', file.encoding);
  return { status: 200, headers, body: file.body };
}

/** The type of a whole answer: a browser that opens a feed shows it with its style sheet only as plain XML. */
export function shownType(contentType: string, fetchDest: string | undefined): string {
  const isXmlFeed = fetchDest === 'document' && /^application\/(?:rss|atom)\+xml/.test(contentType);
  return isXmlFeed ? 'application/xml; charset=utf-8' : contentType;
}
