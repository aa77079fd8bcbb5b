import type { WebsubConfig } from '../config/config.ts';
import type { Site } from '../domain/site.ts';
import type { Instant } from '../domain/time.ts';
import type { Logger } from '../log.ts';
import type { Database } from '../store/database.ts';
import { createAcceptor, type Acceptance, type HubLimits } from './accept.ts';
import { announceFeeds, type Announcement } from './announce.ts';
import { hubOf } from './hub.ts';
import { createHubWorker, type HubWorker } from './worker.ts';

/** The hub of an installation and what works for it. */
export interface OpenHub extends AsyncDisposable {
  /** As the feeds name it. */
  readonly url: string;
  /** Stores what is to be told of the published feeds, see `announceFeeds`. */
  announce(): Promise<Announcement>;
  /** Takes a subscriber's request, see `createAcceptor`; only where the hub is ours. */
  readonly accept?: (form: URLSearchParams) => Promise<Acceptance>;
  readonly worker: HubWorker;
}

export interface OpenHubOptions {
  readonly websub: WebsubConfig;
  readonly site: Pick<Site, 'baseUrl'>;
  readonly db: Database;
  readonly publishedDir: string;
  readonly userAgent: string;
  /** The clock on the wall: leases and waits are shared with other people's servers. */
  readonly clock: () => Instant;
  readonly log: Logger;
  readonly timeoutMs?: number;
  readonly stopMs?: number;
  readonly limits?: HubLimits;
}

/** Opens the configured hub; nothing is sent before its worker is asked to. Close it with `await using`. */
export function openHub(options: OpenHubOptions): OpenHub {
  const { websub, site, db, publishedDir, clock } = options;
  const hub = hubOf(websub, site);
  const worker = createHubWorker({ ...options, hub, now: clock });
  const accept = createAcceptor(db, hub.allowedHosts, options.limits);
  return {
    url: hub.url,
    announce: () => announceFeeds({ db, publishedDir, site, hub, now: clock() }),
    ...(hub.isOwn && { accept: (form: URLSearchParams) => accept(form, clock()) }),
    worker,
    [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
  };
}
