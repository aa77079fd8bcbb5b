import { longDate, type CalendarDate } from '../../domain/time.ts';
import type { View, ViewKind } from '../../domain/view.ts';

/** How a list over several days is called. */
export interface ViewNames {
  /** `Week 48, 2026`, `November 2026`, `Trending`. */
  readonly title: string;
  /** `23 to 29 November 2026`. */
  readonly range: string;
}

export function viewNames(view: Pick<View, 'kind' | 'period' | 'fromDate' | 'toDate'>): ViewNames {
  return { title: titleOf(view.kind, view.period), range: dateRange(view.fromDate, view.toDate) };
}

function titleOf(kind: ViewKind, period: string): string {
  switch (kind) {
    case 'week': {
      const [year = '', week = ''] = period.split('-W');
      return `Week ${Number(week)}, ${year}`;
    }
    case 'month':
      return monthName(period);
    case 'trending':
      return 'Trending';
  }
}

/** `November 2026` of `2026-11` or of a day in it. */
export function monthName(month: string): string {
  return longDate(`${month.slice(0, 7)}-01`)
    .split(' ')
    .slice(-2)
    .join(' ');
}

/** `23 to 29 November 2026`, `30 November to 6 December 2026`; one day is itself. */
export function dateRange(from: CalendarDate, to: CalendarDate): string {
  const [fromDay = '', fromMonth = '', fromYear = ''] = dayWords(from);
  const [toDay = '', toMonth = '', toYear = ''] = dayWords(to);
  const end = `${toDay} ${toMonth} ${toYear}`;
  if (from === to) return end;
  if (fromYear !== toYear) return `${fromDay} ${fromMonth} ${fromYear} to ${end}`;
  return fromMonth === toMonth ? `${fromDay} to ${end}` : `${fromDay} ${fromMonth} to ${end}`;
}

function dayWords(date: CalendarDate): readonly string[] {
  return longDate(date).split(' ').slice(1);
}
