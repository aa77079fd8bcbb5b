import { setTimeout as wait } from 'node:timers/promises';

/** One request at a time, and at least `minIntervalMs` between the starts of two of the same group. */
export interface Pace {
  /** Hosts that count together, e.g. `arxiv.org` for its API, RSS and OAI. */
  readonly group: string;
  readonly minIntervalMs: number;
}

interface Lane {
  /** Settles when everything queued so far is done. */
  tail: Promise<void>;
  /** On the monotonic clock, milliseconds. */
  nextAt: number;
}

/** Turns that all processes of a deployment share. */
export interface PaceKeeper {
  /** Takes the group's one connection: 0 when it is ours now, else the milliseconds after which to ask again. */
  take(pace: Pace): Promise<number>;
  /** Gives the connection back. */
  release(pace: Pace): Promise<void>;
}

export type Pacer = <T>(pace: Pace, signal: AbortSignal, run: () => Promise<T>) => Promise<T>;

/**
 * A queue for each group. With a keeper its turns hold for all processes, else for this one only. A wait that is
 * aborted leaves the queue without running.
 */
export function createPacer(keeper?: PaceKeeper): Pacer {
  const lanes = new Map<string, Lane>();
  return async (pace, signal, run) => {
    const lane = lanes.get(pace.group) ?? { tail: Promise.resolve(), nextAt: 0 };
    lanes.set(pace.group, lane);
    const before = lane.tail;
    const turn = Promise.withResolvers<void>();
    lane.tail = before.then(() => turn.promise);
    try {
      await before;
      const waitMs = lane.nextAt - performance.now();
      await pause(waitMs, signal);
      lane.nextAt = performance.now() + pace.minIntervalMs;
      return keeper ? await inTurn(keeper, pace, signal, run) : await run();
    } finally {
      turn.resolve();
    }
  };
}

async function inTurn<T>(
  keeper: PaceKeeper,
  pace: Pace,
  signal: AbortSignal,
  run: () => Promise<T>,
): Promise<T> {
  for (let waitMs = await keeper.take(pace); waitMs > 0; waitMs = await keeper.take(pace)) {
    await pause(waitMs, signal);
  }
  try {
    return await run();
  } finally {
    await keeper.release(pace);
  }
}

/** Waits `ms` milliseconds (not at all when negative); rejects with the signal's own reason. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (ms <= 0) return;
  try {
    await wait(ms, undefined, { signal });
  } catch (thrown) {
    signal.throwIfAborted();
    throw thrown;
  }
}
