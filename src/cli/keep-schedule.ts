import type { App } from '../app.ts';
import { blockedMs, staleAfterMs } from '../deliver/back-off.ts';
import type { Instant } from '../domain/time.ts';
import { sendMails, type MailReport } from '../mailing.ts';
import { indexForSearch, readSources, runDay } from '../pipeline.ts';
import { startScheduler } from '../schedule/scheduler.ts';
import { hasDueDeliveries } from '../store/deliveries.ts';
import { editionsSince } from '../store/editions.ts';
import type { Context } from './context.ts';
import { keepAlarming } from './alarms.ts';
import { keepSendingNotices } from './notices.ts';
import { pollGrowing } from './poll.ts';
import { slotWork } from './slot-work.ts';
import { dayLines, sentWords } from './summary.ts';

/**
 * Does what is due at once and then every minute, until stopped, or until `until` aborts and the work under way has
 * ended by itself; `owner` is this process among all of the database.
 */
export async function keepSchedule(
  context: Context,
  app: App,
  owner: string,
  afterEdition: () => Promise<void>,
  until: AbortSignal = context.signal,
): Promise<void> {
  const { now, signal } = context;
  const day = { now, signal };
  let pausedUntil = -Infinity;
  const tell = (mails: MailReport): void => {
    // The lines for the terminal quote addresses, which do not belong into a log.
    if (mails.faults.length > 0)
      app.log.warn({ faults: mails.faults.length }, 'subscriber files have faults');
    if (mails.sent.blocked === undefined) return;
    app.log.warn(`sending paused: ${mails.sent.blocked}`);
    pausedUntil = now() + blockedMs;
  };
  const telling = app.hub?.worker.keepWorking(until);
  const noticing = keepSendingNotices(app, { now, signal: until });
  const alarming = keepAlarming(app, { now, signal: until });
  // What came in while nobody served, or all of it where the topics have changed.
  const indexing = indexForSearch(app, { now, signal: until });
  await startScheduler({
    digests: app.digests,
    log: app.log,
    now,
    signal: until,
    ...slotWork({
      db: app.db,
      owner,
      log: app.log,
      now,
      signal,
      read: () => readSources(app, day),
      make: async (digest, slot, read) => {
        const done = await runDay(app, day, [{ digest, editionDate: slot.date }], read);
        app.hub?.worker.wake();
        tell(done.mails);
        const summary = dayLines(done).at(-1) ?? '';
        app.log.info({ digest: digest.key, editionDate: slot.date }, summary);
        await afterEdition();
        return { editions: done.editions, summary };
      },
    }),
    tend: async () => {
      await pollGrowing(app, day);
      if (now() < pausedUntil || !(await hasMailsToSend(app, now()))) return;
      const mails = await sendMails(app, day);
      tell(mails);
      app.log.info(sentWords(mails));
    },
  });
  await telling;
  await noticing;
  await alarming;
  await indexing;
}

/** Mails that wait for a try, or an edition whose audience was not frozen before a crash. */
async function hasMailsToSend(app: App, now: Instant): Promise<boolean> {
  if (await hasDueDeliveries(app.db, now)) return true;
  return (await editionsSince(app.db, now - staleAfterMs)).some((edition) => !edition.isPrepared);
}
