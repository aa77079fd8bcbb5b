import type { PaperRecord } from '../domain/paper.ts';
import type { Topic, TopicMatch } from '../domain/topic.ts';
import type { Phrase, PhraseIndex } from './phrases.ts';
import { findPhrases, indexPhrases, parsePhrase, spelling } from './phrases.ts';

const belongsFrom = 2;
const titlePoints = 3;
const abstractPoints = 1;
const repeatPoints = 0.5;
const mostRepeats = 2;
const categoryPoints = 2;
const keywordPoints = 2;

interface CompiledTopic {
  readonly key: string;
  readonly place: number;
  /** In lower case. */
  readonly categories: ReadonlySet<string>;
  /** By their spelling. */
  readonly keywords: ReadonlySet<string>;
}

interface TopicPhrase extends Phrase {
  readonly topic: CompiledTopic;
  readonly role: 'include' | 'exclude';
}

/** Topics made ready for `matchTopics`. */
export interface CompiledTopics {
  readonly topics: readonly CompiledTopic[];
  readonly phrases: PhraseIndex<TopicPhrase>;
}

/**
 * The topics in their order, ready for any number of papers. A phrase written in two ways (`tool use`,
 * `tool-use`) counts once. Throws a UsageError that names the topic for a phrase without a word.
 */
export function compileTopics(topics: readonly Topic[]): CompiledTopics {
  const phrases: TopicPhrase[] = [];
  const compiled = topics.map((topic, place): CompiledTopic => {
    const entry: CompiledTopic = {
      key: topic.key,
      place,
      categories: new Set(topic.categories.map((category) => category.toLowerCase())),
      keywords: new Set(topic.keywords.map(spelling)),
    };
    for (const role of ['include', 'exclude'] as const) {
      const seen = new Set<string>();
      for (const written of topic[role]) {
        const phrase = parsePhrase(written, `topic ${topic.key}`);
        if (!seen.has(spelling(written))) phrases.push({ ...phrase, topic: entry, role });
        seen.add(spelling(written));
      }
    }
    return entry;
  });
  return { topics: compiled, phrases: indexPhrases(phrases) };
}

/**
 * The topics the paper belongs to, highest score first, ties in the order of the topics.
 *
 * A phrase counts 3 in the title, 1 in the abstract and 0.5 for each of at most two repeats there; a
 * category of the topic counts 2, so does a keyword of it, however many there are. The paper belongs to a
 * topic from 2 on, and never to one that has an excluded phrase in its title or abstract.
 */
export function matchTopics(paper: PaperRecord, compiled: CompiledTopics): readonly TopicMatch[] {
  const tallies = new Map<CompiledTopic, Tally>();
  const excluded = new Set<CompiledTopic>();
  const credit = (topic: CompiledTopic, points: number, reason: string): void => {
    const tally = tallies.get(topic) ?? { score: 0, reasons: [] };
    tally.score += points;
    tally.reasons.push({ points, reason });
    tallies.set(topic, tally);
  };

  for (const [{ topic, role }, hit] of findPhrases(paper.title, compiled.phrases)) {
    if (role === 'exclude') excluded.add(topic);
    else credit(topic, titlePoints, `"${hit.shown}" in title`);
  }
  const keywords = paper.keywords.map((name) => ({ name, spelling: spelling(name) }));
  for (const topic of compiled.topics) {
    const category = paper.categories.find((name) => topic.categories.has(name.toLowerCase()));
    if (category !== undefined) credit(topic, categoryPoints, `category ${category}`);
    const keyword = keywords.find((candidate) => topic.keywords.has(candidate.spelling));
    if (keyword) credit(topic, keywordPoints, `keyword "${keyword.name}"`);
  }
  for (const [{ topic, role }, hit] of findPhrases(paper.abstract, compiled.phrases)) {
    if (role === 'exclude') excluded.add(topic);
    else {
      const points = abstractPoints + repeatPoints * Math.min(hit.count - 1, mostRepeats);
      credit(topic, points, `"${hit.shown}" in abstract${hit.count > 1 ? ` ×${hit.count}` : ''}`);
    }
  }

  return [...tallies]
    .filter(([topic, tally]) => tally.score >= belongsFrom && !excluded.has(topic))
    .toSorted(([a, aTally], [b, bTally]) => bTally.score - aTally.score || a.place - b.place)
    .map(([topic, { score, reasons }]) => ({
      topic: topic.key,
      score,
      reasons: reasons.toSorted((a, b) => b.points - a.points).map(({ reason }) => reason),
    }));
}

/** What speaks for one topic so far. */
interface Tally {
  score: number;
  readonly reasons: { readonly points: number; readonly reason: string }[];
}
