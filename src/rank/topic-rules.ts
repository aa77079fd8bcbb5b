import type { PaperRecord } from '../domain/paper.ts';
import { parseQuery } from '../domain/query.ts';
import type { Topic } from '../domain/topic.ts';
import { categoryPatterns, findCategory } from './categories.ts';
import { findPhrases, indexPhrases, parsePhrase, spelling } from './phrases.ts';
import { compileQuery, matchesQuery, type CompiledQuery } from './query.ts';

/** One rule and the papers that it takes by itself: a phrase anywhere in title or abstract. */
export interface CheckedRule {
  readonly kind: 'include' | 'exclude' | 'category' | 'keyword' | 'query';
  readonly written: string;
  readonly papers: number;
  readonly share: number;
}

interface Rule {
  readonly topic: string;
  readonly kind: CheckedRule['kind'];
  readonly written: string;
}

/** Counts the papers that each rule of the topics takes, all rules in one pass over a paper. */
export function countRules(topics: readonly Topic[]) {
  const rules = topics.flatMap((topic): Rule[] => {
    const of = (kind: Rule['kind'], all: readonly string[]): Rule[] =>
      all.map((written) => ({ topic: topic.key, kind, written }));
    return [
      ...of('include', topic.include),
      ...of('exclude', topic.exclude),
      ...of('category', topic.categories),
      ...of('keyword', topic.keywords),
      ...of('query', topic.query === undefined ? [] : [topic.query]),
    ];
  });
  const counts = new Map<Rule, number>();
  const isPhrase = ({ kind }: Rule): boolean => kind === 'include' || kind === 'exclude';
  const phrases = indexPhrases(
    rules.filter(isPhrase).map((rule) => ({ ...parsePhrase(rule.written, `topic ${rule.topic}`), rule })),
  );
  const others = rules.flatMap(
    (rule): { readonly rule: Rule; readonly takes: (paper: PaperRecord) => boolean }[] => {
      if (rule.kind === 'category') {
        const patterns = categoryPatterns([rule.written]);
        return [{ rule, takes: ({ categories }) => findCategory(categories, patterns) !== undefined }];
      }
      if (rule.kind === 'keyword') {
        const wanted = spelling(rule.written);
        return [{ rule, takes: ({ keywords }) => keywords.some((keyword) => spelling(keyword) === wanted) }];
      }
      const query = rule.kind === 'query' ? topicQuery(rule.written) : undefined;
      return query ? [{ rule, takes: (paper) => matchesQuery(paper, query) }] : [];
    },
  );
  return {
    /** One more paper. */
    count(paper: PaperRecord): void {
      const taking = new Set<Rule>();
      for (const text of [paper.title, paper.abstract]) {
        for (const { rule } of findPhrases(text, phrases).keys()) taking.add(rule);
      }
      for (const { rule, takes } of others) if (takes(paper)) taking.add(rule);
      for (const rule of taking) counts.set(rule, (counts.get(rule) ?? 0) + 1);
    },
    /** The rules of a topic, with their share of so many papers. */
    of(key: string, papers: number): readonly CheckedRule[] {
      return rules
        .filter(({ topic }) => topic === key)
        .map((rule) => {
          const taken = counts.get(rule) ?? 0;
          return {
            kind: rule.kind,
            written: rule.written,
            papers: taken,
            share: papers === 0 ? 0 : taken / papers,
          };
        });
    },
  };
}

/** The query of a topic made ready; undefined where it has none, or one that cannot be read. */
export function topicQuery(written: string | undefined): CompiledQuery | undefined {
  const parsed = written === undefined ? undefined : parseQuery(written);
  return parsed && 'query' in parsed ? compileQuery(parsed.query) : undefined;
}
