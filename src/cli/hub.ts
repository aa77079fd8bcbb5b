import type { App } from '../app.ts';
import { minuteMs } from '../domain/time.ts';
import type { Context } from './context.ts';

/** What is not told by then waits for the next command, or for `start`. */
const mostMs = minuteMs;

/** Tells the hub, or its subscribers, what was announced; a minute at most, and no command fails by it. */
export async function tellHub({ hub, log }: App, { options, signal }: Context): Promise<void> {
  if (!hub || options.dryRun) return;
  try {
    const counts = await hub.worker.workOff(AbortSignal.any([signal, AbortSignal.timeout(mostMs)]));
    if (Object.keys(counts).length > 0) log.info(counts, 'hub messages told');
  } catch (error) {
    log.error({ err: error }, 'hub messages could not be told; the next run tries again');
  }
}
