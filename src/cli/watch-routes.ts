import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../app.ts';
import type { Instant } from '../domain/time.ts';
import { programVersion } from '../program-files.ts';
import { tokenCheck } from '../serve/api-token.ts';
import type { WebAppParts } from '../serve/app.ts';
import { healthRoutes } from '../serve/health.ts';
import { metricsRoutes } from '../serve/metrics.ts';
import { requestTally } from '../serve/metrics-requests.ts';
import { healthReport } from '../watch/report.ts';
import { openWatch } from './watch-state.ts';

/** `health` and, where they are configured, `metrics` of the app that is watched, on the site of the one that is shown. */
export function watchRoutes(
  shown: App,
  watched: App,
  now: () => Instant,
): Pick<WebAppParts, 'health' | 'metrics' | 'tally'> {
  const watch = openWatch(watched, now);
  const { metrics } = watched.config.serve;
  const hasToken = metrics && tokenCheck(metrics.secret);
  const tally = requestTally();
  const hasPages = (): Promise<boolean> =>
    access(join(shown.publishedDir, 'index.html')).then(
      () => true,
      () => false,
    );
  return {
    health: healthRoutes({
      report: async () => {
        const { state, troubles } = await watch();
        return healthReport(state, troubles, { now: now(), hasPages: await hasPages() });
      },
      ...(hasToken && { hasToken }),
      log: watched.log,
    }),
    ...(hasToken && {
      tally,
      metrics: metricsRoutes({
        hasToken,
        watched: watch,
        tally,
        sendTimes: () => watched.sendTimes(),
        version: programVersion,
        now,
        log: watched.log,
      }),
    }),
  };
}
