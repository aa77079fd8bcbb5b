import { IncomingMessage } from 'node:http';
import type { MiddlewareHandler } from 'hono';
import type { ClientReader } from './client-address.ts';
import type { ClientLimit } from './client-limit.ts';
import { plainPage } from './plain-page.ts';

/**
 * Answers 429 with Retry-After in whole seconds (RFC 6585 section 4) to a client that asks more than its due. A 304
 * counts nothing and is never refused: whether a conditional request would be one is found out first, unless `isCostly`,
 * where finding out is the work itself. Without a socket, and for a client without a name, there is no limit.
 */
export function limited(
  clientOf: ClientReader,
  limit: ClientLimit,
  home: string,
  isCostly: (path: string) => boolean = () => false,
): MiddlewareHandler {
  return async (context, next) => {
    const incoming: unknown = context.env?.incoming;
    const client = incoming instanceof IncomingMessage ? clientOf(incoming) : undefined;
    if (client === undefined) return next();
    const waitSeconds = limit.take(client);
    const mayBeUnchanged =
      !isCostly(context.req.path) &&
      (context.req.header('If-None-Match') !== undefined ||
        context.req.header('If-Modified-Since') !== undefined);
    if (waitSeconds === 0 || mayBeUnchanged) {
      await next();
      const isUnchanged = context.res.status === 304;
      if (isUnchanged && waitSeconds === 0) limit.giveBack(client);
      if (isUnchanged || waitSeconds === 0) return;
    }
    const text = `This address has asked a lot in a short time. Please try again in ${waitSeconds} seconds.`;
    const headers = { 'Cache-Control': 'no-store', 'Retry-After': String(waitSeconds) };
    context.res = context.html(plainPage('Too many requests', text, home), 429, headers);
  };
}
