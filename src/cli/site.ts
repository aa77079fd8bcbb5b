import type { App } from '../app.ts';
import { secondMs, type Instant } from '../domain/time.ts';
import { nextSlot } from '../schedule/slots.ts';
import { createWebApp } from '../serve/app.ts';
import { unsubscribeRoutes } from '../serve/unsubscribe-pages.ts';
import { latestEditionAt } from '../store/editions.ts';
import { sourceStandings } from '../store/source-states.ts';

export type SiteHandler = (request: Request) => Response | Promise<Response>;

/** The site of an app over HTTP: published files, subscription pages, health, and the outbox where mail goes there. */
export function siteHandler(app: App, now: () => Instant): SiteHandler {
  const { site, digests, db, tokens, pages, log } = app;
  const web = createWebApp({
    publishedDir: app.publishedDir,
    site,
    unsubscribe: unsubscribeRoutes({ db, tokens, pages, site, digests, now }),
    ...(site.hasOutbox === true && { outbox: { dir: app.outboxDir, pages } }),
    sources: () =>
      sourceStandings(
        db,
        [...app.sources, ...app.signals.map(({ source }) => source)].map(({ name }) => name),
      ),
    latestEditionAt: () => latestEditionAt(db),
    maxAgeSeconds: (at) => secondsToNextEdition(app, at),
    now,
    log,
  });
  return (request) => web.fetch(request);
}

/** Seconds to the next slot of any digest, when new things are most likely to be published. */
function secondsToNextEdition({ digests }: App, now: Instant): number {
  const slots = digests.flatMap(({ schedule, zone }) => nextSlot(schedule, zone, now) ?? []);
  return Math.ceil((Math.min(...slots.map((slot) => slot.at)) - now) / secondMs);
}
