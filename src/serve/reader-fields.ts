import { cadences, type Cadence, type ReadingHour } from '../domain/subscriber.ts';
import { isCalendarDate, type CalendarDate } from '../domain/time.ts';

/** The zone of a form, when this system knows it. */
export function readZone(text: string): string | undefined {
  if (!/^[A-Za-z][\w+/-]{1,63}$/.test(text)) return undefined;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions();
    return timeZone === '' ? undefined : text;
  } catch {
    return undefined;
  }
}

/** `07:30` in a zone; undefined for anything else, which means with the edition. */
export function readHour(text: string, zone: string): ReadingHour | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hours === undefined || minutes === undefined) return undefined;
  return { minuteOfDay: Number(hours) * 60 + Number(minutes), zone };
}

export function readCadence(text: string): Cadence {
  return cadences.find((cadence) => cadence === text) ?? cadences[0];
}

/** A day after today, at most two years ahead. */
export function readPause(text: string, today: CalendarDate): CalendarDate | undefined {
  const latest = `${Number(today.slice(0, 4)) + 2}${today.slice(4)}`;
  return isCalendarDate(text) && text > today && text <= latest ? text : undefined;
}

const mostLines = 50;
const longestLine = 100;

/** One entry a line, each once, at most fifty of a hundred characters. */
export function readLines(text: string): readonly string[] {
  const lines = text
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim().slice(0, longestLine).trim())
    .filter((line) => line !== '');
  return [...new Set(lines)].slice(0, mostLines);
}
