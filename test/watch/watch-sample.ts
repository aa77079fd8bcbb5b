import { hourMs, minuteMs } from '../../src/domain/time.ts';
import type { WatchState } from '../../src/watch/state.ts';
import type { Bounds, Trouble } from '../../src/watch/troubles.ts';

export const now = Date.parse('2026-11-24T12:00:00Z');

export const bounds: Bounds = {
  sourceHours: 36,
  lateMinutes: 60,
  waitingMinutes: 180,
  bouncesPercent: 5,
  refusalsPercent: 10,
  complaintsPercent: 0.3,
  leastMails: 50,
  freeDiskPercent: 5,
  freeDiskMegabytes: 1000,
};

/** An installation without a trouble. */
export const wellState: WatchState = {
  sources: [{ name: 'arxiv', state: 'ok', askedAt: now - hourMs, lastOkAt: now - hourMs }],
  digests: [
    {
      key: 'daily',
      lastSlotAt: now - 9 * hourMs,
      nextSlotAt: now + 15 * hourMs,
      newest: {
        digest: 'daily',
        id: 1,
        editionDate: '2026-11-24',
        publishedAt: now - 9 * hourMs,
        newInTopics: 30,
        shown: 12,
      },
    },
  ],
  queue: { open: 3, due: 1, oldestDueAt: now - minuteMs, inDoubt: 0 },
  deliveries: [
    { state: 'accepted', reply: '2xx', count: 990 },
    { state: 'rejected', reply: '5xx', count: 10 },
  ],
  returned: { hard: 5, soft: 5, complaint: 1 },
  subscriptions: [{ digest: 'daily', state: 'confirmed', count: 1000 }],
  suppressions: { unsubscribed: 3, complaint: 1, bounce: 2, erased: 0, other: 0 },
  databaseBytes: 1_000_000,
  disk: { freeBytes: 50e9, totalBytes: 100e9 },
};

export function trouble(id: string, severity: Trouble['severity'] = 'warning'): Trouble {
  return {
    id,
    name: 'source stale',
    about: id,
    part: 'sources',
    severity,
    expected: 'a reading',
    came: 'none',
    advice: 'look',
  };
}
