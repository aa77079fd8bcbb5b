import { IncomingMessage } from 'node:http';
import { Hono, type Context } from 'hono';
import { asError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { isPrivateAddress } from '../sources/public-address.ts';
import type { BareHealth, HealthReport } from '../watch/report.ts';

export interface HealthParts {
  /** Rejects when the database cannot be read. */
  readonly report: () => Promise<HealthReport>;
  /** Whether a request carries the metrics token; undefined where none is configured. */
  readonly hasToken?: (authorization: string | undefined) => boolean;
  readonly log: Pick<Logger, 'error'>;
}

/** What a proxy adds: then the address of the connection is not that of who asks. */
const forwarding = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/**
 * `health`: 200 while the process can do its work, with `state` `degraded` where something is not as it should be; 503
 * where it cannot, since the database cannot be read or there is nothing to serve. The parts and the troubles are for
 * whoever has the metrics token, or asks from a private address and through no proxy; everybody else gets the bare state.
 */
export function healthRoutes({ report, hasToken, log }: HealthParts): Hono {
  return new Hono().get('/health', async (context) => {
    const isTrusted = hasToken?.(context.req.header('Authorization')) === true || isNear(context);
    try {
      const whole = await report();
      const { state, live, ready } = whole;
      return context.json(isTrusted ? whole : { state, live, ready }, ready ? 200 : 503, noStore);
    } catch (thrown) {
      const reason = asError(thrown).message;
      log.error({ err: thrown }, 'the state could not be read');
      const down: BareHealth = { state: 'down', live: true, ready: false };
      const answer = isTrusted ? { ...down, reason, advice: 'run "broadsheet doctor"' } : down;
      return context.json(answer, 503, noStore);
    }
  });
}

const noStore = { 'Cache-Control': 'no-store' } as const;

function isNear(context: Context): boolean {
  const incoming: unknown = context.env?.incoming;
  if (!(incoming instanceof IncomingMessage)) return false;
  if (forwarding.some((name) => incoming.headers[name] !== undefined)) return false;
  return isPrivateAddress(incoming.socket.remoteAddress ?? '');
}
