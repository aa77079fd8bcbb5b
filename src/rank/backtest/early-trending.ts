import type { CalendarDate } from '../../domain/time.ts';
import { statedModel, type ScoreModel } from '../score.ts';
import { fitVotePrior, priorVotes, type VotedPaper } from '../vote-prior.ts';
import { baselines, expectedVotesFormula, type Formula } from './baselines.ts';
import type { Measures } from './metrics.ts';
import type { ReplayedDay, SkippedDay } from './replay.ts';
import { measured, tableOf, type Table } from './table.ts';

export interface EarlyTrending {
  /** Over all replayed days, the formulas that learn nothing; undefined where there is none. */
  readonly all: Table | undefined;
  /** Over the days after the first 30, also those that learn from the days before. */
  readonly learned: Table | undefined;
  readonly skipped: readonly SkippedDay[];
  /** Days whose last answer was full, with the number of known papers that it lacks. */
  readonly full: readonly { readonly listDate: CalendarDate; readonly cutOff: number }[];
}

type Prior = ScoreModel['expectedVotes'];

/** Days that are only learned from. */
const warmUpDays = 30;
/** A prior is learned from so many days on; until then the stated constants stand. */
const fewestLessonDays = 20;
const refitEvery = 10;

/**
 * The measures of every formula over replayed days, each made with nothing but what was known at its send time.
 *
 * The learned priors walk forward: fitted anew every 10 days, on days before whose end was known by the send time.
 * A day whose papers all ended with the same votes tells nothing about an order: it is skipped, and still learned from.
 */
export function earlyTrending(
  replayed: { readonly days: readonly ReplayedDay[]; readonly skipped: readonly SkippedDay[] },
  onProgress?: (done: number, total: number) => void,
): EarlyTrending {
  const { days } = replayed;
  const lists = new Map(baselines.map((formula) => [formula, days.map((day) => measured(day, formula))]));
  const learned = learnedMeasures(days, onProgress);
  const places = [...days.keys()].filter((place) => {
    const day = days[place];
    return day !== undefined && tells(day);
  });
  const stated = [...lists].map(([{ name }, values]) => ({ name, values }));
  const all = [...stated, ...[...learned].map(([name, values]) => ({ name, values }))];
  return {
    all: tableOf(days, places, stated),
    learned: tableOf(
      days,
      places.filter((place) => place >= warmUpDays),
      all,
    ),
    skipped: [
      ...replayed.skipped,
      ...days
        .filter((day) => !tells(day))
        .map(({ listDate }) => ({ listDate, reason: 'all papers ended with the same votes' })),
    ].toSorted((a, b) => (a.listDate < b.listDate ? -1 : 1)),
    full: days.flatMap(({ listDate, cutOff }) => (cutOff > 0 ? [{ listDate, cutOff }] : [])),
  };
}

/** Whether the papers of a day ended with different votes. */
function tells({ papers }: ReplayedDay): boolean {
  return new Set(papers.map((paper) => paper.truth)).size > 1;
}

/** The measures of each day by the priors that could be learned before it, by the name of the formula. */
function learnedMeasures(
  days: readonly ReplayedDay[],
  onProgress?: (done: number, total: number) => void,
): ReadonlyMap<string, Measures[]> {
  const measures = new Map<string, Measures[]>();
  let formulas = learnedFormulas(undefined);
  for (const [place, day] of days.entries()) {
    if (place % refitEvery === 0) {
      const before = days.slice(0, place).filter((earlier) => earlier.truthAt < day.sendAt);
      const lessons = before.flatMap((earlier) =>
        earlier.papers.map(({ candidate, truth }) => ({
          paper: candidate.paper,
          listedAt: earlier.sendAt,
          votes: truth,
        })),
      );
      if (before.length >= fewestLessonDays) formulas = learnedFormulas(lessons);
    }
    for (const formula of formulas) {
      const list = measures.get(formula.name) ?? [];
      list.push(measured(day, formula));
      measures.set(formula.name, list);
    }
    onProgress?.(place + 1, days.length);
  }
  return measures;
}

/** Without lessons the stated constants stand for every prior. */
function learnedFormulas(lessons: readonly VotedPaper[] | undefined): readonly Formula[] {
  const priorOf = (use: 'text' | 'static' | 'both'): Prior => {
    if (!lessons) return statedModel.expectedVotes;
    const prior = fitVotePrior(lessons, use);
    return (paper, now) => priorVotes(paper, now, prior).value;
  };
  const both = priorOf('both');
  return [
    withPrior('EV, static prior', priorOf('static')),
    withPrior('EV, text prior', priorOf('text')),
    withPrior('EV, text + static', both),
    { name: 'prior only', score: ({ candidate }, now) => both(candidate.paper, now) },
  ];
}

function withPrior(name: string, expectedVotes: Prior): Formula {
  return expectedVotesFormula(name, { ...statedModel, expectedVotes });
}
