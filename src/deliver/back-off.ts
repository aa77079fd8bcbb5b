import { hourMs, minuteMs, secondMs } from '../domain/time.ts';

/** A daily paper is old news by then: what could not be sent is not sent any more. */
export const staleAfterMs = 20 * hourMs;

/** So long a submission that is open may go on after our own stop, so that its answer is not lost: who stops us waits 30 seconds. */
export const stopMs = 20 * secondMs;

/** After a refusal that was our own fault. */
export const blockedMs = 15 * minuteMs;

const waits = [5, 7, 8, 25, 75, 120].map((minutes) => minutes * minuteMs);
const longestWait = 4 * hourMs;

/**
 * How long a deferred delivery waits after so many tries before this one: the first waits are short for
 * greylisting, the later ones long (RFC 5321 section 4.5.4.1). Plus or minus 20 %, always the same for a
 * delivery and a try, so that readers deferred together do not come back together.
 */
export function retryDelayMs(deliveryId: number, triesBefore: number): number {
  const wait = waits[triesBefore] ?? longestWait;
  const spread = ((deliveryId * 7919 + triesBefore * 104_729) % 401) / 1000 - 0.2;
  return Math.round(wait * (1 + spread));
}
