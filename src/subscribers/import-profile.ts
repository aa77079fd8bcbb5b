import { show } from '../config/faults.ts';
import { zone as zoneName } from '../config/values.ts';
import { noFollows, type Profile, type ReadingHour } from '../domain/subscriber.ts';
import { isCalendarDate } from '../domain/time.ts';
import type { ImportKey } from './import-columns.ts';

/** The cell of a key, trimmed; `''` where the file has no such column. */
export type At = (key: ImportKey) => string;

const noWords: readonly string[] = [];

/** What a row says of a person for all digests, or the text of a fault. A name is kept on one line and to 200 characters. */
export function profileIn(at: At): Profile | string {
  const name = nameIn(at);
  const [language, hour, zone, pausedUntil] = [at('language'), at('hour'), at('zone'), at('pausedUntil')];
  const lists = [at('authors'), at('labs'), at('words'), at('muted')];
  if (language + hour + zone + pausedUntil === '' && lists.every((list) => list === '')) {
    return name === ''
      ? { follows: noFollows, muted: noWords }
      : { name, follows: noFollows, muted: noWords };
  }
  if (zone !== '' && !zoneName.safeParse(zone).success) {
    return `zone: expected an IANA time zone such as Europe/Berlin, got ${show(zone)}`;
  }
  const readingHour = hour === '' ? undefined : hourIn(hour, zone);
  if (hour !== '' && !readingHour) return `hour: expected a time of the day such as 07:30, got ${show(hour)}`;
  if (pausedUntil !== '' && !isCalendarDate(pausedUntil)) {
    return `pausedUntil: expected a date such as 2026-12-24, got ${show(pausedUntil)}`;
  }
  const [authors = noWords, labs = noWords, words = noWords, muted = noWords] = lists.map(listIn);
  return {
    ...(name !== '' && { name }),
    ...(language !== '' && { language }),
    ...(readingHour && { hour: readingHour }),
    ...(pausedUntil !== '' && { pausedUntil }),
    follows: { authors, labs, words },
    muted,
  };
}

function nameIn(at: At): string {
  const written = at('name') || `${at('first')} ${at('last')}`;
  const name = written.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return name.slice(0, 200).toWellFormed();
}

function hourIn(hour: string, zone: string): ReadingHour | undefined {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(hour) ?? [];
  if (hours === undefined) return undefined;
  return { minuteOfDay: Number(hours) * 60 + Number(minutes), ...(zone !== '' && { zone }) };
}

/** A list as our export writes it, in JSON, or as a person does, with semicolons. */
function listIn(cell: string): readonly string[] {
  if (cell === '') return noWords;
  if (cell.startsWith('[')) {
    try {
      const value: unknown = JSON.parse(cell);
      if (Array.isArray(value)) return value.filter((one) => typeof one === 'string');
    } catch {
      // Then it is a text that begins with a bracket.
    }
  }
  return cell.split(';').flatMap((word) => word.trim() || []);
}
