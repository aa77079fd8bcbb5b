import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { siteUrl, type Site } from '../domain/site.ts';
import { formatInstant, type Instant } from '../domain/time.ts';
import type { Logger } from '../log.ts';
import type { Pages } from '../render/web/templates.ts';
import { publishedAddress } from '../store/published-list.ts';
import { clientReader, type ClientRequest } from './client-address.ts';
import { clientLimit } from './client-limit.ts';
import { limited } from './client-limited.ts';
import { feedWithParameters } from './feed-parameters.ts';
import { fastFiles, type FastFiles } from './fast-files.ts';
import { fixedHeaders } from './file-answer.ts';
import type { RequestTally } from './metrics-requests.ts';
import { outboxPages } from './outbox-pages.ts';
import { plainPage } from './plain-page.ts';
import { notFoundAnswer, publishedAnswer } from './published-answer.ts';
import { publishedReader } from './published-files.ts';
import { requestFault } from './request-fault.ts';
import { securityHeaders } from './security-headers.ts';

export interface WebAppParts {
  readonly publishedDir: string;
  readonly site: Site;
  /** The folder of `.eml` files and the templates that show them; given only when mail goes to the outbox. */
  readonly outbox?: { readonly dir: string; readonly pages: Pages };
  /** The pages behind the links in mails, the only ones that take a POST. */
  readonly unsubscribe?: Hono;
  /** The address at which programs subscribe to feeds. */
  readonly hub?: Hono;
  /** The search page and its feeds. */
  readonly search?: Hono;
  /** Where mail providers tell of bounces and complaints. */
  readonly hooks?: Hono;
  /** `api/v1/`, for programs that have its token. */
  readonly api?: Hono;
  /** How long an answer may be kept, in seconds; held between 300 and 3600. */
  readonly maxAgeSeconds: (now: Instant) => number;
  readonly latestEditionAt: () => Promise<Instant | undefined>;
  /** `health`: how sources, schedule, mail and disk stand. */
  readonly health?: Hono;
  /** `metrics`, for a monitor that has the token. */
  readonly metrics?: Hono;
  /** Where answers are counted. */
  readonly tally?: RequestTally;
  /** Whole answers a minute for each client; no limit when left out or 0. */
  readonly requestsPerMinute?: number;
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: readonly string[];
  readonly now: () => Instant;
  readonly log: Logger;
}

/** The site for a server: everything, and beside it what can be answered at once. */
export interface WebApp extends FastFiles {
  readonly app: Hono;
  /** Makes ready what is asked for most. */
  warm(): Promise<void>;
}

/** The site without its fast way, see `createSite`. */
export function createWebApp(parts: WebAppParts): Hono {
  return createSite(parts).app;
}

/**
 * The public site over HTTP, below the path of `site.baseUrl`: the published files, `healthz` (whether it answers),
 * `health` and `metrics` (how all stands), and the outbox where there is one.
 *
 * GET and HEAD change nothing, and no other method is answered but by subscription pages, hub, hooks and `api`. Answers
 * carry ETag, Last-Modified, Cache-Control and Vary (RFC 9110, RFC 9111). An address without a document is answered 404 with the
 * site's own page, one whose document was removed 410, one whose document moved 301; a query that is malformed 400
 * and an address that is too long 414; an error inside is logged and answered 500. A client that asks more than
 * its due is answered 429, but never instead of 304. The Host header decides nothing.
 */
export function createSite(parts: WebAppParts): WebApp {
  const { site, log } = parts;
  const root = new URL(site.baseUrl).pathname;
  const files = publishedReader(parts.publishedDir, (path, file) =>
    fixedHeaders(file, { self: siteUrl(site, publishedAddress(path)), hub: site.hubUrl }),
  );
  const cacheControl = cacheControlAt(parts);
  const limit = clientLimit(parts.requestsPerMinute ?? 0);
  const clientOf = clientReader(parts.trustedProxies ?? []);
  const app = new Hono();
  const { tally } = parts;

  if (tally) {
    app.use(async (context, next) => {
      await next();
      tally.count(context.req.path.slice(root.length), context.res.status);
    });
  }
  app.use(async (context, next) => {
    await next();
    if (context.res.status === 304) return;
    for (const [name, value] of Object.entries(securityHeaders)) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    }
  });
  app.use(async (context, next) => {
    const fault = requestFault(context.req.url);
    if (!fault) return next();
    return context.html(plainPage(fault.title, fault.text, root), fault.status, noStore);
  });
  if (parts.unsubscribe) app.route(root, parts.unsubscribe);
  if (parts.hub) {
    app.use(
      `${root}hub`,
      limited(clientOf, limit, root, () => true),
    );
    app.route(root, parts.hub);
  }
  if (parts.hooks) app.route(root, parts.hooks);
  if (parts.api) app.route(root, parts.api);
  app.use(async (context, next) => {
    if (context.req.method === 'GET' || context.req.method === 'HEAD') return next();
    return context.text('Only GET and HEAD are answered here.\n', 405, { Allow: 'GET, HEAD' });
  });

  app.get(`${root}healthz`, async (context) => {
    const at = await parts.latestEditionAt();
    const latestEditionAt = at === undefined ? null : formatInstant(at);
    return context.json({ status: 'ok', latestEditionAt }, 200, noStore);
  });
  if (parts.health) app.route(root, parts.health);
  if (parts.metrics) app.route(root, parts.metrics);
  const isSearch = (path: string): boolean => path === `${root}search` || path.startsWith(`${root}search/`);
  app.use(limited(clientOf, limit, root, isSearch));
  if (parts.outbox) app.route('/', outboxPages({ ...parts.outbox, site }));
  if (parts.search) app.route('/', parts.search);
  app.get('*', feedWithParameters({ site, files, cacheControl, now: parts.now }));
  app.get('*', (context) => publishedAnswer(context, root, files, cacheControl));

  app.notFound((context) => notFoundAnswer(context, files));
  app.onError((error, context) => {
    if (error instanceof HTTPException) return error.getResponse();
    // No more than the first part of the path: what follows can be a token.
    const [area] = context.req.path.slice(root.length).split('/');
    log.error({ err: error, method: context.req.method, area }, 'a page could not be served');
    const text = 'It has been noted. Please try again in a few minutes.';
    return context.html(plainPage('Something went wrong here', text), 500, noStore);
  });
  const mayAnswer = (request: ClientRequest): boolean => {
    const client = clientOf(request);
    return client === undefined || limit.take(client) === 0;
  };
  const fast = fastFiles({ root, files, cacheControl, mayAnswer, now: parts.now });
  return {
    app,
    ...(tally ? counted(fast, tally) : fast),
    warm: () => files.warm(),
  };
}

const noStore = { 'Cache-Control': 'no-store' } as const;

/** The same, and each answer is counted. */
function counted({ fast, plain }: FastFiles, tally: RequestTally): FastFiles {
  const count = (status: number): void => {
    if (status === 304) tally.unchanged += 1;
    else tally.whole += 1;
  };
  return {
    fast: (request, response) => {
      const isAnswered = fast(request, response);
      if (isAnswered) count(response.statusCode);
      return isAnswered;
    },
    plain: (request, socket) => {
      const answer = plain(request, socket);
      if (answer) count(answer.status);
      return answer;
    },
  };
}

/** Worked out anew once a second. */
function cacheControlAt({ maxAgeSeconds, now }: WebAppParts): () => string {
  let second: number | undefined;
  let value = '';
  return () => {
    const asked = now();
    if (Math.floor(asked / 1000) !== second) {
      second = Math.floor(asked / 1000);
      value = `public, max-age=${clamp(maxAgeSeconds(asked), 300, 3600)}`;
    }
    return value;
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.round(value)));
}
