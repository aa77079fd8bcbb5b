import { once } from 'node:events';
import { schedule, type Logger as CronLogger } from 'node-cron';
import type { Digest } from '../domain/digest.ts';
import { dayMs, formatInstant, hourMs, minuteMs, type Instant } from '../domain/time.ts';
import type { Logger } from '../log.ts';
import { dueSlots, type Slot } from './slots.ts';

export interface SchedulerOptions {
  readonly digests: readonly Digest[];
  /** The latest slot of a digest whose work ended, as stored. */
  readonly lastSlot: (digest: Digest) => Promise<Slot | undefined>;
  /** One conditional write: true for one caller over all processes, until its lease runs out without an end. */
  readonly claim: (digest: Digest, slot: Slot) => Promise<boolean>;
  /** Does the work of a claimed slot. */
  readonly run: (digest: Digest, slot: Slot) => Promise<void>;
  /** What is worth a look at every wake-up, after the slots: mails that wait for another try. */
  readonly tend: () => Promise<void>;
  readonly now: () => Instant;
  readonly log: Logger;
  /** Stops the scheduler; a run that has begun ends by itself. */
  readonly signal: AbortSignal;
}

/**
 * Looks for due slots at once, which catches up after a stop, and then every minute; does them one after the
 * other. Resolves when the signal has fired and the run in flight has ended; never rejects. node-cron only
 * wakes: a wake-up that is late, lost or repeated changes nothing, since each looks at all open slots.
 */
export async function startScheduler(options: SchedulerOptions): Promise<void> {
  const { signal, log } = options;
  if (signal.aborted) return;
  const checkDigests = slotChecker(options);
  let checking: Promise<void> | undefined;
  const wake = () => {
    checking ??= checkDigests().finally(() => {
      checking = undefined;
    });
  };
  const stopped = once(signal, 'abort');
  const task = schedule('* * * * *', wake, {
    timezone: 'Etc/UTC',
    missedExecutionTolerance: minuteMs,
    suppressMissedWarning: true,
    logger: cronLogger(log),
  });
  wake();
  await stopped;
  await task.destroy();
  await checking;
}

/** A function that does what is due, digest by digest; it never rejects. What it has to report it reports once. */
export function slotChecker({
  digests,
  lastSlot,
  claim,
  run,
  tend,
  now,
  log,
  signal,
}: SchedulerOptions): () => Promise<void> {
  const reportedAt = new Map<string, Instant>();
  const warned = new Set<string>();

  const checkDigest = async (digest: Digest) => {
    const last = await lastSlot(digest);
    if (last && last.at - now() > dayMs && !warned.has(digest.key)) {
      warned.add(digest.key);
      log.warn(
        described(digest, last),
        'the last slot lies ahead: nothing is due until then; check the clock',
      );
    }
    const { due, missed } = dueSlots({
      schedule: digest.schedule,
      zone: digest.zone,
      lastSlot: last,
      now: now(),
      maxLatenessMs: digest.maxLatenessHours * hourMs,
    });
    const reported = reportedAt.get(digest.key) ?? -Infinity;
    for (const slot of missed.filter(({ at }) => at > reported)) {
      reportedAt.set(digest.key, slot.at);
      log.warn(described(digest, slot), 'slot missed: too late for it, or a later one is due');
    }
    if (!due || !(await claim(digest, due))) return;
    log.info(described(digest, due), 'slot claimed');
    await run(digest, due);
    log.info(described(digest, due), 'slot done');
  };

  return async () => {
    for (const digest of digests) {
      if (signal.aborted) return;
      try {
        await checkDigest(digest);
      } catch (error) {
        if (signal.aborted)
          log.info({ digest: digest.key }, 'stopped; the slot is taken up at the next start');
        else log.error({ digest: digest.key, err: error }, 'slot failed; the other digests go on');
      }
    }
    if (signal.aborted) return;
    try {
      await tend();
    } catch (error) {
      if (!signal.aborted) log.error({ err: error }, 'what waits could not be looked after');
    }
  };
}

function described(digest: Digest, slot: Slot) {
  return { digest: digest.key, date: slot.date, slotAt: formatInstant(slot.at) };
}

/** node-cron's words in our log. */
function cronLogger(log: Logger): CronLogger {
  const write = (level: 'info' | 'warn' | 'error' | 'debug') => (message: string | Error, error?: Error) => {
    const err = message instanceof Error ? message : error;
    log[level](err ? { err } : {}, `wake-up: ${message instanceof Error ? message.message : message}`);
  };
  return { info: write('info'), warn: write('warn'), error: write('error'), debug: write('debug') };
}
