import type { Hono } from 'hono';
import type { App } from '../app.ts';
import type { Instant } from '../domain/time.ts';
import { asError } from '../errors.ts';
import { keepPolling } from '../inbound/mailbox.ts';
import { openReceiver } from '../inbound/receiver.ts';
import { handleWaiting } from '../inbound/work.ts';
import { hookRoutes } from '../serve/hooks.ts';
import type { Context } from './context.ts';
import { inboundHouse } from './inbound.ts';

/** The work on what comes in, while the program runs. Close it with `await using`. */
export interface OpenInbound extends AsyncDisposable {
  /** Handles what waits; waits for the work that is under way. */
  settled(): Promise<void>;
  /** Where mail is received; undefined where it is not. */
  readonly port?: number;
}

/**
 * Receives mail where the configuration has `inbound.smtp`, reads a mailbox where it has `inbound.imap`, and handles what waits from an earlier run and whatever is
 * stored from now on, one message after another. Closing it stops to receive and lets the message in hand end.
 */
export async function openInbound(app: App, context: Pick<Context, 'now' | 'signal'>): Promise<OpenInbound> {
  const { inbound } = app.config;
  const house = { ...inboundHouse(app, context), log: app.log };
  const closed = new AbortController();
  const signal = AbortSignal.any([context.signal, closed.signal]);
  let isWanted = false;
  let work: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (isWanted && !signal.aborted) {
      isWanted = false;
      try {
        const counts = await handleWaiting(house, signal);
        if (counts.done + counts.unmatched + counts.unread > 0)
          app.log.info(counts, 'mail that came in was handled');
      } catch (thrown) {
        app.log.error({ err: asError(thrown) }, 'mail that came in could not be handled; it waits');
      }
    }
    work = undefined;
  }
  const wake = (): void => {
    isWanted = true;
    work ??= run();
  };

  const { addresses, db, now } = house;
  const receiver =
    inbound?.smtp &&
    (await openReceiver({ ...inbound.smtp, addresses, db, now, log: app.log, onStored: wake }));
  const polling =
    inbound?.imap && keepPolling({ config: inbound.imap, db, now, log: app.log, onStored: wake }, signal);
  if (inbound) wake();
  return {
    settled: async () => work,
    ...(receiver && { port: receiver.port }),
    [Symbol.asyncDispose]: async () => {
      await receiver?.[Symbol.asyncDispose]();
      closed.abort();
      await polling;
      await work;
    },
  };
}

const fetchMs = 10_000;

/** The hooks that the configuration names, by the clock on the wall. */
export function providerHooks(app: App, now: () => Instant): Hono {
  const { inbound } = app.config;
  return hookRoutes({
    ...inboundHouse(app, { now }),
    secrets: inbound?.hooks ?? {},
    clock: Date.now,
    fetchText: async (url) => {
      const answer = await app.http.get(url, { accept: '*/*', signal: AbortSignal.timeout(fetchMs) });
      return answer.state === 'ok' ? Buffer.from(answer.body).toString('utf8') : '';
    },
    log: app.log,
  });
}
