import { Cron } from 'croner';
import { firstMinute } from '../domain/local-time.ts';
import { calendarDate, dayMs, utcMidnight, type CalendarDate, type Instant } from '../domain/time.ts';

/** A time at which the schedule says an edition is due. */
export interface Slot {
  readonly at: Instant;
  /** The local day the schedule means; a digest has at most one slot for it. */
  readonly date: CalendarDate;
}

export interface SlotQuery {
  /** Cron, five fields, one minute and one hour, as the configuration has checked it. */
  readonly schedule: string;
  /** IANA time zone. */
  readonly zone: string;
  /** The latest slot that was taken; undefined when none ever was. */
  readonly lastSlot?: Slot | undefined;
  readonly now: Instant;
  /** A slot that is later than that is missed. */
  readonly maxLatenessMs: number;
}

export interface DueSlots {
  /** The latest slot that is not taken and not too late. */
  readonly due?: Slot;
  /** The slots since the last one that nobody took and nobody will, oldest first. */
  readonly missed: readonly Slot[];
}

/** Slots that were missed longer ago are not listed. */
const longestLookBackMs = 366 * dayMs;

/**
 * What is due at `now`: at most one slot, after `lastSlot` in time and in date, so that neither a clock set
 * back nor a changed schedule gives a day two editions. Before the first slot was taken nothing is missed.
 */
export function dueSlots({ schedule, zone, lastSlot, now, maxLatenessMs }: SlotQuery): DueSlots {
  const sinceAt = lastSlot ? Math.max(lastSlot.at, now - longestLookBackMs) : now - maxLatenessMs - 1;
  const open = slotsBetween(schedule, zone, sinceAt, now).filter(
    (slot) => !lastSlot || slot.date > lastSlot.date,
  );
  const latest = open.at(-1);
  if (!latest || now - latest.at > maxLatenessMs) return { missed: open };
  return { due: latest, missed: lastSlot ? open.slice(0, -1) : [] };
}

/** The first slot after `now`; undefined when the schedule never comes again. */
export function nextSlot(schedule: string, zone: string, now: Instant): Slot | undefined {
  for (const slot of slotsFrom(schedule, zone, now)) {
    if (slot.at > now) return slot;
  }
  return undefined;
}

function slotsBetween(schedule: string, zone: string, afterAt: Instant, untilAt: Instant): Slot[] {
  const slots: Slot[] = [];
  for (const slot of slotsFrom(schedule, zone, afterAt)) {
    if (slot.at > untilAt) break;
    if (slot.at > afterAt) slots.push(slot);
  }
  return slots;
}

/**
 * All slots in order, from a day before `at`. The days come from croner, asked in UTC, where every day has
 * every minute: asked in the zone, it leaves out a day whose minute falls into a gap that ends at midnight.
 */
function* slotsFrom(schedule: string, zone: string, at: Instant): Generator<Slot> {
  const cron = new Cron(schedule, { mode: '5-part', utcOffset: 0, paused: true });
  const startAt = utcMidnight(calendarDate(at, zone)) - dayMs;
  for (let run = cron.nextRun(new Date(startAt - 1)); run; run = cron.nextRun(run)) {
    const date = calendarDate(run.getTime(), 'Etc/UTC');
    const at = firstMinute(run.getTime(), zone);
    if (calendarDate(at, zone) === date || isDayOf(date, zone)) yield { at, date };
  }
}

/** Whether a zone has that day at all: Samoa had no 30 December 2011, as it moved across the date line. */
function isDayOf(date: CalendarDate, zone: string): boolean {
  return calendarDate(firstMinute(utcMidnight(date) + dayMs / 2, zone), zone) === date;
}
