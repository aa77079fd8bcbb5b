import { calendarDate, dayMs, minuteMs, secondMs, utcMidnight, type Instant } from './time.ts';

/**
 * The first instant at or after `since` at which the clock of a zone shows this minute of the day (0 to 1439), by the
 * rule of `firstMinute` where summer time skips or repeats it. Throws RangeError for an unknown zone.
 */
export function nextMinuteOfDay(since: Instant, zone: string, minuteOfDay: number): Instant {
  const today = utcMidnight(calendarDate(since, zone));
  for (let days = 0; ; days += 1) {
    const at = firstMinute(today + days * dayMs + minuteOfDay * minuteMs, zone);
    if (at >= since) return at;
  }
}

/**
 * The first whole minute at which the clock of a zone shows `wall` or more, `wall` being that local time
 * written as if it were UTC. So a time that summer time skips is the first minute after the gap, and of a
 * time that comes twice it is the first.
 */
export function firstMinute(wall: Instant, zone: string): Instant {
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
  if (zone === 'Etc/UTC') return Math.floor(at / secondMs) * secondMs;
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
