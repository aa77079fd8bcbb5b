import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { lateStop } from '../domain/late-stop.ts';
import { minuteMs, secondMs, type Instant } from '../domain/time.ts';
import { asError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Database } from '../store/database.ts';
import {
  claimMessage,
  endMessage,
  postponeMessage,
  releaseMessages,
  type HubLane,
  type HubMessage,
} from '../store/hub-messages.ts';
import { dropEndedSubscriptions } from '../store/hub-subscriptions.ts';
import { hubRetryMs, mostTries } from './back-off.ts';
import type { Hub } from './hub.ts';
import { createOutgoing } from './outgoing.ts';
import { tell, type Telling } from './tell.ts';

export interface HubWorkerOptions {
  readonly db: Database;
  readonly hub: Hub;
  readonly publishedDir: string;
  readonly userAgent: string;
  readonly now: () => Instant;
  readonly log: Logger;
  /** For one exchange with another server; 10 seconds when not given. */
  readonly timeoutMs?: number;
  /** What is open at a stop may take so long to end; 3 seconds when not given. */
  readonly stopMs?: number;
}

/** How many messages came to what, in one run. */
export type HubCounts = Readonly<Partial<Record<Telling['state'] | 'given up', number>>>;

/** Tells other servers what is to be told. Any number of workers may work on one database. */
export interface HubWorker extends AsyncDisposable {
  /**
   * Tells everything that is due, each message once, and resolves when nothing is due or the signal has fired;
   * what is open then gets `stopMs` to end. Rejects only when the database fails.
   */
  workOff(signal: AbortSignal): Promise<HubCounts>;
  /** Works at once, at each `wake`, and every 15 seconds, until the signal fires; never rejects. */
  keepWorking(signal: AbortSignal): Promise<void>;
  /** Something new is to be told. */
  readonly wake: () => void;
}

const concurrency = 16;
/** At one host at once, so that one which does not answer leaves room for the others. */
const perHost = 2;
const leaseMs = minuteMs;
const defaultStopMs = 3 * secondMs;
const lookMs = 15 * secondMs;

/** A worker that lives until it is disposed of. */
export function createHubWorker(options: HubWorkerOptions): HubWorker {
  const { db, hub, publishedDir, now, log } = options;
  const outgoing = createOutgoing({ ...options, allowedHosts: hub.allowedHosts });
  const stopMs = options.stopMs ?? defaultStopMs;
  const lanes: readonly HubLane[] = hub.isOwn ? ['intent', 'content'] : ['ping'];
  let bell = Promise.withResolvers<void>();

  async function workOff(signal: AbortSignal): Promise<HubCounts> {
    const owner = randomUUID();
    const counts: Partial<Record<keyof HubCounts, number>> = {};
    const open = new Set<{ readonly host: string; readonly done: Promise<void> }>();
    const failures: unknown[] = [];
    const cut = lateStop(signal, stopMs);

    const work = async (message: HubMessage): Promise<void> => {
      const became = await settle(message, cut.signal);
      counts[became] = (counts[became] ?? 0) + 1;
    };
    const start = (message: HubMessage): void => {
      const done = work(message)
        .catch((thrown: unknown) => void failures.push(thrown))
        .finally(() => open.delete(entry));
      const entry = { host: message.host, done };
      open.add(entry);
    };

    try {
      await dropEndedSubscriptions(db, now());
      for (;;) {
        const rung = bell.promise;
        while (!signal.aborted && failures.length === 0 && open.size < concurrency) {
          const busyHosts = hostsAtLimit([...open].map(({ host }) => host));
          const leaseUntil = now() + leaseMs;
          const message = await claimMessage(db, { owner, lanes, busyHosts, now: now(), leaseUntil });
          if (!message) break;
          start(message);
        }
        if (open.size === 0) break;
        await Promise.race([rung, ...[...open].map(({ done }) => done)]);
      }
      if (failures.length > 0) throw failures[0];
      return counts;
    } finally {
      cut.done();
      await releaseMessages(db, owner);
    }
  }

  async function settle(message: HubMessage, signal: AbortSignal): Promise<keyof HubCounts> {
    const { kind, host, topic, attempts } = message;
    // More than that only where each try ended in a crash.
    const telling: Telling =
      attempts > mostTries(kind)
        ? { state: 'later', reason: 'no try came to an end' }
        : await tell(message, { db, outgoing, hub, publishedDir, now, signal }).catch(failed);
    if (telling.state === 'refused') log.info({ kind, host, topic }, telling.reason);
    if (telling.state !== 'later') return telling.state;
    if (attempts < mostTries(kind)) {
      await postponeMessage(db, message, now() + hubRetryMs(message.id, attempts));
      return 'later';
    }
    // The host only: the rest of a callback's address is its subscriber's secret.
    log.warn({ kind, host, topic }, `given up after ${mostTries(kind)} tries: ${telling.reason}`);
    await endMessage(db, message, now());
    return 'given up';
  }

  /** One message that cannot be told leaves the others alone; a database that fails will fail again. */
  function failed(thrown: unknown): Telling {
    log.error({ err: thrown }, 'a hub message could not be told');
    return { state: 'later', reason: asError(thrown).message };
  }

  return {
    workOff,
    async keepWorking(signal) {
      while (!signal.aborted) {
        const rung = bell.promise;
        try {
          const counts = await workOff(signal);
          if (Object.keys(counts).length > 0) log.info(counts, 'hub messages told');
        } catch (error) {
          log.error({ err: error }, 'hub messages could not be told; they are tried again');
        }
        await soonest(rung, lookMs, signal);
      }
    },
    wake: () => {
      bell.resolve();
      bell = Promise.withResolvers();
    },
    [Symbol.asyncDispose]: () => outgoing[Symbol.asyncDispose](),
  };
}

/** The hosts that stand there as often as messages may go to one at once. */
function hostsAtLimit(hosts: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const host of hosts) counts.set(host, (counts.get(host) ?? 0) + 1);
  return [...counts].flatMap(([host, count]) => (count >= perHost ? [host] : []));
}

/** Resolves with the bell, after the time, or with the signal, whichever comes first. */
async function soonest(bell: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const waited = wait(ms, undefined, { signal: AbortSignal.any([signal, over.signal]) }).catch(
    () => undefined,
  );
  await Promise.race([bell, waited]);
  over.abort();
}
