import { basename } from 'node:path';
import { calendarDate, isCalendarDate, type CalendarDate, type Instant } from '../domain/time.ts';

/** The day in a file's name, else that of `now` in UTC. */
export function dayOf(path: string, now: Instant): CalendarDate {
  const [named = ''] = /\d{4}-\d{2}-\d{2}/.exec(basename(path)) ?? [];
  return isCalendarDate(named) ? named : calendarDate(now, 'UTC');
}
