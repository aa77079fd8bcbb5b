import type { Topic } from '../../domain/topic.ts';
import { line, listed } from './prose.ts';

/** One way into a topic, or out of it: what is said before the words, and the words. */
export interface RulePart {
  readonly words: string;
  readonly items: readonly string[];
  readonly isCode: boolean;
}

/** A topic's rule for readers, in words: the ways in, any of which is enough, then what keeps a paper out. */
export function topicRule(topic: Topic): {
  readonly into: readonly RulePart[];
  readonly out: readonly RulePart[];
} {
  return {
    into: [
      ...part(
        'its title says one of these, or its abstract several of them or one again and again:',
        topic.include.map(wordsOf),
      ),
      ...part('its source files it under', topic.categories.map(categoryWords)),
      ...part('its source gives it the keyword', topic.keywords),
      ...part('this search finds it:', topic.query === undefined ? [] : [topic.query], true),
    ],
    out: part('its title or abstract says', topic.exclude.map(wordsOf)),
  };
}

function part(words: string, items: readonly string[], isCode = false): readonly RulePart[] {
  return items.length === 0 ? [] : [{ words, items: items.map(line), isCode }];
}

/** `rerank*` is any word that begins so. */
function wordsOf(phrase: string): string {
  return phrase.replaceAll('*', '…');
}

function categoryWords(category: string): string {
  return category.endsWith('*') ? `${category.slice(0, -1)}…` : category;
}

/** The rule as one sentence, for descriptions and pictures. */
export function ruleSentence(topic: Topic): string {
  const { into } = topicRule(topic);
  return listed(into.flatMap((part) => part.items));
}
