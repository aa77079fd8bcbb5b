import { Cron } from 'croner';
import {
  calendarDate,
  dayMs,
  minuteMs,
  utcMidnight,
  type CalendarDate,
  type Instant,
} from '../domain/time.ts';

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
  const cron = new Cron(schedule, { mode: '5-part', timezone: 'Etc/UTC', paused: true });
  const startAt = utcMidnight(calendarDate(at, zone)) - dayMs;
  for (let run = cron.nextRun(new Date(startAt - 1)); run; run = cron.nextRun(run)) {
    yield { at: firstMinute(run.getTime(), zone), date: calendarDate(run.getTime(), 'Etc/UTC') };
  }
}

/**
 * The first whole minute at which the clock of a zone shows `wall` or more, `wall` being that local time
 * written as if it were UTC. So a time that summer time skips is the first minute after the gap, and of a
 * time that comes twice it is the first.
 */
function firstMinute(wall: Instant, zone: string): Instant {
  const offsets = [wall - dayMs, wall + dayMs].map((near) => wallClock(near, zone) - near);
  const earliest = wall - Math.max(...offsets);
  const latest = wall - Math.min(...offsets);
  const exact = [earliest, latest].find((at) => wallClock(at, zone) === wall);
  if (exact !== undefined) return exact;

  let [before, after] = [earliest, latest];
  while (after - before > minuteMs) {
    const middle = before + Math.floor((after - before) / 2 / minuteMs) * minuteMs;
    if (wallClock(middle, zone) < wall) before = middle;
    else after = middle;
  }
  return after;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The local time in a zone, written as if it were UTC. */
function wallClock(at: Instant, zone: string): Instant {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    clocks.set(zone, clock);
  }
  const parts = new Map(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}
