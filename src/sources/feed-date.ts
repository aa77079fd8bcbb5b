import { parseInstant, type Instant } from '../domain/time.ts';

const earliestAt = Date.UTC(1500, 0, 1);
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Minutes east of UTC: RFC 822 section 5, and what feeds use besides. */
const zones: ReadonlyMap<string, number> = new Map([
  ['', 0],
  ['z', 0],
  ['ut', 0],
  ['utc', 0],
  ['gmt', 0],
  ['est', -300],
  ['edt', -240],
  ['cst', -360],
  ['cdt', -300],
  ['mst', -420],
  ['mdt', -360],
  ['pst', -480],
  ['pdt', -420],
  ['bst', 60],
  ['cet', 60],
  ['cest', 120],
  ['jst', 540],
]);

/**
 * The instant that a feed's date names, or undefined. RFC 3339 and the shorter W3CDTF forms (a year, month or day alone
 * stands for its start), RFC 822 and 2822 with two or four digits of year (RFC 2822 section 4.3) and asctime. A date
 * without a zone is UTC, so that the answer does not depend on the machine; an impossible day is none, nor is a year
 * before 1500: no paper is older than print.
 */
export function feedInstant(text: string): Instant | undefined {
  const trimmed = text.trim().slice(0, 80);
  const at = /^\d{4}/.test(trimmed)
    ? (parseInstant(trimmed) ?? w3cInstant(trimmed))
    : (mailInstant(trimmed) ?? asctimeInstant(trimmed));
  return at !== undefined && at >= earliestAt ? at : undefined;
}

function w3cInstant(text: string): Instant | undefined {
  const form =
    /^(\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?(?:[Tt\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([Zz]|UTC|GMT|[+-]\d{2}:?\d{2})?)?$/;
  const found = form.exec(text);
  if (!found) return undefined;
  const [, year = '', month = '01', day = '01', hour = '0', minute = '0', second = '0', zone = ''] = found;
  return instant(Number(year), Number(month), Number(day), hour, minute, second, zone);
}

function mailInstant(text: string): Instant | undefined {
  const form =
    /^(?:[a-z]+\.?,?\s*)?(\d{1,2})[\s-]+([a-z]{3})[a-z]*\.?,?[\s-]+(\d{4}|\d{2})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([a-z]{1,4}|(?:gmt|utc)?[+-]\d{1,2}:?\d{2})?(?:\s*\(.*\))?)?$/i;
  const found = form.exec(text);
  if (!found) return undefined;
  const [, day = '', month = '', year = '', hour = '0', minute = '0', second = '0', zone = ''] = found;
  return instant(fullYear(year), monthOf(month), Number(day), hour, minute, second, zone);
}

function asctimeInstant(text: string): Instant | undefined {
  const form =
    /^(?:[a-z]+,?\s+)?([a-z]{3})[a-z]*\.?\s+(\d{1,2}),?\s+(?:(\d{1,2}):(\d{2})(?::(\d{2}))?\s+([a-z]{3,4}\s+)?)?(\d{4})$/i;
  const found = form.exec(text);
  if (!found) return undefined;
  const [, month = '', day = '', hour = '0', minute = '0', second = '0', zone = '', year = ''] = found;
  return instant(Number(year), monthOf(month), Number(day), hour, minute, second, zone);
}

/** RFC 2822 section 4.3: 00 to 49 is this century. */
function fullYear(year: string): number {
  if (year.length > 2) return Number(year);
  return Number(year) + (Number(year) < 50 ? 2000 : 1900);
}

function monthOf(name: string): number {
  return months.indexOf(name.toLowerCase()) + 1;
}

function instant(
  year: number,
  month: number,
  day: number,
  hour: string,
  minute: string,
  second: string,
  zone: string,
): Instant | undefined {
  const offsetMinutes = zoneMinutes(zone);
  if (offsetMinutes === undefined || Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) {
    return undefined;
  }
  const midnight = Date.UTC(year, month - 1, day);
  // 30 February is a day in March.
  if (month < 1 || month > 12 || year < 100 || new Date(midnight).getUTCDate() !== day) return undefined;
  return midnight + ((Number(hour) * 60 + Number(minute) - offsetMinutes) * 60 + Number(second)) * 1000;
}

function zoneMinutes(zone: string): number | undefined {
  const name = zone.trim().toLowerCase();
  const [, sign, hours, minutes] = /^(?:gmt|utc)?([+-])(\d{1,2}):?(\d{2})$/.exec(name) ?? [];
  if (sign === undefined) return zones.get(name);
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
