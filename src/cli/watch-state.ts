import { statfs } from 'node:fs/promises';
import type { App } from '../app.ts';
import type { Digest } from '../domain/digest.ts';
import { dayMs, hourMs, minuteMs, secondMs, type Instant } from '../domain/time.ts';
import { dueSlots, nextSlot } from '../schedule/slots.ts';
import type { Database } from '../store/database.ts';
import { lastFinishedSlot } from '../store/slots.ts';
import { sourceStates } from '../store/source-states.ts';
import { countSubscriptions } from '../store/subscriber-counts.ts';
import {
  countLastDay,
  countReturned,
  countSuppressions,
  databaseBytes,
  mailQueue,
  newestEdition,
} from '../store/watch.ts';
import { oftenEnough } from '../watch/often-enough.ts';
import type { WatchedDigest, WatchState } from '../watch/state.ts';
import { findTroubles, type Watched } from '../watch/troubles.ts';

/** What is asked for over and over is read at most this often. */
const readEveryMs = 5 * secondMs;
/** These read every row of what waits, of a day's mails, or of all subscriptions. */
const countQueueEveryMs = 15 * secondMs;
const countMailsEveryMs = minuteMs;
const countReadersEveryMs = 10 * minuteMs;

/** Reads how an installation stands, whoever asks; rejects when its database cannot be read. */
export function openWatch(
  app: Pick<App, 'db' | 'config' | 'sources' | 'signals' | 'digests'>,
  now: () => Instant,
): () => Promise<Watched> {
  const { db, config } = app;
  const queue = oftenEnough(() => mailQueue(db, now()), countQueueEveryMs);
  const mails = oftenEnough(() => countLastDay(db, now()), countMailsEveryMs);
  const readers = oftenEnough(
    async () => ({
      subscriptions: await countSubscriptions(db),
      suppressions: await countSuppressions(db),
    }),
    countReadersEveryMs,
  );
  return oftenEnough(async () => {
    const at = now();
    const known = await sourceStates(db);
    const digests: WatchedDigest[] = [];
    for (const digest of app.digests) digests.push(await watchedDigest(db, digest, at));
    const { bavail, bsize, blocks } = await statfs(config.dataDir);
    const state: WatchState = {
      sources: [...app.sources, ...app.signals.map(({ source }) => source)].map(({ name }) => ({
        name,
        state: 'never read' as const,
        ...known.get(name),
      })),
      digests,
      queue: await queue(),
      deliveries: await mails(),
      returned: await countReturned(db, at - dayMs),
      ...(await readers()),
      databaseBytes: await databaseBytes(db),
      disk: { freeBytes: bavail * bsize, totalBytes: blocks * bsize },
    };
    return { state, troubles: findTroubles(state, config.alarms, at) };
  }, readEveryMs);
}

async function watchedDigest(db: Database, digest: Digest, now: Instant): Promise<WatchedDigest> {
  const { key, schedule, zone, waitMinutes, maxLatenessHours } = digest;
  const lastSlot = await lastFinishedSlot(db, key);
  const newest = await newestEdition(db, key);
  const { due, missed } = dueSlots({
    schedule,
    zone,
    lastSlot,
    now,
    maxLatenessMs: maxLatenessHours * hourMs,
  });
  // The work of a slot goes on while its mails are sent: the edition is there before it ends.
  const isMade = (date: string): boolean => newest !== undefined && newest.editionDate >= date;
  const missedAt = missed.findLast(({ date }) => !isMade(date))?.at;
  const next = nextSlot(schedule, zone, now);
  return {
    key,
    ...(lastSlot && { lastSlotAt: lastSlot.at }),
    ...(next && { nextSlotAt: next.at }),
    ...(due && !isMade(due.date) && { due: { at: due.at, deadlineAt: due.at + waitMinutes * minuteMs } }),
    ...(lastSlot && missedAt !== undefined && { missedAt }),
    ...(newest && { newest }),
  };
}
