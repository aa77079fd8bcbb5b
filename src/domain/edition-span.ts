import type { Covers } from './covers.ts';
import { isMissing, type Edition, type SourceState } from './edition.ts';
import { monthName, utcMidnight, type CalendarDate } from './time.ts';
import { monthOf, weekOf } from './view.ts';

/** A source of which something may be missing in the edition of that day. */
export interface Gap {
  readonly editionDate: CalendarDate;
  readonly source: SourceState;
}

/** What an edition was put together from. */
export interface EditionSpan extends Covers {
  /** Oldest first. */
  readonly editions: readonly { readonly editionDate: CalendarDate; readonly number: number }[];
  /** Every missing source of every day, oldest first. */
  readonly gaps: readonly Gap[];
}

/** An edition as a mail shows it: a frozen one, or several put together, which have a span. */
export interface ShownEdition extends Edition {
  readonly span?: EditionSpan;
}

/** What a mail is made of. */
export interface Issue {
  /** The edition it goes out with: its clock and date stand in the header. */
  readonly carrier: Edition;
  /** What it shows: the same, or several put together. */
  readonly shown: ShownEdition;
}

/** The gaps of one frozen edition. */
export function gapsOf({ editionDate, coverage }: Edition): readonly Gap[] {
  return coverage.sources.filter(isMissing).map((source) => ({ editionDate, source }));
}

/**
 * `Week of 16 to 20 November 2026` by the first and last edition of it, `November 2026`, or the days: `19 to 20 November
 * 2026`. English always, as all dates.
 */
export function spanTitle({ fromDate, toDate, editions }: EditionSpan): string {
  const week = weekOf(fromDate);
  if (fromDate === week.fromDate && toDate === week.toDate) {
    return `Week of ${days(editions[0]?.editionDate ?? fromDate, editions.at(-1)?.editionDate ?? toDate)}`;
  }
  const month = monthOf(fromDate);
  if (fromDate === month.fromDate && toDate === month.toDate) return monthAndYear(fromDate);
  return days(fromDate, toDate);
}

function days(from: CalendarDate, to: CalendarDate): string {
  const last = `${dayOfMonth(to)} ${monthAndYear(to)}`;
  if (from === to) return last;
  if (from.slice(0, 7) === to.slice(0, 7)) return `${dayOfMonth(from)} to ${last}`;
  if (from.slice(0, 4) === to.slice(0, 4)) return `${dayOfMonth(from)} ${monthName(from)} to ${last}`;
  return `${dayOfMonth(from)} ${monthAndYear(from)} to ${last}`;
}

function dayOfMonth(date: CalendarDate): number {
  return new Date(utcMidnight(date)).getUTCDate();
}

function monthAndYear(date: CalendarDate): string {
  return `${monthName(date)} ${date.slice(0, 4)}`;
}

/** `Nos. 11 to 15`, or `No. 12`. */
export function issueNumbers({ number, span }: ShownEdition): string {
  const [first] = span?.editions ?? [];
  const last = span?.editions.at(-1);
  if (first === undefined || last === undefined || first.number === last.number) {
    return `No. ${last?.number ?? number}`;
  }
  return `Nos. ${first.number} to ${last.number}`;
}
