import { editionPicks, type Edition } from '../../domain/edition.ts';
import type { PaperId } from '../../domain/paper.ts';
import { addDays, type CalendarDate } from '../../domain/time.ts';
import { weekOf } from '../../domain/view.ts';

/** What a topic brought in one week. */
export interface TopicWeek {
  readonly monday: CalendarDate;
  /** New papers of the topic, as the editions counted them, shown or not. */
  readonly papers: number;
  readonly picks: number;
  /** Votes of the picks at the time of their editions. */
  readonly votes: number;
}

export const weeksShown = 12;

/**
 * The last weeks of each topic, oldest first, up to the week of the newest edition; none before the first edition.
 * From the frozen editions alone. Two digests that cover the same days count the same papers: of each day and topic
 * the largest count holds, and a paper is picked once, in the first edition that has it.
 */
export function topicWeeks(
  topics: readonly string[],
  newestFirst: readonly Edition[],
): ReadonlyMap<string, readonly TopicWeek[]> {
  const dates = newestFirst.map((edition) => edition.editionDate).toSorted();
  const newest = dates.at(-1);
  if (newest === undefined) return new Map(topics.map((topic) => [topic, []]));
  const mondays = Array.from({ length: weeksShown }, (_, back) => addDays(weekOf(newest).fromDate, -7 * back))
    .filter((monday) => addDays(monday, 6) >= (dates[0] ?? ''))
    .toReversed();
  const from = mondays[0] ?? newest;
  const newPapers = new Map<string, number>();
  const picked = new Map<string, { picks: number; votes: number }>();
  const known = new Map<string, Set<PaperId>>();
  for (const edition of newestFirst.toReversed()) {
    const { editionDate } = edition;
    if (editionDate < from) continue;
    const monday = weekOf(editionDate).fromDate;
    for (const [topic, count] of countsByTopic(edition)) {
      const key = `${topic} ${editionDate}`;
      newPapers.set(key, Math.max(newPapers.get(key) ?? 0, count));
    }
    for (const { topic, alsoIn, paper } of editionPicks(edition)) {
      for (const one of new Set([topic, ...alsoIn])) {
        const seen = known.get(one) ?? new Set();
        known.set(one, seen);
        if (seen.has(paper.id)) continue;
        seen.add(paper.id);
        const key = `${one} ${monday}`;
        const before = picked.get(key) ?? { picks: 0, votes: 0 };
        picked.set(key, { picks: before.picks + 1, votes: before.votes + (paper.counts.upvotes ?? 0) });
      }
    }
  }
  return new Map(
    topics.map((topic) => [
      topic,
      mondays.map((monday) => {
        const days = Array.from({ length: 7 }, (_, day) => addDays(monday, day));
        const papers = days.reduce((sum, day) => sum + (newPapers.get(`${topic} ${day}`) ?? 0), 0);
        const { picks, votes } = picked.get(`${topic} ${monday}`) ?? { picks: 0, votes: 0 };
        return { monday, papers, picks, votes };
      }),
    ]),
  );
}

function countsByTopic({ coverage }: Edition): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { topics, count } of coverage.newByTopics) {
    for (const topic of topics) counts.set(topic, (counts.get(topic) ?? 0) + count);
  }
  return counts;
}
