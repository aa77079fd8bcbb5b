import type { StoredPast } from '../domain/past.ts';
import { dayMs, hourMs, utcMidnight, type CalendarDate, type Instant } from '../domain/time.ts';
import { learnedModel } from '../rank/learned-model.ts';
import type { ScoreModel } from '../rank/score.ts';
import { latestCounts } from '../rank/signals.ts';
import { decodeVotePrior, encodeVotePrior } from '../rank/vote-prior-text.ts';
import { fitVotePrior, type VotedPaper } from '../rank/vote-prior.ts';
import type { Database } from '../store/database.ts';
import { countVotedListDays } from '../store/appearances.ts';
import { insertModel, modelAt } from '../store/models.ts';
import { storedPast } from '../store/past.ts';

/** Fewer list days teach less than the stated constants know. */
export const fewestListDays = 20;
/** A day that was read long after is taken to have listed its papers at noon. */
const middayMs = 12 * hourMs;
const relearnMs = 14 * dayMs;
/** Later votes on a list are few. */
const endHours = 24;

export type Lesson =
  | {
      readonly state: 'learned';
      readonly papers: number;
      readonly listDays: number;
      readonly fromDate: CalendarDate;
      readonly toDate: CalendarDate;
    }
  | { readonly state: 'too early'; readonly listDays: number };

/**
 * Learns the expected votes anew from every list day that ended by `now` and stores the model: editions made from
 * then on are ranked by it. Before there are 20 such days nothing is stored, and the stated constants hold.
 */
export async function learnVotePrior(db: Database, now: Instant): Promise<Lesson> {
  const lessons = endedLessons(await storedPast(db, {}), now);
  const dates = [...new Set(lessons.map(({ listDate }) => listDate))].toSorted();
  const [fromDate, toDate] = [dates[0], dates.at(-1)];
  const listDays = dates.length;
  if (fromDate === undefined || toDate === undefined || listDays < fewestListDays) {
    return { state: 'too early', listDays };
  }
  const papers = lessons.length;
  const body = encodeVotePrior(fitVotePrior(lessons, 'both'));
  await insertModel(db, { kind: 'vote-prior', fittedAt: now, fromDate, toDate, listDays, papers, body });
  return { state: 'learned', papers, listDays, fromDate, toDate };
}

/**
 * Learns when it is time: as soon as 20 list days have ended, and then every two weeks, which are ten list days.
 * Undefined where it is not.
 */
export async function learnWhenDue(db: Database, now: Instant): Promise<Lesson | undefined> {
  const last = await modelAt(db, 'vote-prior', now);
  if (last ? now - last.fittedAt < relearnMs : (await countVotedListDays(db)) < fewestListDays) {
    return undefined;
  }
  const lesson = await learnVotePrior(db, now);
  return lesson.state === 'learned' ? lesson : undefined;
}

/** The learned model by which an edition made at `now` is ranked; undefined while the stated constants hold. */
export async function learnedAt(
  db: Database,
  now: Instant,
): Promise<{ readonly model: ScoreModel; readonly fittedAt: Instant } | undefined> {
  const stored = await modelAt(db, 'vote-prior', now);
  return stored && { model: learnedModel(decodeVotePrior(stored.body)), fittedAt: stored.fittedAt };
}

/** Papers of the list days that were read a day after they began, with the votes they had by then. */
function endedLessons(
  past: StoredPast,
  now: Instant,
): readonly (VotedPaper & { readonly listDate: CalendarDate })[] {
  const ends = new Map<CalendarDate, Instant>();
  for (const { listDate, readAt } of past.readings) {
    if (readAt <= now && readAt >= utcMidnight(listDate) + endHours * hourMs) ends.set(listDate, readAt);
  }
  return past.listings.flatMap(({ listDate, candidate }) => {
    const endAt = ends.get(listDate);
    const listedAt = candidate.listedAt ?? Math.min(candidate.seenAt, utcMidnight(listDate) + middayMs);
    if (endAt === undefined || listedAt > endAt) return [];
    const votes = latestCounts(candidate.signals, endAt).upvotes ?? 0;
    return [{ listDate, paper: candidate.paper, listedAt, votes }];
  });
}
