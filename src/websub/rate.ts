import { minuteMs, type Instant } from '../domain/time.ts';

/** Requests that are looked at in a minute, of all callbacks and of those at one host. */
export interface RateLimits {
  readonly all: number;
  readonly perHost: number;
}

/**
 * Counts requests by minutes of the clock, for one process: true while the host, and all together, stay within
 * their limits. It holds no more hosts than the limit of all.
 */
export function createRate(limits: RateLimits): (host: string, now: Instant) => boolean {
  let minute = Number.NaN;
  let all = 0;
  const byHost = new Map<string, number>();
  return (host, now) => {
    const current = Math.floor(now / minuteMs);
    if (current !== minute) {
      minute = current;
      all = 0;
      byHost.clear();
    }
    const ofHost = byHost.get(host) ?? 0;
    if (all >= limits.all || ofHost >= limits.perHost) return false;
    all += 1;
    byHost.set(host, ofHost + 1);
    return true;
  };
}
