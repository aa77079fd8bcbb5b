import { isWeekend, type CalendarDate } from '../domain/time.ts';

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

/** Whether arXiv announces nothing on this day in New York: Saturday, Sunday, a holiday of 2026. */
export function isArxivQuietDay(date: CalendarDate): boolean {
  return isWeekend(date) || holidays.has(date);
}
