import { plainLine } from '../../domain/paper.ts';
import { formatInstant, shortDate, calendarDate, type Instant } from '../../domain/time.ts';
import { unicodeMaths } from '../maths.ts';
import { cleanText } from '../text.ts';

/** A text from outside as one line that a page can show: no control characters, TeX as Unicode. Not escaped. */
export function line(text: string): string {
  return plainLine(unicodeMaths(cleanText(text)));
}

/** An instant for readers in a zone and for machines. */
export interface TimeView {
  /** `Tue 24 Nov, 02:30 UTC`. */
  readonly text: string;
  /** `Tue 24 Nov, 02:30`, for a line that names the zone elsewhere. */
  readonly local: string;
  /** RFC 3339. */
  readonly iso: string;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Making one takes as long as rendering a page. */
function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  clocks.set(zone, made);
  return made;
}

/** `Tue 24 Nov, 02:30 UTC`; the zone by its IANA name where it is not UTC. */
export function timeView(at: Instant, zone: string): TimeView {
  const clock = clockOf(zone).format(at);
  const zoneName = /^(?:Etc\/)?(?:UTC|GMT|UCT|Universal|Zulu)$/.test(zone) ? 'UTC' : zone;
  const local = `${shortDate(calendarDate(at, zone))}, ${clock}`;
  return { text: `${local} ${zoneName}`, local, iso: formatInstant(at) };
}

/** `1 paper`, `2 papers`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
