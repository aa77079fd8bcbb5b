import type { LinearModel } from './ridge.ts';
import { bucketOf, wordsOf, type SparseVector, type WordModel } from './words.ts';

/** One summand of a linear model's value. */
export interface Term {
  readonly name: string;
  readonly share: number;
}

const namedWords = 3;

/** The three words of a text that move a model's value most, then `other words` together; none where it has no word. */
export function strongestWords(
  text: string,
  vector: SparseVector,
  words: WordModel,
  model: LinearModel,
): readonly Term[] {
  const names = new Map<number, string>();
  for (const word of wordsOf(text)) {
    const bucket = bucketOf(word, words.bits);
    if (!names.has(bucket)) names.set(bucket, word);
  }
  const terms = Array.from(vector.indices, (bucket, at) => ({
    name: `“${names.get(bucket) ?? ''}”`,
    share: (vector.values[at] ?? 0) * (model.words[bucket] ?? 0),
  })).toSorted((a, b) => Math.abs(b.share) - Math.abs(a.share) || (a.name < b.name ? -1 : 1));
  const rest = terms.slice(namedWords).reduce((sum, term) => sum + term.share, 0);
  return terms.length === 0 ? [] : [...terms.slice(0, namedWords), { name: 'other words', share: rest }];
}
