import { addDays, calendarDate, hourMs, isWeekend, type CalendarDate, type Instant } from '../domain/time.ts';

/** arXiv's own clock: announcements and feeds follow New York time. */
export const arxivZone = 'America/New_York';

/** Days on which arXiv announces nothing, as published by arXiv. Those of other years stand in the configuration. */
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

/** Whether arXiv announces nothing on this day in New York: Saturday, Sunday, a holiday of 2026 or one of `more`. */
export function isArxivQuietDay(date: CalendarDate, more: readonly CalendarDate[] = []): boolean {
  return isWeekend(date) || holidays.has(date) || more.includes(date);
}

/** The newest list day that arXiv's feeds should show at `now`; `more` are further holidays. */
export function arxivDueDate(now: Instant, more: readonly CalendarDate[] = []): CalendarDate {
  let date = calendarDate(now - rebuiltAfterMs, arxivZone);
  while (isArxivQuietDay(date, more)) date = addDays(date, -1);
  return date;
}

/** The list days after one day and before another, oldest first; `more` are further holidays. */
export function arxivListDatesBetween(
  after: CalendarDate,
  before: CalendarDate,
  more: readonly CalendarDate[] = [],
): CalendarDate[] {
  const dates: CalendarDate[] = [];
  for (let date = addDays(after, 1); date < before; date = addDays(date, 1)) {
    if (!isArxivQuietDay(date, more)) dates.push(date);
  }
  return dates;
}
