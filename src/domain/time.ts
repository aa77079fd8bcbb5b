/** Milliseconds since 1970-01-01T00:00:00Z. Names of instants end in `At`. */
export type Instant = number;

/** A calendar day, `YYYY-MM-DD`. Names of calendar days end in `Date`. */
export type CalendarDate = string;

export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

const instantForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** The instant of an RFC 3339 date-time that carries its offset, or undefined. */
export function parseInstant(text: string): Instant | undefined {
  if (!instantForm.test(text) || !isCalendarDate(text.slice(0, 10))) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/** RFC 3339 in UTC without fractions: `2026-11-24T06:00:00Z`. */
export function formatInstant(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

export function isCalendarDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && addDays(text, 0) === text;
}

/** Midnight UTC of a calendar day. */
export function utcMidnight(date: CalendarDate): Instant {
  return Date.parse(`${date}T00:00:00Z`);
}

/** The day that many days later (earlier when negative); an impossible day (02-30) does not come back as itself. */
export function addDays(date: CalendarDate, days: number): CalendarDate {
  const at = utcMidnight(date);
  return Number.isNaN(at) ? '' : new Date(at + days * dayMs).toISOString().slice(0, 10);
}

/** 0 is Sunday, 6 is Saturday. */
export function weekday(date: CalendarDate): number {
  return new Date(utcMidnight(date)).getUTCDay();
}

export function isWeekend(date: CalendarDate): boolean {
  return weekday(date) === 0 || weekday(date) === 6;
}

const dateFormats = new Map<string, Intl.DateTimeFormat>();

/** The calendar day at an instant in an IANA zone; throws RangeError for an unknown zone. */
export function calendarDate(at: Instant, zone: string): CalendarDate {
  // The zone of most installations, and the first use of any other costs 15 ms.
  if (zone === 'Etc/UTC') return new Date(at).toISOString().slice(0, 10);
  let format = dateFormats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    dateFormats.set(zone, format);
  }
  return format.format(at);
}

const weekdayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** `Tuesday, 24 November 2026`. English always, so that output does not depend on the machine. */
export function longDate(date: CalendarDate): string {
  const day = new Date(utcMidnight(date));
  return `${weekdayNames[day.getUTCDay()]}, ${day.getUTCDate()} ${monthNames[day.getUTCMonth()]} ${day.getUTCFullYear()}`;
}

/** `Tue 24 Nov`. */
export function shortDate(date: CalendarDate): string {
  const day = new Date(utcMidnight(date));
  return `${weekdayNames[day.getUTCDay()]?.slice(0, 3)} ${day.getUTCDate()} ${monthNames[day.getUTCMonth()]?.slice(0, 3)}`;
}

/** `November`. */
export function monthName(date: CalendarDate): string {
  return monthNames[new Date(utcMidnight(date)).getUTCMonth()] ?? '';
}
