import type { Pick } from './edition.ts';
import type { SignalKind } from './signal.ts';
import { addDays, dayMs, utcMidnight, weekday, type CalendarDate, type Instant } from './time.ts';

/** A list over several days: the best of an ISO week, of a month, or what is rising now. */
export const viewKinds = ['week', 'month', 'trending'] as const;
export type ViewKind = (typeof viewKinds)[number];

/**
 * A list over several days as it stood at one time, frozen: pages and feeds are made of it and nothing else. A week
 * or a month that is not over is made anew with each edition; after its end it stays as it is.
 */
export interface View {
  readonly kind: ViewKind;
  /** `2026-W48` (ISO 8601), `2026-11`, and for what is trending the local date it was made for, `2026-11-24`. */
  readonly period: string;
  /** First and last local day it covers, both counted. */
  readonly fromDate: CalendarDate;
  readonly toDate: CalendarDate;
  /** When it was frozen; no output holds another "now". */
  readonly madeAt: Instant;
  /** Papers of that time that were considered: with votes, or where nobody counted votes with another signal. */
  readonly papers: number;
  /** What it is ordered by where nobody counted votes: the signal that stands in for them. */
  readonly insteadOfVotes?: SignalKind;
  /** Best first; `rank` from 1 within the view, `topic` the best of its topics or `outside`. */
  readonly picks: readonly Pick[];
}

/** A stretch of days that has a name. */
export interface Period {
  readonly period: string;
  /** First and last day, both counted. */
  readonly fromDate: CalendarDate;
  readonly toDate: CalendarDate;
}

/** The week of a day: Monday to Sunday, in the year that has its Thursday (ISO 8601). */
export function weekOf(date: CalendarDate): Period {
  const fromDate = addDays(date, -((weekday(date) + 6) % 7));
  const thursday = addDays(fromDate, 3);
  const dayOfYear = (utcMidnight(thursday) - utcMidnight(`${thursday.slice(0, 4)}-01-01`)) / dayMs;
  const week = String(1 + Math.floor(dayOfYear / 7)).padStart(2, '0');
  return { period: `${thursday.slice(0, 4)}-W${week}`, fromDate, toDate: addDays(fromDate, 6) };
}

/** The month of a day. */
export function monthOf(date: CalendarDate): Period {
  const period = date.slice(0, 7);
  const fromDate = `${period}-01`;
  const nextMonth = addDays(fromDate, 31).slice(0, 7);
  return { period, fromDate, toDate: addDays(`${nextMonth}-01`, -1) };
}

/** The path of a view's page below the site's root: `week/2026-W48/`, `month/2026-11/`, and `trending/`. */
export function viewPath({ kind, period }: { kind: ViewKind; period: string }): string {
  return kind === 'trending' ? 'trending/' : `${kind}/${period}/`;
}

/** A paper in the feed of what is trending, as it stood when it first crossed the bar: it never changes after that. */
export interface TrendingEntry {
  /** Frozen: the place it had in the view, its score and the reason of that time. */
  readonly pick: Pick;
  /** When it first stood in the trending view. */
  readonly enteredAt: Instant;
  /** The local date of the view it entered with. */
  readonly editionDate: CalendarDate;
}
