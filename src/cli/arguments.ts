import { InvalidArgumentError } from 'commander';
import { isCalendarDate, parseInstant, secondMs, type CalendarDate, type Instant } from '../domain/time.ts';

/* What may stand behind an option: each throws what commander tells beside the option's name. */

/** An instant in whole seconds. */
export function instant(text: string): Instant {
  const at = parseInstant(text);
  if (at === undefined) {
    throw new InvalidArgumentError('expected an instant with its offset, e.g. 2026-11-24T02:30:00Z.');
  }
  return Math.floor(at / secondMs) * secondMs;
}

export function date(text: string): CalendarDate {
  if (!isCalendarDate(text)) throw new InvalidArgumentError('expected a date, e.g. 2026-11-24.');
  return text;
}

/** From 1 to 999,999. */
export function count(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('expected a whole number from 1.');
  return Number(text);
}

/** Words between commas or spaces. */
export function list(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}
