import type { App } from '../app.ts';
import { secondMs, type Instant } from '../domain/time.ts';
import { nextSlot } from '../schedule/slots.ts';
import { apiRoutes } from '../serve/api.ts';
import { createSite } from '../serve/app.ts';
import { clientReader } from '../serve/client-address.ts';
import { hubRoutes } from '../serve/hub.ts';
import { readerRoutes } from '../serve/reader-pages.ts';
import { searchPages } from '../serve/search-pages.ts';
import type { SiteHandler } from '../serve/server.ts';
import { providerHooks } from './inbound-open.ts';
import { latestEditionAt } from '../store/editions.ts';
import { watchRoutes } from './watch-routes.ts';

/**
 * The site of an app over HTTP: published files, subscription pages, health, and the outbox where mail goes there. While a
 * sample is shown, health and metrics are those of the app that is `watched`.
 */
export function siteHandler(app: App, now: () => Instant, watched: App = app): SiteHandler {
  const { site, digests, db, tokens, pages, log } = app;
  const web = createSite({
    publishedDir: app.publishedDir,
    site,
    unsubscribe: readerRoutes({
      db,
      tokens,
      pages,
      site,
      digests,
      limits: app.config.signUp,
      isOpen: site.hasSignUp === true,
      blockedDomains: app.config.signUp.blockedDomains,
      workBits: app.config.signUp.workBits,
      clientOf: clientReader(app.config.serve.trustedProxies),
      now,
    }),
    ...(app.hub?.accept && {
      hub: hubRoutes({ accept: app.hub.accept, onAccepted: app.hub.worker.wake }),
    }),
    ...(app.config.inbound && { hooks: providerHooks(app, now) }),
    ...(app.config.serve.api &&
      !site.isSample && {
        api: apiRoutes({
          db,
          tokens,
          site,
          digests,
          now,
          log,
          token: app.config.serve.api.secret,
          clientOf: clientReader(app.config.serve.trustedProxies),
        }),
      }),
    search: searchPages({ db, searcher: app.searcher, publishedDir: app.publishedDir, site, pages, now }),
    ...(site.hasOutbox === true && { outbox: { dir: app.outboxDir, pages } }),
    ...watchRoutes(app, watched, now),
    latestEditionAt: () => latestEditionAt(db),
    maxAgeSeconds: (at) => secondsToNextEdition(app, at),
    requestsPerMinute: app.config.serve.requestsPerMinute,
    trustedProxies: app.config.serve.trustedProxies,
    now,
    log,
  });
  void web.warm().catch((error: unknown) => log.warn({ err: error }, 'the site could not be made ready'));
  return {
    fetch: (request, bindings) => web.app.fetch(request, bindings),
    fast: web.fast,
    plain: web.plain,
  };
}

/** Seconds to the next slot of any digest, when new things are most likely to be published. */
function secondsToNextEdition({ digests }: App, now: Instant): number {
  const slots = digests.flatMap(({ schedule, zone }) => nextSlot(schedule, zone, now) ?? []);
  return Math.ceil((Math.min(...slots.map((slot) => slot.at)) - now) / secondMs);
}
