import { addDays, calendarDate, dayMs, type CalendarDate, type Instant } from '../domain/time.ts';
import type { ListingRequest, Source } from './source.ts';

/**
 * How far back days are caught up with. A daily paper has no use for older ones, and a month of four categories of
 * arXiv is read in some minutes at its pace, a year would take hours.
 */
export const mostDaysBack = 31;

/** What is to be asked of a source, and what it is too late to ask for. */
export interface DueRequests {
  /** Oldest list day first, those that name no day last. */
  readonly requests: readonly ListingRequest[];
  /** Keys of those that are asked for only because they were missed. */
  readonly caughtUp: ReadonlySet<string>;
  /** What was missed and lies too far back. */
  readonly beyond?: DaysBeyond;
}

/** The first and the last of some days that are not read any more. */
export interface DaysBeyond {
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

/**
 * What a source would have been asked on each day since all was good with it (`lastOkAt`; at most `mostDaysBack` days)
 * and at `now`, each request once. Without `lastOkAt` it is a first start, which catches up with nothing.
 */
export async function dueRequests(
  source: Source,
  lastOkAt: Instant | undefined,
  now: Instant,
): Promise<DueRequests> {
  const byKey = new Map((await source.requests(now)).map((request) => [request.key, request]));
  const caughtUp = new Set<string>();
  const since = lastOkAt ?? now;
  const firstAt = Math.max(since, now - mostDaysBack * dayMs);
  // Less than a day is no gap: what is asked for every day reaches back further.
  for (let at = now - since < dayMs ? now : firstAt; at < now; at += dayMs) {
    const missed = (await source.requests(at)).filter(({ key }) => !byKey.has(key));
    // Days leave one after the other: where the oldest adds nothing (files, a feed), no later one does.
    if (missed.length === 0 && caughtUp.size === 0) break;
    for (const request of missed) {
      byKey.set(request.key, request);
      caughtUp.add(request.key);
    }
  }
  const requests = [...byKey.values()].toSorted((one, other) => dayOf(one).localeCompare(dayOf(other)));
  const [oldest] = requests;
  const from = calendarDate(since, 'Etc/UTC');
  const isLate = caughtUp.size > 0 && now - since > mostDaysBack * dayMs;
  if (!isLate || oldest?.listDate === undefined || oldest.listDate <= from) return { requests, caughtUp };
  return { requests, caughtUp, beyond: { from, to: addDays(oldest.listDate, -1) } };
}

function dayOf(request: ListingRequest): string {
  return request.listDate ?? '9999-12-31';
}

/** `2026-11-18, 2026-11-19`, or the first and the last of many. */
export function daysInWords(days: readonly CalendarDate[]): string {
  const [first = ''] = days;
  return days.length > 5 ? `${days.length} days from ${first} to ${days.at(-1) ?? ''}` : days.join(', ');
}

/** That some days were missed for good, and why. */
export function beyondInWords({ from, to }: DaysBeyond): string {
  return `the lists from ${from} to ${to} were missed, and lie more than ${mostDaysBack} days back: they are not read`;
}
