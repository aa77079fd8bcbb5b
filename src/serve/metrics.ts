import { Hono } from 'hono';
import { asError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Watched } from '../watch/troubles.ts';
import type { ScrapeParts } from './metrics-text.ts';

export interface MetricsParts extends Omit<ScrapeParts, 'watched'> {
  /** Whether a request carries the metrics token. */
  readonly hasToken: (authorization: string | undefined) => boolean;
  /** Rejects when the database cannot be read. */
  readonly watched: () => Promise<Watched>;
  readonly log: Pick<Logger, 'error'>;
}

/**
 * `metrics` in the text format of Prometheus, for whoever has the token. It holds no address, and labels only of names that
 * stand in the configuration or in the program. While the database cannot be read it says so
 * (`broadsheet_database_readable 0`) and tells of the process alone.
 */
export function metricsRoutes(parts: MetricsParts): Hono {
  return new Hono().get('/metrics', async (context) => {
    if (!parts.hasToken(context.req.header('Authorization'))) {
      const headers = { 'WWW-Authenticate': 'Bearer realm="metrics"', 'Cache-Control': 'no-store' };
      return context.text('The metrics token is needed.\n', 401, headers);
    }
    let watched: Watched | undefined;
    try {
      watched = await parts.watched();
    } catch (thrown) {
      parts.log.error({ err: asError(thrown) }, 'the state could not be read for the metrics');
    }
    const { scrape } = await import('./metrics-text.ts');
    const { text, contentType } = await scrape({ ...parts, watched });
    return context.body(text, 200, { 'Content-Type': contentType, 'Cache-Control': 'no-store' });
  });
}
