import type { Paper } from '../../../src/domain/paper.ts';
import type { PastListing, PastReading, StoredPast } from '../../../src/domain/past.ts';
import type { Signal } from '../../../src/domain/signal.ts';
import { addDays, hourMs, utcMidnight, type CalendarDate } from '../../../src/domain/time.ts';
import type { ReplayedDay, ReplayTimes } from '../../../src/rank/backtest/replay.ts';
import { paper } from '../candidates.ts';

export const times: ReplayTimes = {
  sendFromHours: 7,
  sendToHours: 9,
  truthHours: 24,
  leastPapers: 4,
};

/** A Monday. */
export const monday = '2026-11-02';

/** Votes at hours after 00:00 UTC of the list day; listed at the first of them where no time is said. */
export function listing(
  listDate: CalendarDate,
  number: number,
  votes: Readonly<Record<number, number>>,
  said: Partial<Paper> = {},
): PastListing {
  const subject = paper(number, said);
  const at = (hours: number): number => utcMidnight(listDate) + hours * hourMs;
  const hours = Object.keys(votes).map(Number);
  const signals = Object.entries(votes).map(([hour, value]): Signal => ({
    paperId: subject.id,
    source: 'voted',
    kind: 'upvotes',
    value,
    countedAt: at(Number(hour)),
  }));
  const seenAt = at(Math.min(...hours));
  return {
    listDate,
    former: [],
    candidate: {
      paper: { ...subject, submittedAt: at(-48) },
      signals,
      listedAt: seenAt - hourMs,
      seenAt,
      hasVotes: true,
      isNew: true,
    },
  };
}

export function reading(listDate: CalendarDate, hours: number, papers: number): PastReading {
  return { listDate, readAt: utcMidnight(listDate) + hours * hourMs, announced: papers, papers };
}

/** A list day read at 8 and 26 h, with the votes of its papers then. */
export function pastDay(listDate: CalendarDate, votes: readonly (readonly [number, number])[]): StoredPast {
  return {
    readings: [reading(listDate, 8, votes.length), reading(listDate, 26, votes.length)],
    listings: votes.map(([now, end], place) => listing(listDate, place, { 8: now, 26: end })),
  };
}

export function together(...pasts: readonly StoredPast[]): StoredPast {
  return {
    readings: pasts.flatMap((past) => past.readings).toSorted((a, b) => a.readAt - b.readAt),
    listings: pasts.flatMap((past) => past.listings),
  };
}

/** A replayed day as it was, with papers of these titles and votes. */
export function replayedDay(
  place: number,
  papers: readonly {
    readonly title?: string;
    readonly now: number;
    readonly end: number;
    readonly hours?: number;
    readonly said?: Partial<Paper>;
  }[],
  truthKnownAfterHours = 26,
): ReplayedDay {
  const listDate = addDays(monday, place);
  const sendAt = utcMidnight(listDate) + 8 * hourMs;
  return {
    listDate,
    sendAt,
    truthAt: utcMidnight(listDate) + truthKnownAfterHours * hourMs,
    papers: papers.map(({ title, now, end, hours = 6, said }, number) => {
      const subject = paper(place * 100 + number, {
        ...(title !== undefined && { title }),
        submittedAt: sendAt - 72 * hourMs,
        ...said,
      });
      const listedAt = sendAt - hours * hourMs;
      return {
        candidate: {
          paper: subject,
          signals: [],
          listedAt,
          seenAt: listedAt,
          hasVotes: true,
          isNew: true,
        },
        counts: { upvotes: now },
        truth: end,
      };
    }),
    allTruth: papers.map(({ end }) => end),
    cutOff: 0,
  };
}
