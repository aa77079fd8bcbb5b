import type { Candidate } from '../../domain/candidate.ts';
import type { Paper } from '../../domain/paper.ts';
import type { PastListing, PastReading, StoredPast } from '../../domain/past.ts';
import {
  addDays,
  hourMs,
  isWeekend,
  utcMidnight,
  type CalendarDate,
  type Instant,
} from '../../domain/time.ts';
import type { Counts } from '../signals.ts';
import { latestCounts } from '../signals.ts';

/** Hours after 00:00 UTC of the list day. */
export interface ReplayTimes {
  /** The edition would be made at the last reading in this window, both ends included. */
  readonly sendFromHours: number;
  readonly sendToHours: number;
  /** The last reading from then on tells how the day ended. */
  readonly truthHours: number;
  /** A list with fewer papers at the send time is skipped. */
  readonly leastPapers: number;
}

/** A paper as it stood at the send time, with its end. */
export interface ReplayedPaper {
  readonly candidate: Candidate;
  readonly counts: Counts;
  /** Votes at the truth time. */
  readonly truth: number;
}

export interface ReplayedDay {
  readonly listDate: CalendarDate;
  readonly sendAt: Instant;
  readonly truthAt: Instant;
  /** By paper id. */
  readonly papers: readonly ReplayedPaper[];
  /** Votes at the truth time of all papers listed by then. */
  readonly allTruth: readonly number[];
  /** Papers that the answer at the truth time lacks because it was full. */
  readonly cutOff: number;
}

/** A day that tells nothing about an order, with the reason. */
export interface SkippedDay {
  readonly listDate: CalendarDate;
  readonly reason: string;
}

/** Hugging Face answers with at most so many papers. */
const fullAnswer = 50;

/**
 * The stored list days as they stood at their send times, oldest first; every other day from the first to the last
 * list day is skipped with its reason.
 *
 * Of a replayed paper only what was counted by the send time is in `counts`. Its record is the one that was known
 * then, as far as the store kept what changed.
 */
export function replayDays(
  past: StoredPast,
  times: ReplayTimes,
): { readonly days: readonly ReplayedDay[]; readonly skipped: readonly SkippedDay[] } {
  const readings = Map.groupBy(past.readings, (reading) => reading.listDate);
  const listings = Map.groupBy(past.listings, (listing) => listing.listDate);
  const dates = [...readings.keys()].toSorted();
  const [first, last] = [dates[0], dates.at(-1)];
  const days: ReplayedDay[] = [];
  const skipped: SkippedDay[] = [];
  if (first === undefined || last === undefined) return { days, skipped };
  for (let date = first; date <= last; date = addDays(date, 1)) {
    const day = replayDay(date, readings.get(date) ?? [], listings.get(date) ?? [], times);
    if ('reason' in day) skipped.push(day);
    else days.push(day);
  }
  return { days, skipped };
}

function replayDay(
  listDate: CalendarDate,
  readings: readonly PastReading[],
  listings: readonly PastListing[],
  times: ReplayTimes,
): ReplayedDay | SkippedDay {
  const skip = (reason: string): SkippedDay => ({ listDate, reason });
  if (readings.length === 0) return skip(isWeekend(listDate) ? 'weekend, no list' : 'no reading stored');
  const hours = ({ readAt }: PastReading): number => (readAt - utcMidnight(listDate)) / hourMs;
  const early = readings.findLast(
    (one) => hours(one) >= times.sendFromHours && hours(one) <= times.sendToHours,
  );
  const late = readings.findLast((one) => hours(one) >= times.truthHours);
  if (!early) return skip(`no reading from ${times.sendFromHours} to ${times.sendToHours} h`);
  if (!late) return skip(`no reading from ${times.truthHours} h on`);
  const [sendAt, truthAt] = [early.readAt, late.readAt];
  const { truths, cutOff } = endsOf(listings, late);
  const papers = listings
    .filter(({ candidate }) => candidate.seenAt <= sendAt)
    .map((listing): ReplayedPaper => {
      const candidate = { ...listing.candidate, paper: paperAt(listing, sendAt) };
      const counts = latestCounts(candidate.signals, sendAt);
      return { candidate, counts, truth: truths.get(listing) ?? 0 };
    });
  if (papers.length < times.leastPapers) return skip(`fewer than ${times.leastPapers} papers`);
  return { listDate, sendAt, truthAt, papers, allTruth: [...truths.values()], cutOff };
}

/**
 * The votes of all papers listed by a late reading, and how many of them a full answer lacks.
 *
 * The store keeps changed counts, not who was in an answer: of the papers without a new count at that reading, so
 * many as the answer must lack were cut off, first those with the most votes, for those would have changed. As in
 * the measurements that the constants come from, the end of a paper cut off is its last count, or the lowest in the
 * answer where that is less.
 */
function endsOf(
  listings: readonly PastListing[],
  late: PastReading,
): { readonly truths: ReadonlyMap<PastListing, number>; readonly cutOff: number } {
  const listed = listings.filter(({ candidate }) => candidate.seenAt <= late.readAt);
  const truths = new Map(
    listed.map((listing) => [listing, latestCounts(listing.candidate.signals, late.readAt).upvotes ?? 0]),
  );
  const votes = (listing: PastListing): number => truths.get(listing) ?? 0;
  const cut = new Set(
    late.announced < fullAnswer
      ? []
      : listed
          .filter(({ candidate }) => !candidate.signals.some((signal) => signal.countedAt === late.readAt))
          .toSorted((a, b) => votes(b) - votes(a) || byId(a, b))
          .slice(0, Math.max(0, listed.length - late.papers)),
  );
  const lowest = Math.min(...listed.filter((listing) => !cut.has(listing)).map(votes));
  for (const listing of cut) truths.set(listing, Math.min(votes(listing), lowest));
  return { truths, cutOff: cut.size };
}

function byId(a: PastListing, b: PastListing): number {
  return a.candidate.paper.id < b.candidate.paper.id ? -1 : 1;
}

/** The paper as it was known then. */
export function paperAt({ candidate, former }: PastListing, now: Instant): Paper {
  const then = former.find((one) => one.untilAt > now);
  if (!then) return candidate.paper;
  const { organization: _, mediaCount: __, submitterFollowers: ___, ...paper } = candidate.paper;
  const { authors, links, ...told } = then.facts;
  return {
    ...paper,
    authors,
    links,
    ...(told.organization !== undefined && { organization: told.organization }),
    ...(told.mediaCount !== undefined && { mediaCount: told.mediaCount }),
    ...(told.submitterFollowers !== undefined && { submitterFollowers: told.submitterFollowers }),
  };
}
