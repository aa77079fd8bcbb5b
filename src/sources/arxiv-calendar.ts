import { addDays, calendarDate, hourMs, isWeekend, type CalendarDate, type Instant } from '../domain/time.ts';

/** arXiv's own clock: announcements and feeds follow New York time. */
export const arxivZone = 'America/New_York';

/** Days on which arXiv announces nothing, as published by arXiv. Other years are not known here. */
const holidays = new Set<CalendarDate>([
  '2026-01-01',
  '2026-01-19',
  '2026-06-19',
  '2026-07-03',
  '2026-09-07',
  '2026-11-26',
  '2026-12-25',
  '2026-12-29',
  '2026-12-31',
]);

/** The feeds are rebuilt at midnight in New York; before that time of day they may still hold the day before. */
const rebuiltAfterMs = 2 * hourMs;

/** Whether arXiv announces nothing on this day in New York: Saturday, Sunday, a holiday of 2026. */
export function isArxivQuietDay(date: CalendarDate): boolean {
  return isWeekend(date) || holidays.has(date);
}

/** The newest list day that arXiv's feeds should show at `now`. */
export function arxivDueDate(now: Instant): CalendarDate {
  let date = calendarDate(now - rebuiltAfterMs, arxivZone);
  while (isArxivQuietDay(date)) date = addDays(date, -1);
  return date;
}
