import type { Digest } from '../domain/digest.ts';
import { minuteMs, type Instant } from '../domain/time.ts';
import type { EditionOutcome } from '../edition/publish.ts';
import type { Logger } from '../log.ts';
import type { DayReport, ReadReport } from '../pipeline.ts';
import type { SchedulerOptions } from '../schedule/scheduler.ts';
import type { Slot } from '../schedule/slots.ts';
import type { Database } from '../store/database.ts';
import { claimSlot, finishSlot, lastFinishedSlot, postponeSlot } from '../store/slots.ts';
import { isLacking, sourceLines } from './summary.ts';

/** A slot whose work ended without a word is taken over after so long. */
export const slotLeaseMs = 30 * minuteMs;
/** A slot that waits for its sources is tried again after so long. */
const slotRetryMs = 10 * minuteMs;

export interface SlotDone {
  readonly editions: readonly EditionOutcome[];
  readonly summary: string;
}

/**
 * The work of slots as the scheduler asks for it, for one owner among all processes of the database. While a source
 * lacks something an edition waits for it, up to the digest's deadline, and then goes as it is. A slot of which no
 * edition came, because sources could not be read, stays open until it is too late for it.
 */
export function slotWork(options: {
  readonly db: Database;
  readonly owner: string;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly now: () => Instant;
  readonly signal: AbortSignal;
  readonly read: () => Promise<ReadReport>;
  /** Everything after the reading, and a line on how it went. */
  readonly make: (digest: Digest, slot: Slot, read: ReadReport) => Promise<SlotDone>;
}): Pick<SchedulerOptions, 'lastSlot' | 'claim' | 'run'> {
  const { db, owner, log, now, signal, read, make } = options;
  const putOff = (digest: Digest, slot: Slot, retryAt: Instant): Promise<void> =>
    postponeSlot(db, slotOf(digest, slot), owner, retryAt);

  const doSlot = async (digest: Digest, slot: Slot): Promise<void> => {
    const found = await read();
    const lacking = found.sources.filter(isLacking);
    for (const line of lacking.flatMap(sourceLines)) log.warn(line);
    const deadline = slot.at + digest.waitMinutes * minuteMs;
    if (lacking.length > 0 && now() < deadline) {
      const sources = lacking.map(({ source }) => source);
      log.info({ digest: digest.key, editionDate: slot.date, sources }, 'the edition waits for its sources');
      await putOff(digest, slot, Math.min(now() + slotRetryMs, deadline));
      return;
    }
    const done = await make(digest, slot, found);
    if (isLost({ editions: done.editions, sources: found.sources }))
      await putOff(digest, slot, now() + slotRetryMs);
    else await finishSlot(db, slotOf(digest, slot), owner, now(), done.summary);
  };

  return {
    lastSlot: (digest) => lastFinishedSlot(db, digest.key),
    claim: (digest, slot) => claimSlot(db, slotOf(digest, slot), owner, now(), slotLeaseMs),
    run: async (digest, slot) => {
      try {
        await doSlot(digest, slot);
      } catch (error) {
        if (signal.aborted) await putOff(digest, slot, now() - 1);
        throw error;
      }
    },
  };
}

/** No edition came about and a source lacks something: the day is not quiet, we just could not read it all. */
export function isLost(
  { editions, sources }: Pick<DayReport, 'editions' | 'sources'>,
  isOf: (edition: EditionOutcome) => boolean = () => true,
): boolean {
  return editions.filter(isOf).every((outcome) => outcome.state === 'nothing new') && sources.some(isLacking);
}

function slotOf(digest: Digest, slot: Slot) {
  return { digest: digest.key, slotAt: slot.at, slotDate: slot.date };
}
