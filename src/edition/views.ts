import { addDays, calendarDate, isWeekend, type CalendarDate, type Instant } from '../domain/time.ts';
import type { Topic } from '../domain/topic.ts';
import { monthOf, weekOf, type Period, type View, type ViewKind } from '../domain/view.ts';
import type { DaysPick } from '../rank/days-contest.ts';
import { factsOf } from '../rank/rank.ts';
import { statedModel, type ScoreModel } from '../rank/score.ts';
import { outsideKey } from '../rank/select.ts';
import { daysRanker, type DaysRanking } from '../rank/several-days.ts';
import { compileTopics, type CompiledTopics } from '../rank/topics.ts';
import type { Database } from '../store/database.ts';
import { daysPool } from '../store/days-pool.ts';
import { latestEditionAt } from '../store/editions.ts';
import { storeFacts } from '../store/paper-facts.ts';
import { storeViews, viewStates, type ViewDraft, type ViewState } from '../store/views.ts';
import { basisName } from './basis.ts';
import { learnedAt } from './learn.ts';
import { pickOf } from './pick.ts';

/** Days back from which a paper can still be trending: ten list days. Counts of older ones are no longer read. */
const trendingDays = 14;
/** Places of each view: what a page shows. */
const places: Readonly<Record<ViewKind, number>> = { week: 50, month: 50, trending: 20 };
const hoursPerDay = 24;

export interface ViewOrder {
  /** All configured topics. */
  readonly topics: readonly Topic[];
  /** By whose days weeks and months begin and end. */
  readonly zone: string;
  readonly now: Instant;
}

/** What the rankings of one making have in common. */
interface Rules {
  readonly topics: CompiledTopics;
  readonly names: ReadonlyMap<string, string>;
  readonly model: ScoreModel;
  readonly learned: boolean;
  readonly basis: string;
  readonly now: Instant;
}

/**
 * Makes the views anew after an edition and stores them; returns those that were made: what is trending, the week and
 * the month that are not over, and once more the ones that ended since they were last made; these then stand for ever.
 * One without a paper is not stored. Does nothing where no edition was made since the last time, so that it is safe to
 * repeat after a crash. The same store and `now` give the same bytes.
 */
export async function publishViews(db: Database, order: ViewOrder): Promise<readonly View[]> {
  const states = await viewStates(db);
  const editionAt = await latestEditionAt(db);
  const lastAt = Math.max(...states.map((state) => state.madeAt));
  if (editionAt === undefined || editionAt > order.now || editionAt <= lastAt) return [];
  const learned = await learnedAt(db, order.now);
  const rules: Rules = {
    topics: compileTopics(order.topics),
    names: new Map(order.topics.map((topic) => [topic.key, topic.name])),
    model: learned?.model ?? statedModel,
    learned: learned !== undefined,
    basis: basisName(order.topics, learned?.name),
    now: order.now,
  };
  const date = calendarDate(order.now, order.zone);
  const drafts: ViewDraft[] = [];
  for (const { kind, period } of viewsToMake(states, date)) {
    const view = await viewOf(db, kind, period, rules);
    const isKnown = states.some((state) => state.kind === kind && state.period === period.period);
    if (view.picks.length > 0 || isKnown) {
      drafts.push({ view, isFinal: kind !== 'trending' && period.toDate < date });
    }
  }
  await storeViews(db, drafts);
  return drafts.map(({ view }) => view);
}

/** Also the last week and month, so that a newcomer with papers of theirs has them. */
function viewsToMake(
  states: readonly ViewState[],
  date: CalendarDate,
): readonly { readonly kind: ViewKind; readonly period: Period }[] {
  const isFinal = (kind: ViewKind, { period }: Period): boolean =>
    states.some((state) => state.kind === kind && state.period === period && state.isFinal);
  const open = (kind: 'week' | 'month', of: (day: CalendarDate) => Period): readonly Period[] => {
    const current = of(date);
    const unfinished = states.filter(
      (state) => state.kind === kind && !state.isFinal && state.fromDate <= date,
    );
    const periods = [
      ...unfinished.map((state) => of(state.fromDate)),
      of(addDays(current.fromDate, -1)),
      current,
    ].filter((period) => !isFinal(kind, period));
    return [...new Map(periods.map((period) => [period.period, period])).values()];
  };
  return [
    ...open('week', weekOf).map((period) => ({ kind: 'week' as const, period })),
    ...open('month', monthOf).map((period) => ({ kind: 'month' as const, period })),
    { kind: 'trending', period: { period: date, fromDate: addDays(date, 1 - trendingDays), toDate: date } },
  ];
}

async function viewOf(db: Database, kind: ViewKind, period: Period, rules: Rules): Promise<View> {
  const { topics, model, now, basis } = rules;
  const order =
    kind === 'trending'
      ? { by: 'rising' as const, hours: riseHours(period.toDate), places: places[kind] }
      : { by: 'expected' as const, hours: daysIn(period) * hoursPerDay, places: places[kind] };
  const ranker = daysRanker(order, topics, now, model);
  for await (const block of daysPool(db, { ...period, now, basis })) {
    const found = block
      .filter((candidate) => candidate.facts === undefined)
      .map(({ paper }) => ({ paper, facts: factsOf(paper, topics, model) }));
    await storeFacts(db, basis, found);
    const byId = new Map(found.map(({ paper, facts }) => [paper.id, facts]));
    ranker.add(
      block.map((candidate) => {
        const facts = candidate.facts ?? byId.get(candidate.paper.id);
        return facts ? { ...candidate, facts } : candidate;
      }),
    );
  }
  return frozen(kind, period, ranker.result(), rules);
}

/** A rise is counted since the start of the last working day: on weekends nothing is listed and few people vote. */
function riseHours(date: CalendarDate): number {
  let days = 1;
  while (isWeekend(addDays(date, -days))) days += 1;
  return days * hoursPerDay;
}

function frozen(kind: ViewKind, period: Period, ranking: DaysRanking, rules: Rules): View {
  const { signal, papers, picks } = ranking;
  const pick = ({ ranked, rise, standing }: DaysPick, place: number) => {
    const [topic = outsideKey, ...alsoIn] = ranked.matches.map((match) => match.topic);
    const model = rules.learned ? rules.model : undefined;
    return pickOf({ ranked, topic, alsoIn, rank: place + 1 }, rules.names, model, { rise, standing });
  };
  return {
    kind,
    ...period,
    madeAt: rules.now,
    papers,
    ...(signal !== 'upvotes' && { insteadOfVotes: signal }),
    picks: picks.map(pick),
  };
}

function daysIn({ fromDate, toDate }: Period): number {
  let days = 1;
  for (let date = fromDate; date < toDate; date = addDays(date, 1)) days += 1;
  return days;
}
