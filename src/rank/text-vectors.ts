import { wordsOf, type SparseVector } from './words.ts';

/** Texts as TF-IDF vectors over a dictionary of their own, so that a place can be told as a word. */
export interface TextVectors {
  /** By index. */
  readonly words: readonly string[];
  /** The number of texts with the word, by index. */
  readonly textCounts: Uint32Array;
  /** One for each text, in their order. */
  readonly vectors: readonly SparseVector[];
}

/** In a small corpus nearly every telling word stands in one text, and says that the texts differ. */
const largeCorpus = 2000;

/**
 * Each text with (1 + ln count) times ln((1 + texts) / (1 + texts with the word)) + 1 for its words, scaled to
 * length 1. In a large corpus a word that no other text has is left out: then the recorded papers have 115 pairs
 * above a cosine of .4, 11 above .5 and 2 above .6, nearly all of them sequels.
 */
export function textVectors(texts: readonly string[]): TextVectors {
  const { words, counted } = countWords(texts);
  const textCounts = new Uint32Array(words.length);
  for (const { indices } of counted) {
    for (let entry = 0; entry < indices.length; entry += 1) {
      const at = indices[entry] ?? 0;
      textCounts[at] = (textCounts[at] ?? 0) + 1;
    }
  }
  const fewestTexts = texts.length < largeCorpus ? 1 : 2;
  const weights = new Float64Array(words.length);
  for (let at = 0; at < words.length; at += 1) {
    const count = textCounts[at] ?? 0;
    weights[at] = count < fewestTexts ? 0 : Math.log((1 + texts.length) / (1 + count)) + 1;
  }
  return { words, textCounts, vectors: counted.map((text) => weighted(text, weights)) };
}

/** The sum of products over the entries that both have. */
export function dot(a: SparseVector, b: SparseVector): number {
  let sum = 0;
  for (let i = 0, j = 0; i < a.indices.length && j < b.indices.length;) {
    const [left, right] = [a.indices[i] ?? 0, b.indices[j] ?? 0];
    if (left === right) sum += (a.values[i++] ?? 0) * (b.values[j++] ?? 0);
    else if (left < right) i += 1;
    else j += 1;
  }
  return sum;
}

interface CountedWords {
  /** Ascending. */
  readonly indices: Uint32Array;
  readonly counts: Uint32Array;
}

/** The words in the order of first meeting, and how often each text has them. Written for speed: 50,000 texts are usual. */
function countWords(texts: readonly string[]): {
  readonly words: readonly string[];
  readonly counted: readonly CountedWords[];
} {
  const places = new Map<string, number>();
  const counts: number[] = [];
  const counted = texts.map((text): CountedWords => {
    const met: number[] = [];
    for (const word of wordsOf(text)) {
      let at = places.get(word);
      if (at === undefined) {
        at = places.size;
        places.set(word, at);
        counts.push(0);
      }
      const count = counts[at] ?? 0;
      if (count === 0) met.push(at);
      counts[at] = count + 1;
    }
    const indices = new Uint32Array(met).toSorted();
    const own = new Uint32Array(indices.length);
    for (let entry = 0; entry < indices.length; entry += 1) {
      const at = indices[entry] ?? 0;
      own[entry] = counts[at] ?? 0;
      counts[at] = 0;
    }
    return { indices, counts: own };
  });
  return { words: [...places.keys()], counted };
}

function weighted({ indices, counts }: CountedWords, weights: Float64Array): SparseVector {
  const kept = new Uint32Array(indices.length);
  const values = new Float32Array(indices.length);
  let squares = 0;
  let size = 0;
  for (let entry = 0; entry < indices.length; entry += 1) {
    const at = indices[entry] ?? 0;
    const weight = weights[at] ?? 0;
    if (weight === 0) continue;
    const value = (1 + Math.log(counts[entry] ?? 1)) * weight;
    kept[size] = at;
    values[size] = value;
    squares += value * value;
    size += 1;
  }
  const length = Math.sqrt(squares) || 1;
  for (let entry = 0; entry < size; entry += 1) values[entry] = (values[entry] ?? 0) / length;
  return { indices: kept.subarray(0, size), values: values.subarray(0, size) };
}
