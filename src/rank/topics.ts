import type { PaperRecord } from '../domain/paper.ts';
import { parseQuery } from '../domain/query.ts';
import type { Topic, TopicMatch } from '../domain/topic.ts';
import { UsageError } from '../errors.ts';
import { categoryPatterns, findCategory, type CategoryPatterns } from './categories.ts';
import { abstractCredit, belongsFrom, namedCredit, titleCredit, type Credit } from './credit.ts';
import type { Phrase, PhraseHit, PhraseIndex } from './phrases.ts';
import { findPhrases, indexPhrases, parsePhrase, spelling } from './phrases.ts';
import type { CompiledQuery, Finds, NameIndex, QueryPhrase } from './query.ts';
import { compileQuery, findNames, holds, indexNames, isOfText, queryCredits } from './query.ts';

/** Rises when the same rules give other topics: what was kept before is then not read. */
export const matchingVersion = 1;

interface CompiledTopic {
  readonly key: string;
  readonly place: number;
  readonly categories: CategoryPatterns;
  /** By their spelling. */
  readonly keywords: ReadonlySet<string>;
  readonly query: CompiledQuery | undefined;
}

interface TopicPhrase extends Phrase {
  readonly topic: CompiledTopic;
  readonly role: 'include' | 'exclude';
}

/** Topics made ready for `matchTopics`. */
export interface CompiledTopics {
  readonly topics: readonly CompiledTopic[];
  /** The phrases of all topics together, those of queries among them. */
  readonly phrases: PhraseIndex<TopicPhrase | QueryPhrase>;
  readonly names: NameIndex;
}

/**
 * The topics in their order, ready for any number of papers. A phrase written in two ways (`tool use`,
 * `tool-use`) counts once. Throws a UsageError that names the topic for a phrase without a word and for a
 * query that cannot be read.
 */
export function compileTopics(topics: readonly Topic[]): CompiledTopics {
  const phrases: (TopicPhrase | QueryPhrase)[] = [];
  const compiled = topics.map((topic, place): CompiledTopic => {
    const entry: CompiledTopic = {
      key: topic.key,
      place,
      categories: categoryPatterns(topic.categories),
      keywords: new Set(topic.keywords.map(spelling)),
      query: topic.query === undefined ? undefined : topicQuery(topic.key, topic.query),
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
  const ofQueries = compiled.flatMap(({ query }) => query?.phrases ?? []);
  return {
    topics: compiled,
    phrases: indexPhrases([...phrases, ...ofQueries.filter(isOfText)]),
    names: indexNames(ofQueries),
  };
}

function topicQuery(key: string, written: string): CompiledQuery {
  const parsed = parseQuery(written);
  if ('query' in parsed) return compileQuery(parsed.query);
  const { column, message } = parsed.fault;
  throw new UsageError(`topic ${key}: column ${column} of its query: ${message}`);
}

/**
 * The topics the paper belongs to, highest score first, ties in the order of the topics.
 *
 * A phrase counts 3 in the title, 1 in the abstract and 0.5 for each of at most two repeats there; a
 * category of the topic counts 2, so does a keyword of it, however many there are. The paper belongs to a
 * topic from 2 on. A query adds what `queryCredits` says where it holds, which is enough by itself, and
 * nothing where it does not. Never does a paper belong to a topic that has an excluded phrase in the
 * paper's title or abstract.
 */
export function matchTopics(paper: PaperRecord, compiled: CompiledTopics): readonly TopicMatch[] {
  const tallies = new Map<CompiledTopic, Tally>();
  const excluded = new Set<CompiledTopic>();
  const credit = (topic: CompiledTopic, { points, reason }: Credit): void => {
    const tally = tallies.get(topic) ?? { score: 0, reasons: [] };
    tally.score += points;
    tally.reasons.push({ points, reason });
    tallies.set(topic, tally);
  };
  const creditPhrases = (
    hits: ReadonlyMap<TopicPhrase | QueryPhrase, PhraseHit>,
    creditOf: (hit: PhraseHit) => Credit,
  ): void => {
    for (const [phrase, hit] of hits) {
      if (phrase.role === 'exclude') excluded.add(phrase.topic);
      else if (phrase.role === 'include') credit(phrase.topic, creditOf(hit));
    }
  };

  const title = findPhrases(paper.title, compiled.phrases);
  const abstract = findPhrases(paper.abstract, compiled.phrases);
  const { categories } = paper;
  const finds: Finds = { title, abstract, names: findNames(paper, compiled.names), categories };
  creditPhrases(title, titleCredit);
  const keywords = paper.keywords.map((name) => ({ name, spelling: spelling(name) }));
  for (const topic of compiled.topics) {
    const category = findCategory(categories, topic.categories);
    if (category !== undefined) credit(topic, namedCredit(`category ${category}`));
    const keyword = keywords.find((candidate) => topic.keywords.has(candidate.spelling));
    if (keyword) credit(topic, namedCredit(`keyword "${keyword.name}"`));
    if (topic.query && holds(topic.query, finds)) {
      for (const one of queryCredits(topic.query, finds)) credit(topic, one);
    }
  }
  creditPhrases(abstract, abstractCredit);

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
  readonly reasons: Credit[];
}
