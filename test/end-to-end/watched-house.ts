import { openApp, type App } from '../../src/app.ts';
import { siteHandler } from '../../src/cli/site.ts';
import type { Config } from '../../src/config/config.ts';
import { startServer } from '../../src/serve/server.ts';
import { house, type House } from './house.ts';

/** A day after the last paper of the sample. */
export const dayAt = Date.parse('2026-11-17T02:30:00Z');
export const metricsToken = 'an-invented-token-of-forty-characters-00';

/** A house that has read the sample and sent one edition into its outbox. */
export async function watchedHouse(): Promise<House> {
  const listings = new URL('../../sample/listings.jsonl', import.meta.url).pathname;
  const home = await house({
    sources: `  - name: sample\n    type: file\n    paths: [${listings}]`,
    mail: '  transport: outbox',
  });
  await home.run(dayAt);
  return home;
}

/** The app of the house, with changes to its configuration. */
export function openWatched(home: House, changes: Partial<Config> = {}): Promise<App> {
  return openApp({ ...home.config, logLevel: 'silent', ...changes }, { now: dayAt, clock: () => dayAt });
}

export interface WatchedSite extends AsyncDisposable {
  readonly url: string;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

/** The site of the app behind a real server. */
export async function serveWatched(app: App, now: () => number): Promise<WatchedSite> {
  const stop = new AbortController();
  const web = await startServer({
    app: siteHandler(app, now),
    host: '127.0.0.1',
    port: 0,
    signal: stop.signal,
  });
  const url = new URL(new URL(app.site.baseUrl).pathname, web.url).href;
  return {
    url,
    get: (path, headers = {}) => fetch(new URL(path, url), { headers: { ...headers, connection: 'close' } }),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await web.closed;
    },
  };
}
