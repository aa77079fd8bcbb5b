import type { PaperRecord } from '../domain/paper.ts';

/** A vector with few entries, by ascending index; its length (L2) is 1, or 0 when it has no entry. */
export interface SparseVector {
  readonly indices: Uint32Array;
  readonly values: Float32Array;
}

/** What a corpus tells of the weight of words. A word is known by its hash alone: a bucket, 0 to 2 ** bits - 1. */
export interface WordModel {
  readonly bits: number;
  /** Texts it was fitted on. */
  readonly papers: number;
  /** Inverse document frequency by bucket, at least 1. */
  readonly weights: Float32Array;
}

/** As good as real words on recordings, and nothing to keep but numbers. */
const usualBits = 16;

/** What of a paper is compared with others. */
export type PaperText = Pick<PaperRecord, 'id' | 'title' | 'abstract'>;

/** By id, in the order of code units. */
export function byId(a: PaperText, b: PaperText): number {
  return a.id < b.id ? -1 : 1;
}

/** What a paper is judged by: the title counts twice. */
export function paperText(paper: Pick<PaperText, 'title' | 'abstract'>): string {
  return `${paper.title} ${paper.title} ${paper.abstract}`;
}

/** Words of two and more letters, digits and `_`, of any script, in lower case, in the text's order. */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}\p{M}_]{2,}/gu) ?? [];
}

/** The bucket of a word: FNV-1a over its UTF-16 units, mixed (MurmurHash3's last step), the low `bits` bits. */
export function bucketOf(word: string, bits: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at += 1) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) & (2 ** bits - 1);
}

/**
 * The word weights of a corpus, ln((1 + texts) / (1 + texts with the word)) + 1. `bits` is 1 to 24. The order of
 * the texts does not matter.
 */
export function fitWords(texts: Iterable<string>, bits: number = usualBits): WordModel {
  const counts = new Uint32Array(2 ** bits);
  let papers = 0;
  for (const text of texts) {
    papers += 1;
    let last = -1;
    for (const bucket of bucketsOf(text, bits)) {
      if (bucket !== last) counts[bucket] = (counts[bucket] ?? 0) + 1;
      last = bucket;
    }
  }
  const weights = Float32Array.from(counts, (count) => Math.log((1 + papers) / (1 + count)) + 1);
  return { bits, papers, weights };
}

/** TF-IDF with 1 + ln(count), scaled to length 1; a text without a word has no entry. */
export function wordVector(text: string, model: WordModel): SparseVector {
  const buckets = bucketsOf(text, model.bits);
  const indices = new Uint32Array(buckets.length);
  const raw = new Float64Array(buckets.length);
  let [entries, squares] = [0, 0];
  for (let from = 0, to = 0; from < buckets.length; from = to) {
    const bucket = buckets[from] ?? 0;
    while (buckets[to] === bucket) to += 1;
    const value = (1 + Math.log(to - from)) * (model.weights[bucket] ?? 0);
    squares += value * value;
    indices[entries] = bucket;
    raw[entries] = value;
    entries += 1;
  }
  const length = Math.sqrt(squares) || 1;
  const values = new Float32Array(entries);
  for (let at = 0; at < entries; at += 1) values[at] = (raw[at] ?? 0) / length;
  return { indices: indices.slice(0, entries), values };
}

/** The buckets of all words of a text, in order, each as often as it occurs. */
function bucketsOf(text: string, bits: number): Uint32Array {
  const words = wordsOf(text);
  const buckets = new Uint32Array(words.length);
  for (const [at, word] of words.entries()) buckets[at] = bucketOf(word, bits);
  return buckets.toSorted();
}
