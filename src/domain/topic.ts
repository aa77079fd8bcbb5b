import { paperId, type PaperId } from './paper.ts';

/** A reader-facing subject with its matching rules. */
export interface Topic {
  /** `llm`, used in addresses and in subscriptions. */
  readonly key: string;
  readonly name: string;
  /** Phrases, whole words, case-insensitive; `*` at the end of a word is any ending; space and hyphen are equal. */
  readonly include: readonly string[];
  /** A paper with one of these phrases in its title or abstract is not in the topic. */
  readonly exclude: readonly string[];
  /** Categories of the source that put a paper into the topic by themselves; `cs.*` is all that begin so. */
  readonly categories: readonly string[];
  /** Keywords of the source that put a paper into the topic by themselves. */
  readonly keywords: readonly string[];
  /** In the language of `query.ts`; a paper for which it holds is in the topic. */
  readonly query?: string;
  /** Ids of papers and paths of paper files that show what is meant. They suggest, and decide nothing. */
  readonly seeds?: readonly string[];
}

export interface TopicMatch {
  readonly topic: string;
  /** 3 a phrase in the title, 1 a phrase in the abstract, 0.5 a repeat; a paper belongs to a topic from 2 on. */
  readonly score: number;
  /** The rules that matched, as facts for the reader, best first: `"tool use" in title`. */
  readonly reasons: readonly string[];
}

/** The paper that a seed names: an arXiv id, a DOI or the address of a paper; undefined for the path of a file. */
export function seedPaper(seed: string): PaperId | undefined {
  const id = paperId({ arxiv: seed, doi: seed, url: seed });
  return id.startsWith('url:') && !/^https?:/i.test(seed) ? undefined : id;
}
