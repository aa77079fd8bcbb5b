import type { StoredPast } from '../domain/past.ts';
import { calendarDate, dayMs, hourMs, utcMidnight, type CalendarDate, type Instant } from '../domain/time.ts';
import { decodeListingModel, encodeListingModel } from '../rank/listing-model-text.ts';
import { fitListingChance } from '../rank/listing-chance.ts';
import { learnedModel } from '../rank/learned-model.ts';
import type { ScoreModel } from '../rank/score.ts';
import { latestCounts } from '../rank/signals.ts';
import { decodeVotePrior, encodeVotePrior } from '../rank/vote-prior-text.ts';
import { fitVotePrior, type VotedPaper } from '../rank/vote-prior.ts';
import type { Database } from '../store/database.ts';
import { countVotedListDays } from '../store/appearances.ts';
import { insertModel, modelAt } from '../store/models.ts';
import { freshPast } from '../store/fresh-past.ts';
import { storedPast } from '../store/past.ts';

/** Fewer list days teach less than the stated constants know. */
export const fewestListDays = 20;
/** A day that was read long after is taken to have listed its papers at noon. */
const middayMs = 12 * hourMs;
/** More than 80 days of lists teach little more. */
const listingLessonDays = 120;
/** Four large categories in that time; twice as many would take a small server's memory. */
const mostFreshPapers = 40_000;
/** A paper of these days may still be listed. */
const undecidedDays = 7;
/** Fewer listed papers, or fewer others, teach less than the stated constants know. */
const fewestOfAKind = 50;
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
      /** What the chance of being listed was learned of; undefined where too few fresh papers are known. */
      readonly listing?: ListingLesson;
    }
  | { readonly state: 'too early'; readonly listDays: number };

/** Papers of lists without votes, and how many of them were listed where people vote. */
export interface ListingLesson {
  readonly papers: number;
  readonly listed: number;
}

/**
 * Learns the expected votes anew from every list day that ended by `now` and stores the model: editions made from
 * then on are ranked by it. Before there are 20 such days nothing is stored, and the stated constants hold. Then the
 * chance of being listed, of what sources without votes announced; `authorHistory` says whether the authors' past
 * counts.
 */
export async function learn(db: Database, now: Instant, authorHistory: boolean): Promise<Lesson> {
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
  const listing = await learnListingChance(db, now, authorHistory);
  return { state: 'learned', papers, listDays, fromDate, toDate, ...(listing && { listing }) };
}

async function learnListingChance(
  db: Database,
  now: Instant,
  authorHistory: boolean,
): Promise<ListingLesson | undefined> {
  const [fromDate, toDate] = [
    calendarDate(now - listingLessonDays * dayMs, 'Etc/UTC'),
    calendarDate(now - undecidedDays * dayMs, 'Etc/UTC'),
  ];
  const fresh = (await freshPast(db, { fromDate, toDate })).papers.slice(-mostFreshPapers);
  const listed = fresh.filter(({ votes }) => votes !== undefined).length;
  const papers = fresh.length;
  if (listed < fewestOfAKind || papers - listed < fewestOfAKind) return undefined;
  const model = fitListingChance(
    fresh.map(({ paper, listDate, votes }) => ({ paper, listDate, isListed: votes !== undefined })),
    authorHistory,
  );
  await insertModel(db, {
    kind: 'listing-chance',
    fittedAt: now,
    fromDate,
    toDate,
    listDays: new Set(fresh.map(({ listDate }) => listDate)).size,
    papers,
    body: encodeListingModel(model),
  });
  return { papers, listed };
}

/**
 * Learns when it is time: as soon as 20 list days have ended, and then every two weeks, which are ten list days.
 * Undefined where it is not.
 */
export async function learnWhenDue(
  db: Database,
  now: Instant,
  authorHistory: boolean,
): Promise<Lesson | undefined> {
  const last = await modelAt(db, 'vote-prior', now);
  if (last ? now - last.fittedAt < relearnMs : (await countVotedListDays(db)) < fewestListDays) {
    return undefined;
  }
  const lesson = await learn(db, now, authorHistory);
  return lesson.state === 'learned' ? lesson : undefined;
}

/** The learned model by which an edition made at `now` is ranked; undefined while the stated constants hold. */
export async function learnedAt(
  db: Database,
  now: Instant,
): Promise<{ readonly model: ScoreModel; readonly name: string } | undefined> {
  const prior = await modelAt(db, 'vote-prior', now);
  if (!prior) return undefined;
  const chance = await modelAt(db, 'listing-chance', now);
  const model = learnedModel(decodeVotePrior(prior.body), chance && decodeListingModel(chance.body));
  return { model, name: `${prior.fittedAt} ${chance?.fittedAt ?? ''}` };
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
