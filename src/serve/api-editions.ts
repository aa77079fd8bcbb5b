import { siteUrl, type Site } from '../domain/site.ts';
import { formatInstant } from '../domain/time.ts';
import type { Database } from '../store/database.ts';
import { editionPage, frozenEdition } from '../store/edition-pages.ts';
import { json, jsonText, problem, unlessUnchanged } from './api-answer.ts';
import { readCursor, writeCursor } from './api-cursor.ts';
import type { ApiRoute } from './api-operation.ts';
import { getEdition, listEditions } from './api-operations.ts';
import { route } from './api-route.ts';

const usualLimit = 50;
/** Whoever has the token may keep them, and asks whether they still are what there is. */
const ownCache = { 'Cache-Control': 'private, no-cache' } as const;

/** The editions as they were frozen. */
export function editionRoutes(parts: { readonly db: Database; readonly site: Site }): readonly ApiRoute[] {
  const { db, site } = parts;
  return [
    route(listEditions, async ({ query, header }) => {
      const { digest, cursor, limit = usualLimit } = query;
      const beforeId = readCursor(cursor);
      const page = await editionPage(db, {
        limit,
        ...(beforeId !== undefined && { beforeId }),
        ...(digest !== undefined && { digest }),
      });
      const items = page.editions.map(({ digest: key, editionDate, number, publishedAt }) => ({
        digest: key,
        editionDate,
        number,
        publishedAt: formatInstant(publishedAt),
        href: siteUrl(site, `api/v1/editions/${key}/${editionDate}`),
      }));
      const answer = json({ items, ...writeCursor(page.nextBeforeId) }, ownCache);
      return unlessUnchanged(answer, header('If-None-Match'));
    }),

    route(getEdition, async ({ parameters, header }) => {
      const content = await frozenEdition(db, parameters.digest, parameters.date);
      if (content === undefined) {
        return problem(404, 'not-found', 'there is no edition of this digest with this date');
      }
      return unlessUnchanged(jsonText(content, ownCache), header('If-None-Match'));
    }),
  ];
}
