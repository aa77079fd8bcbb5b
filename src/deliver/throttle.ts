import { secondMs, type Instant } from '../domain/time.ts';
import type { Database } from '../store/database.ts';
import { allLimits, changeLimits } from '../store/mail-limits.ts';
import {
  afterReturning,
  afterSlowDown,
  afterSuccess,
  afterTaking,
  allowed,
  freshAllowance,
  interval,
  type AllowanceState,
  type Limit,
} from './allowance.ts';

/** What counts under which names. */
export interface Counted {
  /** The way it leaves by: the name of a relay. */
  readonly relay: string;
  /** The operator of the mailbox or its domain. */
  readonly domain: string;
  readonly digest: string;
}

/** The limits that the operator set. */
export interface Limits {
  readonly relays: Readonly<Record<string, Limit>>;
  /** By operator or domain. */
  readonly domains: Readonly<Record<string, Limit>>;
  readonly digests: Readonly<Record<string, Limit>>;
}

/** Keeps to limits over all processes that share a database, and over restarts. */
export interface Throttle extends AsyncDisposable {
  /**
   * Undefined when a message may go now, and is counted; else when it is to be asked for again: each a little later
   * than the one before, so that they come back at the pace of the limit.
   */
  holdUntil(message: Counted, now: Instant): Promise<Instant | undefined>;
  /** When to ask again, where somebody asked for less after a message was let go; else undefined. */
  pausedUntil(message: Counted, now: Instant): Instant | undefined;
  /** A message that was let go did not go: another one may in its place. */
  giveBack(message: Counted): void;
  /** A whole operator or relay asked for less. */
  slowDown(who: 'relay' | 'domain', message: Counted, now: Instant, waitMs?: number): Promise<void>;
  /** A message was taken. */
  taken(message: Counted): Promise<void>;
}

/** So many are taken from the database at once: few writes, and little is lost by a crash. */
const blockSize = 20;
/** What another process was told is seen after so long. */
const lookAgainMs = 5 * secondMs;

/**
 * A throttle over the limits that are kept in the database. Names without a limit cost nothing until somebody asks
 * for less. Dispose of it to give back what was taken and not used.
 */
export function createThrottle(db: Database, limits: Limits): Throttle {
  const kept = new Map<string, AllowanceState>();
  const blocks = new Map<string, number>();
  const waiting = new Map<string, number>();
  /** Until when the database has nothing to give under a name: who asks before is told so without a look. */
  const refused = new Map<string, Instant>();
  let lookedAt = -Infinity;

  const limitOf = (name: string): Limit => {
    const [kind, ...rest] = name.split(':');
    const key = rest.join(':');
    if (kind === 'relay') return limits.relays[key] ?? {};
    return (kind === 'domain' ? limits.domains[key] : limits.digests[key]) ?? {};
  };
  const isLimited = (name: string): boolean => {
    const { perMinute, perDay } = limitOf(name);
    return perMinute !== undefined || perDay !== undefined;
  };

  /** What is kept, as other processes may have changed it. */
  async function look(now: Instant): Promise<void> {
    if (now - lookedAt < lookAgainMs && now >= lookedAt) return;
    lookedAt = now;
    for (const [name, state] of await allLimits(db)) kept.set(name, state);
  }

  async function change<Result>(
    name: string,
    now: Instant,
    make: (state: AllowanceState, limit: Limit) => { result: Result; state: AllowanceState },
  ): Promise<Result> {
    const limit = limitOf(name);
    return changeLimits(db, [name], ([before]) => {
      const { result, state } = make(before ?? freshAllowance(limit, now), limit);
      kept.set(name, state);
      return { result, limits: [state] };
    });
  }

  function putBack(name: string): void {
    blocks.set(name, (blocks.get(name) ?? 0) + 1);
  }

  /** A place in the line of those that wait for this name, which begins at `askAgainAt`. */
  function queueUp(name: string, askAgainAt: Instant, now: Instant): Instant {
    const place = waiting.get(name) ?? 0;
    waiting.set(name, place + 1);
    const state = kept.get(name) ?? freshAllowance(limitOf(name), now);
    return askAgainAt + Math.round(place * interval(state, limitOf(name)));
  }

  /** One message from the block of this name; undefined, or when to ask again. */
  async function take(name: string, now: Instant): Promise<Instant | undefined> {
    const pausedUntil = kept.get(name)?.pausedUntil ?? 0;
    if (!isLimited(name)) return now < pausedUntil ? pausedUntil : undefined;
    const left = blocks.get(name) ?? 0;
    if (left > 0 && now >= pausedUntil) {
      blocks.set(name, left - 1);
      return undefined;
    }
    const refusedUntil = refused.get(name) ?? 0;
    if (now < refusedUntil) return refusedUntil;
    const askAgain = await change(name, now, (state, limit) => {
      const { count, askAgainAt } = allowed(state, limit, now);
      const granted = Math.min(blockSize, count);
      // Several ask at once: what another was granted meanwhile stays.
      if (granted > 0) blocks.set(name, (blocks.get(name) ?? 0) + granted - 1);
      return { result: askAgainAt, state: afterTaking(state, limit, granted, now) };
    });
    if (askAgain !== undefined) refused.set(name, askAgain);
    return askAgain;
  }

  return {
    async holdUntil(message, now) {
      await look(now);
      const taken: string[] = [];
      for (const name of namesOf(message)) {
        const askAgainAt = await take(name, now);
        if (askAgainAt !== undefined) {
          for (const other of taken) putBack(other);
          return queueUp(name, askAgainAt, now);
        }
        if (isLimited(name)) taken.push(name);
      }
      return undefined;
    },
    pausedUntil(message, now) {
      const paused = namesOf(message).find((name) => now < (kept.get(name)?.pausedUntil ?? 0));
      return paused === undefined ? undefined : queueUp(paused, kept.get(paused)?.pausedUntil ?? now, now);
    },
    giveBack(message) {
      for (const name of namesOf(message)) if (isLimited(name)) putBack(name);
    },
    async slowDown(who, message, now, waitMs) {
      const name = `${who}:${message[who]}`;
      waiting.delete(name);
      refused.delete(name);
      await change(name, now, (state, limit) => ({
        result: undefined,
        state: afterSlowDown(state, limit, now, waitMs),
      }));
    },
    async taken(message) {
      for (const name of namesOf(message)) {
        if ((kept.get(name)?.strikes ?? 0) === 0) continue;
        await change(name, kept.get(name)?.refilledAt ?? 0, (state) => ({
          result: undefined,
          state: afterSuccess(state),
        }));
      }
    },
    async [Symbol.asyncDispose]() {
      for (const [name, count] of blocks) {
        if (count === 0) continue;
        await change(name, kept.get(name)?.refilledAt ?? 0, (state, limit) => ({
          result: undefined,
          state: afterReturning(state, limit, count),
        }));
      }
      blocks.clear();
    },
  };
}

function namesOf({ relay, domain, digest }: Counted): readonly string[] {
  return [`relay:${relay}`, `domain:${domain}`, `digest:${digest}`];
}
