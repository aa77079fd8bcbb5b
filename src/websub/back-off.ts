import { minuteMs } from '../domain/time.ts';
import type { HubErrand } from '../store/hub-messages.ts';

const waits = [1, 5, 15, 60, 180].map((minutes) => minutes * minuteMs);
const longestWait = 360 * minuteMs;

/**
 * How long a message waits after so many tries. Up to a fifth more, always the same for a message and a try, so
 * that those which failed together do not come back together.
 */
export function hubRetryMs(messageId: number, tries: number): number {
  const counted = Math.max(tries, 1);
  const wait = waits[counted - 1] ?? longestWait;
  const spread = ((messageId * 7919 + counted * 104_729) % 201) / 1000;
  return Math.round(wait * (1 + spread));
}

/** Tries before it is given up: a day and a half for changed feeds, minutes for a subscriber who waits for a question. */
export function mostTries(kind: HubErrand['kind']): number {
  switch (kind) {
    case 'content':
    case 'ping':
      return 10;
    case 'subscribe':
    case 'unsubscribe':
      return 3;
    case 'denied':
      return 2;
  }
}
