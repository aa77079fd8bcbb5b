import { IncomingMessage } from 'node:http';
import { Hono, type Context } from 'hono';
import { asError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { json, problem, unlessUnchanged, type ApiAnswer } from './api-answer.ts';
import { readJson, readNothing } from './api-body.ts';
import { apiDocument } from './api-document.ts';
import { editionRoutes } from './api-editions.ts';
import { noBody, type ApiRoute, type RawRequest, type RequestHeader } from './api-operation.ts';
import { getDocument } from './api-operations.ts';
import { route } from './api-route.ts';
import { subscriberRoutes, type SubscriberRouteParts } from './api-subscribers.ts';
import { tokenCheck } from './api-token.ts';
import type { ClientReader } from './client-address.ts';
import { clientLimit } from './client-limit.ts';

export interface ApiParts extends SubscriberRouteParts {
  /** The secret of whoever may use it; at least 32 characters. */
  readonly token: string;
  readonly clientOf: ClientReader;
  readonly log: Logger;
}

/** Of one client; then it is not even looked whether the token is the right one. */
const failedTriesAMinute = 10;

/**
 * `api/v1/`: subscribers and editions for programs that have the token, described by `api/v1/openapi.json`, which
 * needs none. Whatever goes wrong is answered as problem+json. Other origins' pages may read nothing of it: there are no
 * CORS headers, and the token is in no cookie.
 */
export function apiRoutes(parts: ApiParts): Hono {
  const { clientOf, log } = parts;
  const isAllowed = tokenCheck(parts.token);
  const limit = clientLimit(failedTriesAMinute);
  const api = new Hono();

  /** Undefined for one that has the token. */
  const refusal = (context: Context): ApiAnswer | undefined => {
    const incoming: unknown = context.env?.incoming;
    const client = incoming instanceof IncomingMessage ? clientOf(incoming) : undefined;
    const waitSeconds = client === undefined ? 0 : limit.take(client);
    if (waitSeconds > 0) {
      const detail = `too many tries without a good token; try again in ${waitSeconds} seconds`;
      return problem(429, 'too-many-tries', detail, { headers: { 'Retry-After': String(waitSeconds) } });
    }
    if (!isAllowed(context.req.header('Authorization'))) return unauthorized;
    if (client !== undefined) limit.giveBack(client);
    return undefined;
  };

  const routes = [...subscriberRoutes(parts), ...editionRoutes(parts)];
  const open = documentRoute(parts, routes);
  for (const one of [...routes, open]) {
    const { method, path, isOpen } = one.operation;
    api.on(method.toUpperCase(), `/api/v1${honoPath(path)}`, async (context) => {
      const refused = isOpen ? undefined : refusal(context);
      return sent(refused ?? (await answered(one, context)));
    });
  }
  const paths = Map.groupBy([...routes, open], ({ operation }) => operation.path);
  for (const [path, some] of paths) {
    const allowed = some.map(({ operation }) => operation.method.toUpperCase());
    const allow = (allowed.includes('GET') ? [...allowed, 'HEAD'] : allowed).join(', ');
    api.all(`/api/v1${honoPath(path)}`, (context) => {
      const detail = `expected ${allow}, got ${context.req.method.slice(0, 20)}`;
      return sent(refusal(context) ?? problem(405, 'method', detail, { headers: { Allow: allow } }));
    });
  }
  const nothing = problem(404, 'no-such-path', 'there is nothing at this path; see api/v1/openapi.json');
  for (const path of ['/api/v1', '/api/v1/*']) {
    api.all(path, (context) => sent(refusal(context) ?? nothing));
  }
  api.onError((error, context) => {
    // Paths hold addresses, and bodies too: neither is logged.
    log.error({ err: asError(error), method: context.req.method, area: 'api' }, 'the API could not answer');
    return sent(problem(500, 'internal', 'a fault of ours, which was noted; try again later'));
  });
  return api;
}

const unauthorized = problem(401, 'unauthorized', undefined, {
  headers: { 'WWW-Authenticate': 'Bearer realm="api"' },
});

function documentRoute({ site }: ApiParts, routes: readonly ApiRoute[]): ApiRoute {
  const operations = [...routes.map(({ operation }) => operation), getDocument];
  const answer = json(apiDocument(site, operations), { 'Cache-Control': 'public, max-age=300' });
  return route(getDocument, async ({ header }) => unlessUnchanged(answer, header('If-None-Match')));
}

async function answered(one: ApiRoute, context: Context): Promise<ApiAnswer> {
  const { operation } = one;
  const takesBody = operation.method !== 'get';
  const read =
    operation.body !== noBody
      ? await readJson(context.req.raw)
      : await (takesBody ? readNothing(context.req.raw) : nobody);
  if ('problem' in read) return read.problem;
  const request: RawRequest = {
    parameters: context.req.param(),
    query: queryOf(context),
    body: read.value,
    bytes: read.bytes,
    header: (name: RequestHeader) => context.req.header(name),
  };
  return one.answer(request);
}

const nobody = { bytes: new Uint8Array(), value: undefined };

/** A parameter that stands twice is a list, which no schema takes; digits are a number where one is expected. */
function queryOf(context: Context): Readonly<Record<string, unknown>> {
  const values = Object.entries(context.req.queries()).map(([name, all]): [string, unknown] => {
    const [only = ''] = all;
    if (all.length > 1) return [name, all];
    return [name, name === 'limit' && /^\d{1,9}$/.test(only) ? Number(only) : only];
  });
  return Object.fromEntries(values);
}

/** `{name}` of OpenAPI as `:name`. */
function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

function sent({ status, headers, body }: ApiAnswer): Response {
  return new Response(body ?? null, { status, headers });
}
