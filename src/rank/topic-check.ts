import type { PaperId, PaperRecord } from '../domain/paper.ts';
import type { Topic } from '../domain/topic.ts';
import { findPhrases, indexPhrases, parsePhrase, type Phrase } from './phrases.ts';
import { isOfText } from './query.ts';
import { countRules, topicQuery, type CheckedRule } from './topic-rules.ts';
import { compileTopics, matchTopics } from './topics.ts';

/** What the rules of topics do with a pool of papers. */
export interface TopicCheck {
  readonly papers: number;
  /** Papers in no topic, in their order. */
  readonly uncovered: readonly PaperId[];
  readonly topicsPerPaper: number;
  /** In the order of the topics. */
  readonly topics: readonly CheckedTopic[];
  /** Undefined when no paper has a keyword of a topic. */
  readonly keywords?: KeywordCheck;
}

export interface CheckedTopic {
  readonly key: string;
  readonly papers: number;
  /** Of the pool, 0 to 1. */
  readonly share: number;
  /** With each other topic that shares a paper, most first: papers of both by papers of either. */
  readonly overlaps: readonly { readonly topic: string; readonly jaccard: number }[];
  readonly rules: readonly CheckedRule[];
  /** Undefined when no keyword of the pool speaks for the topic. */
  readonly agreement?: Agreement;
}

/** A topic against the sources' keywords: a paper should be in it when one of its keywords holds a phrase of the topic. */
export interface Agreement {
  /** Papers that should be in it. */
  readonly labelled: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface KeywordCheck {
  /** Papers with keywords; the others are left out of this. */
  readonly papers: number;
  readonly uncovered: number;
  /** Means over the topics that have an agreement. */
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/**
 * What each topic and each rule takes of the papers, how topics overlap, and how well they agree with the
 * sources' keywords. Keywords share words with the phrases, which flatters these; the
 * topics' own rules for keywords are left out there. Throws like `compileTopics`.
 */
export function checkTopics(topics: readonly Topic[], papers: readonly PaperRecord[]): TopicCheck {
  const compiled = compileTopics(topics);
  const withoutKeywords = compileTopics(topics.map((topic) => ({ ...topic, keywords: [] })));
  const rules = countRules(topics);
  const labels = labelIndex(topics);
  const counts = new Map(topics.map(({ key }) => [key, 0]));
  const pairs = new Map<string, number>();
  const outcomes = new Map(topics.map(({ key }) => [key, { hits: 0, given: 0, labelled: 0 }]));
  const uncovered: PaperId[] = [];
  let [memberships, keyworded, keywordedUncovered] = [0, 0, 0];

  for (const paper of papers) {
    const keys = matchTopics(paper, compiled).map(({ topic }) => topic);
    memberships += keys.length;
    if (keys.length === 0) uncovered.push(paper.id);
    for (const key of keys) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      for (const other of keys)
        if (other !== key) pairs.set(`${key} ${other}`, (pairs.get(`${key} ${other}`) ?? 0) + 1);
    }
    rules.count(paper);

    if (paper.keywords.length === 0) continue;
    const given = new Set(matchTopics(paper, withoutKeywords).map(({ topic }) => topic));
    const labelled = new Set(
      paper.keywords.flatMap((keyword) =>
        [...findPhrases(keyword.normalize('NFC'), labels).keys()].map(({ topic }) => topic),
      ),
    );
    keyworded += 1;
    if (given.size === 0) keywordedUncovered += 1;
    for (const [key, outcome] of outcomes) {
      if (given.has(key)) outcome.given += 1;
      if (labelled.has(key)) outcome.labelled += 1;
      if (given.has(key) && labelled.has(key)) outcome.hits += 1;
    }
  }

  const checked = topics.map(({ key }): CheckedTopic => {
    const own = counts.get(key) ?? 0;
    const agreement = agreementOf(outcomes.get(key));
    return {
      key,
      papers: own,
      share: shareOf(own, papers.length),
      overlaps: topics
        .map(({ key: other }) => {
          const both = pairs.get(`${key} ${other}`) ?? 0;
          return { topic: other, jaccard: shareOf(both, own + (counts.get(other) ?? 0) - both) };
        })
        .filter(({ jaccard }) => jaccard > 0)
        .toSorted((a, b) => b.jaccard - a.jaccard),
      rules: rules.of(key, papers.length),
      ...(agreement && { agreement }),
    };
  });
  const agreements = checked.flatMap(({ agreement }) => agreement ?? []);
  const mean = (of: (agreement: Agreement) => number): number =>
    agreements.reduce((sum, agreement) => sum + of(agreement), 0) / agreements.length;
  return {
    papers: papers.length,
    uncovered,
    topicsPerPaper: shareOf(memberships, papers.length),
    topics: checked,
    ...(agreements.length > 0 && {
      keywords: {
        papers: keyworded,
        uncovered: keywordedUncovered,
        precision: mean(({ precision }) => precision),
        recall: mean(({ recall }) => recall),
        f1: mean(({ f1 }) => f1),
      },
    }),
  };
}

/** 0 of 0 is 0. */
function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function agreementOf(
  outcome: { readonly hits: number; readonly given: number; readonly labelled: number } | undefined,
): Agreement | undefined {
  if (!outcome || outcome.labelled === 0) return undefined;
  const { hits, given, labelled } = outcome;
  return {
    labelled,
    precision: shareOf(hits, given),
    recall: shareOf(hits, labelled),
    f1: shareOf(2 * hits, given + labelled),
  };
}

/** What a keyword that speaks for a topic holds: the phrases of its list and of its query. */
function labelIndex(topics: readonly Topic[]) {
  const phrases = topics.flatMap(({ key, include, query }): (Phrase & { readonly topic: string })[] => {
    const ofQuery = topicQuery(query)?.wanted.phrases.filter(isOfText) ?? [];
    const listed = include.map((written) => parsePhrase(written, `topic ${key}`));
    return [...listed, ...ofQuery].map((phrase) => ({ ...phrase, topic: key }));
  });
  return indexPhrases(phrases);
}
