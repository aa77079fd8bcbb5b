import type { PaperRecord } from '../../domain/paper.ts';
import type { CalendarDate } from '../../domain/time.ts';
import { fitListingChance, listingChance, type PastPaper } from '../listing-chance.ts';
import { chanceOfListing } from '../prior.ts';
import { bootstrapOver, type Estimate } from './bootstrap.ts';
import { coldMeasures, type ColdMeasures } from './cold-measures.ts';
import { hotWords } from './hot-words.ts';
import type { SkippedDay } from './replay.ts';

/** A paper as its first list had it, with the most votes it ever had where people could vote for it. */
export interface ColdPaper {
  readonly paper: PaperRecord;
  readonly listDate: CalendarDate;
  /** Undefined for a paper that was never on a list with votes. */
  readonly votes?: number;
}

/** List days to test on, both ends included; everything earlier is learned from. */
export interface Fold {
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

export type ColdEstimates = Readonly<Record<'auc' | 'n10' | 'p10', Estimate>> & {
  /** Undefined where no paper had that many votes. */
  readonly auc30: Estimate | undefined;
};

/** How well one way to order fresh papers did over the days. */
export interface ColdResult {
  readonly name: string;
  readonly level: ColdEstimates;
  /** Its measures less those of the hot keywords, day by day; absent for these. */
  readonly difference?: ColdEstimates;
}

export interface ColdStart {
  readonly papers: number;
  readonly listed: number;
  /** With the number of papers learned from and of days tested. */
  readonly folds: readonly (Fold & { readonly lessons: number; readonly days: number })[];
  readonly days: number;
  /** Empty where no day could be tested. */
  readonly results: readonly ColdResult[];
  readonly skipped: readonly SkippedDay[];
}

/** A day with fewer papers, or fewer of them listed, says nothing of an order. */
const leastPapers = 40;
const leastListed = 2;

/** What the others are compared with. */
export const coldBaseline = 'hot keywords';

type Score = (paper: PaperRecord) => number;

/**
 * How well papers fresh from a list without votes can be ordered by the chance that people will vote for them. Each
 * fold's models are fitted on all list days before it and stay as they are over the fold.
 */
export function coldStart(
  papers: readonly ColdPaper[],
  folds: readonly Fold[],
  onProgress?: (done: number, total: number) => void,
): ColdStart {
  const days = [...Map.groupBy(papers, ({ listDate }) => listDate)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const measures = new Map<string, ColdMeasures[]>();
  const skipped: SkippedDay[] = [];
  const tested = folds.map((fold, done): ColdStart['folds'][number] => {
    const lessons = papers.filter(({ listDate }) => listDate < fold.from).map(pastPaper);
    const scores = scoresFrom(lessons);
    let count = 0;
    for (const [listDate, ofDay] of days) {
      if (listDate < fold.from || listDate > fold.to) continue;
      const reason = tooLittle(ofDay);
      if (reason !== undefined) {
        skipped.push({ listDate, reason });
        continue;
      }
      count += 1;
      for (const [name, score] of scores) {
        const measured = coldMeasures(ofDay.map((row) => ({ ...row, score: score(row.paper) })));
        measures.set(name, [...(measures.get(name) ?? []), measured]);
      }
    }
    onProgress?.(done + 1, folds.length);
    return { ...fold, lessons: lessons.length, days: count };
  });
  return {
    papers: papers.length,
    listed: papers.filter(({ votes }) => votes !== undefined).length,
    folds: tested,
    days: tested.reduce((sum, fold) => sum + fold.days, 0),
    results: resultsOf(measures),
    skipped,
  };
}

/** Everything after the first `lessonDays` list days, in folds of `foldDays` of them. */
export function foldsAfter(
  listDates: Iterable<CalendarDate>,
  lessonDays: number,
  foldDays: number,
): readonly Fold[] {
  const dates = [...new Set(listDates)].toSorted().slice(lessonDays);
  const folds: Fold[] = [];
  for (let at = 0; at < dates.length; at += foldDays) {
    const [from, to] = [dates[at], dates[Math.min(at + foldDays, dates.length) - 1]];
    if (from !== undefined && to !== undefined) folds.push({ from, to });
  }
  return folds;
}

function pastPaper({ paper, listDate, votes }: ColdPaper): PastPaper {
  return { paper, listDate, isListed: votes !== undefined };
}

function tooLittle(papers: readonly ColdPaper[]): string | undefined {
  if (papers.length < leastPapers) return `fewer than ${leastPapers} papers`;
  const listed = papers.filter(({ votes }) => votes !== undefined).length;
  return listed < leastListed ? `fewer than ${leastListed} papers that people could vote for` : undefined;
}

/** Every way to score a paper, by its name; what is learned is learned of `lessons`. */
function scoresFrom(lessons: readonly PastPaper[]): ReadonlyMap<string, Score> {
  const [plain, full] = [fitListingChance(lessons, false), fitListingChance(lessons, true)];
  return new Map<string, Score>([
    ['random', () => 0],
    ['primary category', categoryShares(lessons)],
    [coldBaseline, hotWords],
    ['stated constants', chanceOfListing],
    ['learned, no authors’ past', (paper) => listingChance(paper, plain)],
    ['learned', (paper) => listingChance(paper, full)],
  ]);
}

/** The share of a primary category's papers that were listed. */
function categoryShares(lessons: readonly PastPaper[]): Score {
  const groups = Map.groupBy(lessons, ({ paper }) => paper.categories[0] ?? '');
  const shares = new Map(
    [...groups].map(([category, papers]) => [
      category,
      papers.filter(({ isListed }) => isListed).length / papers.length,
    ]),
  );
  return (paper) => shares.get(paper.categories[0] ?? '') ?? 0;
}

function resultsOf(measures: ReadonlyMap<string, readonly ColdMeasures[]>): readonly ColdResult[] {
  const base = measures.get(coldBaseline) ?? [];
  return [...measures].map(([name, days]): ColdResult => {
    const level = estimates(days);
    if (name === coldBaseline) return { name, level };
    const difference = estimates(
      days.map((day, at) => {
        const other = base[at];
        const less = (of: keyof ColdMeasures): number => (day[of] ?? 0) - (other?.[of] ?? 0);
        return {
          auc: less('auc'),
          auc30: day.auc30 === undefined ? undefined : less('auc30'),
          n10: less('n10'),
          p10: less('p10'),
        };
      }),
    );
    return { name, level, difference };
  });
}

function estimates(days: readonly ColdMeasures[]): ColdEstimates {
  const estimate = bootstrapOver(days.length);
  const auc30 = days.map((day) => day.auc30).filter((value) => value !== undefined);
  return {
    auc: estimate(days.map((day) => day.auc)),
    auc30: auc30.length === 0 ? undefined : bootstrapOver(auc30.length)(auc30),
    n10: estimate(days.map((day) => day.n10)),
    p10: estimate(days.map((day) => day.p10)),
  };
}
