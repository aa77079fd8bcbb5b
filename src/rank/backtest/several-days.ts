import type { PastListing, StoredPast } from '../../domain/past.ts';
import {
  addDays,
  hourMs,
  isWeekend,
  utcMidnight,
  type CalendarDate,
  type Instant,
} from '../../domain/time.ts';
import { weekOf } from '../../domain/view.ts';
import { voteRise } from '../risers.ts';
import { statedModel } from '../score.ts';
import { gainOver, latestCounts } from '../signals.ts';
import { expectedVotesFormula, rawVotes, type Formula } from './baselines.ts';
import { measureNames, type Measures } from './metrics.ts';
import {
  paperAt,
  type ReplayedDay,
  type ReplayedPaper,
  type ReplayTimes,
  type SkippedDay,
} from './replay.ts';
import { measured, tableOf, type Table } from './table.ts';

/** What a list over several days is tested for. */
export type DaysTask = 'week' | 'trending';

export interface SeveralDays {
  readonly task: DaysTask;
  /** Each row of values is the mean of a week; undefined where no day could be replayed. */
  readonly table: Table | undefined;
  readonly days: number;
  /** Mean number of papers of the list day of the edition, of the one before, and so on. */
  readonly papersByAge: readonly number[];
  readonly skipped: readonly SkippedDay[];
}

/** List days in a pool, weekends not counted. */
const listDaysBack = 5;
/** Votes that come in so long after the edition and later are the end that a rise is tested by. */
const risingHours = 12;

/** Orders of papers of several days. */
export const daysFormulas: readonly Formula[] = [
  { name: 'random', score: () => 0 },
  rawVotes,
  { ...expectedVotesFormula('expected votes', statedModel) },
  { name: 'gained in 24 h', score: (paper, now) => gained(paper, now, 24) },
  { name: 'gained in 48 h', score: (paper, now) => gained(paper, now, 48) },
  { name: 'gain against usual', score: ({ candidate }, now) => voteRise(candidate, now, 24).pace },
];

/**
 * How well orders of the papers of five list days, as they stood at each stored send time, agree with what came
 * later: for `week` with the last known votes of each paper; for `trending` with the votes that came in after that
 * time, of the papers whose list was read again 12 hours later or more.
 *
 * Pools of neighbouring days share their papers, so the days of a week are averaged first and the intervals are over
 * weeks.
 */
export function severalDays(past: StoredPast, task: DaysTask, times: ReplayTimes): SeveralDays {
  const dates = [...new Set(past.readings.map((reading) => reading.listDate))].toSorted();
  const lists = Map.groupBy(past.listings, (listing) => listing.listDate);
  const lastRead = new Map<CalendarDate, Instant>();
  for (const { listDate, readAt } of past.readings) {
    lastRead.set(listDate, Math.max(lastRead.get(listDate) ?? 0, readAt));
  }
  const days: ReplayedDay[] = [];
  const ages: number[][] = [];
  const skipped: SkippedDay[] = [];
  for (const listDate of workingDays(dates[0], dates.at(-1))) {
    if (!lastRead.has(listDate)) {
      skipped.push({ listDate, reason: 'no reading stored' });
      continue;
    }
    const sendAt = sendTimeOf(past, listDate, times);
    const endAt = lastRead.get(listDate) ?? 0;
    if (sendAt === undefined || endAt < utcMidnight(listDate) + times.truthHours * hourMs) {
      const hours =
        sendAt === undefined
          ? `${times.sendFromHours} to ${times.sendToHours} h`
          : `${times.truthHours} h on`;
      skipped.push({ listDate, reason: `no reading from ${hours}` });
      continue;
    }
    const pool = dates
      .filter((date) => date > addDays(listDate, -7) && date <= listDate)
      .slice(-listDaysBack)
      .filter((date) => task === 'week' || (lastRead.get(date) ?? 0) >= sendAt + risingHours * hourMs)
      .toReversed();
    const byAge = pool.map((date) => replayed(lists.get(date) ?? [], sendAt, task));
    const papers = byAge.flat();
    const truths = papers.map((paper) => paper.truth);
    if (papers.length < times.leastPapers || new Set(truths).size < 2) {
      skipped.push({ listDate, reason: `fewer than ${times.leastPapers} papers, or all ended alike` });
      continue;
    }
    ages.push(byAge.map((list) => list.length));
    days.push({ listDate, sendAt, truthAt: endAt, papers, allTruth: truths, cutOff: 0 });
  }
  return { task, table: tableOfWeeks(days), days: days.length, papersByAge: meansOf(ages), skipped };
}

/** From the first to the last day, both counted; on weekends there is no list. */
function workingDays(
  first: CalendarDate | undefined,
  last: CalendarDate | undefined,
): readonly CalendarDate[] {
  const days: CalendarDate[] = [];
  if (first === undefined || last === undefined) return days;
  for (let date = first; date <= last; date = addDays(date, 1)) if (!isWeekend(date)) days.push(date);
  return days;
}

function sendTimeOf(past: StoredPast, listDate: CalendarDate, times: ReplayTimes): Instant | undefined {
  const midnight = utcMidnight(listDate);
  return past.readings.findLast(
    ({ listDate: date, readAt }) =>
      date === listDate &&
      readAt >= midnight + times.sendFromHours * hourMs &&
      readAt <= midnight + times.sendToHours * hourMs,
  )?.readAt;
}

/** The papers of a list day that were known at `sendAt`, as they stood then. */
function replayed(
  listings: readonly PastListing[],
  sendAt: Instant,
  task: DaysTask,
): readonly ReplayedPaper[] {
  return listings
    .filter(({ candidate }) => candidate.seenAt <= sendAt)
    .map((listing) => {
      const { signals } = listing.candidate;
      const counts = latestCounts(signals, sendAt);
      const end = latestCounts(signals, Infinity).upvotes ?? 0;
      const truth = task === 'week' ? end : Math.max(0, end - (counts.upvotes ?? 0));
      const known = signals.filter((signal) => signal.countedAt <= sendAt);
      return {
        candidate: { ...listing.candidate, paper: paperAt(listing, sendAt), signals: known },
        counts,
        truth,
      };
    });
}

function gained({ candidate }: ReplayedPaper, now: Instant, hours: number): number {
  const zeroAt = candidate.listedAt ?? candidate.seenAfter;
  return gainOver(hours, candidate.signals, 'upvotes', now, zeroAt)?.gained ?? 0;
}

/** One row a week, the mean of its days. */
function tableOfWeeks(days: readonly ReplayedDay[]): Table | undefined {
  const weeks = [...Map.groupBy(days, (day) => weekOf(day.listDate).period).values()];
  const firsts = weeks.flatMap((week) => week[0] ?? []);
  const rows = daysFormulas.map((formula) => ({
    name: formula.name,
    values: weeks.map((week) => meanMeasures(week.map((day) => measured(day, formula)))),
  }));
  return tableOf(firsts, [...firsts.keys()], rows);
}

function meanMeasures(all: readonly Measures[]): Measures {
  const mean = (name: keyof Measures): number => all.reduce((sum, one) => sum + one[name], 0) / all.length;
  const [n5, n10, l5, p3, d, a5, a10] = measureNames.map(mean);
  return { n5: n5 ?? 0, n10: n10 ?? 0, l5: l5 ?? 0, p3: p3 ?? 0, d: d ?? 0, a5: a5 ?? 0, a10: a10 ?? 0 };
}

/** Of rows of different length, column by column over all rows. */
function meansOf(rows: readonly (readonly number[])[]): readonly number[] {
  const longest = Math.max(0, ...rows.map((row) => row.length));
  return Array.from(
    { length: longest },
    (_, place) => rows.reduce((sum, row) => sum + (row[place] ?? 0), 0) / rows.length,
  );
}
