import { Hono } from 'hono';
import { confirmRoutes } from './confirm-pages.ts';
import { ownerRoutes } from './owner-pages.ts';
import { preferencesRoutes } from './preferences-pages.ts';
import { privateFeedRoutes } from './private-feed.ts';
import type { ReaderParts } from './reader-parts.ts';
import { subscribeRoutes } from './subscribe-pages.ts';
import { unsubscribeRoutes } from './unsubscribe-pages.ts';

/**
 * The pages between a person and the list: joining, confirming, choosing, leaving, and the private feed. They are the only
 * ones of the site that take a POST from a browser; no GET or HEAD among them changes anything. Mount them below the
 * site's path.
 */
export function readerRoutes(parts: ReaderParts): Hono {
  const routes = new Hono();
  if (parts.isOpen) routes.route('/', subscribeRoutes(parts));
  return routes
    .route('/', confirmRoutes(parts))
    .route('/', preferencesRoutes(parts))
    .route('/', ownerRoutes(parts))
    .route('/', unsubscribeRoutes(parts))
    .route('/', privateFeedRoutes(parts));
}
