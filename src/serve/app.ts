import { Hono, type Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { isMissing, type SourceState } from '../domain/edition.ts';
import type { Site } from '../domain/site.ts';
import { formatInstant, type Instant } from '../domain/time.ts';
import type { Logger } from '../log.ts';
import type { Pages } from '../render/web/templates.ts';
import { publishedFilePath } from '../store/published.ts';
import { chooseEncoding, isUnchanged } from './conditions.ts';
import { outboxPages } from './outbox-pages.ts';
import { publishedReader, type PublishedReader, type Representation } from './published-files.ts';

export interface WebAppParts {
  readonly publishedDir: string;
  readonly site: Site;
  /** The folder of `.eml` files and the templates that show them; given only when mail goes to the outbox. */
  readonly outbox?: { readonly dir: string; readonly pages: Pages };
  /** The pages behind the links in mails, the only ones that take a POST. */
  readonly unsubscribe?: Hono;
  /** How long an answer may be kept, in seconds; held between 300 and 3600. */
  readonly maxAgeSeconds: (now: Instant) => number;
  readonly latestEditionAt: () => Promise<Instant | undefined>;
  /** Every configured source and how it stood when it was last asked. */
  readonly sources: () => Promise<readonly Omit<SourceState, 'added'>[]>;
  readonly now: () => Instant;
  readonly log: Logger;
}

/**
 * For every answer that does not set its own: pages load their style sheet and icon from this site and nothing
 * else from anywhere, and are framed nowhere.
 */
const securityHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
} as const;

/**
 * The public site over HTTP, below the path of `site.baseUrl`: the published files, `healthz` (whether it answers),
 * `health` (how the sources stand), and the outbox where there is one.
 *
 * GET and HEAD change nothing, and no other method is answered but by `unsubscribe`. Answers carry ETag,
 * Last-Modified, Cache-Control and Vary (RFC 9110, RFC 9111); an address without a document is answered 404
 * with the site's own page; an error inside is logged and answered 500.
 */
export function createWebApp(parts: WebAppParts): Hono {
  const { site, log } = parts;
  const root = new URL(site.baseUrl).pathname;
  const files = publishedReader(parts.publishedDir);
  const app = new Hono();

  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(securityHeaders)) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    }
  });
  if (parts.unsubscribe) app.route(root, parts.unsubscribe);
  app.use(async (context, next) => {
    if (context.req.method === 'GET' || context.req.method === 'HEAD') return next();
    return context.text('Only GET and HEAD are answered here.\n', 405, { Allow: 'GET, HEAD' });
  });

  app.get(`${root}healthz`, async (context) => {
    const at = await parts.latestEditionAt();
    const latestEditionAt = at === undefined ? null : formatInstant(at);
    return context.json({ status: 'ok', latestEditionAt }, 200, { 'Cache-Control': 'no-store' });
  });
  app.get(`${root}health`, async (context) => {
    const at = await parts.latestEditionAt();
    const sources = await parts.sources();
    const state = sources.some(isMissing) ? 'degraded' : 'ok';
    const report = {
      state,
      latestEditionAt: at === undefined ? null : formatInstant(at),
      sources: sources.map(({ name, state: stands, lastReadAt, reason }) => ({
        name,
        state: stands,
        lastGoodAt: lastReadAt === undefined ? null : formatInstant(lastReadAt),
        ...(reason !== undefined && { reason }),
      })),
    };
    return context.json(report, 200, { 'Cache-Control': 'no-store' });
  });
  if (parts.outbox) app.route('/', outboxPages({ ...parts.outbox, site }));
  app.get('*', (context) => publishedAnswer(context, root, files, () => parts.maxAgeSeconds(parts.now())));

  app.notFound((context) => notFoundAnswer(context, files));
  app.onError((error, context) => {
    if (error instanceof HTTPException) return error.getResponse();
    // No more than the first part of the path: what follows can be a token.
    const [area] = context.req.path.slice(root.length).split('/');
    log.error({ err: error, method: context.req.method, area }, 'a page could not be served');
    return context.html(
      '<!doctype html>\n<html lang="en"><title>Error</title><h1>Something went wrong here</h1>\n<p>It has been noted. Please try again in a few minutes.</p></html>\n',
      500,
      { 'Cache-Control': 'no-store' },
    );
  });
  return app;
}

async function publishedAnswer(
  context: Context,
  root: string,
  files: PublishedReader,
  maxAgeSeconds: () => number,
): Promise<Response> {
  // The path as it was sent: the framework's own would be decoded before it is split.
  const { pathname, search } = new URL(context.req.url);
  if (!pathname.startsWith(root)) {
    return `${pathname}/` === root
      ? context.redirect(`${root}${search}`, 301)
      : notFoundAnswer(context, files);
  }
  const path = pathname.slice(root.length);
  const isFolder = path === '' || path.endsWith('/');
  const file = publishedFilePath(isFolder ? `${path}index.html` : path);
  if (file === undefined) return notFoundAnswer(context, files);

  const found = await files.read(file, chooseEncoding(context.req.header('Accept-Encoding')));
  if (found) return fileAnswer(context, found, clamp(maxAgeSeconds(), 300, 3600));
  if (!isFolder && (await files.has(`${file}/index.html`))) {
    return context.redirect(`${pathname}/${search}`, 301);
  }
  return notFoundAnswer(context, files);
}

function fileAnswer(context: Context, file: Representation, maxAgeSeconds: number): Response {
  const isFeed = /^application\/(?:rss\+xml|atom\+xml|feed\+json)|^text\/x-opml/.test(file.contentType);
  const headers = new Headers({
    ETag: file.etag,
    'Last-Modified': new Date(file.modifiedAt).toUTCString(),
    'Cache-Control': `public, max-age=${maxAgeSeconds}`,
    Vary: isFeed ? 'Accept-Encoding, Sec-Fetch-Dest' : 'Accept-Encoding',
  });
  if (isFeed) headers.set('Access-Control-Allow-Origin', '*');

  const conditions = {
    ifNoneMatch: context.req.header('If-None-Match'),
    ifModifiedSince: context.req.header('If-Modified-Since'),
  };
  if (isUnchanged(conditions, file)) return new Response(null, { status: 304, headers });

  headers.set('Content-Type', shownType(file.contentType, context.req.header('Sec-Fetch-Dest')));
  headers.set('Content-Length', String(file.body.byteLength));
  if (file.encoding !== 'identity') headers.set('Content-Encoding', file.encoding);
  if (file.contentType.startsWith('text/x-opml')) {
    headers.set('Content-Disposition', 'attachment; filename="feeds.opml"');
  }
  return new Response(file.body, { headers });
}

/** A browser that opens a feed shows it with its style sheet only as plain XML. */
function shownType(contentType: string, fetchDest: string | undefined): string {
  const isXmlFeed = /^application\/(?:rss|atom)\+xml/.test(contentType);
  return isXmlFeed && fetchDest === 'document' ? 'application/xml; charset=utf-8' : contentType;
}

async function notFoundAnswer(context: Context, files: PublishedReader): Promise<Response> {
  const page = await files.read('404.html', 'identity');
  context.header('Cache-Control', 'no-cache');
  if (!page) return context.text('There is nothing at this address.\n', 404);
  return context.body(page.body, 404, { 'Content-Type': page.contentType });
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.round(value)));
}
