import type { PaperId } from '../domain/paper.ts';
import { phraseWords } from './phrases.ts';
import { textVectors } from './text-vectors.ts';
import { byId, paperText, type PaperText } from './words.ts';

/** Papers near to seeds, and what seeds have in common. It suggests; what belongs to a topic its rules decide. */
export interface Suggestions {
  /** Nearest first, ties by id; none of the seeds is among them. */
  readonly papers: readonly { readonly id: PaperId; readonly nearness: number }[];
  /** Phrases that the seeds have much oftener than the pool, most telling first. */
  readonly phrases: readonly TypicalPhrase[];
}

export interface TypicalPhrase {
  readonly phrase: string;
  /** Seeds that have it. */
  readonly seeds: number;
  /** Papers of the pool that have it. */
  readonly pool: number;
}

const centroidWords = 300;
const longestPhrase = 3;
/** Each is compared with each. */
const mostPhrases = 500;
/** A word that so many of the pool have is no start and no end of a phrase, and says nothing alone. */
const commonFrom = 0.15;
const leastLogRatio = Math.log(4);

/**
 * The `paperCount` papers of the pool that are nearest to the seeds, and the `phraseCount` phrases typical of
 * them. Nearness is the cosine to the seeds' mean less the mean of all, cut to its 300 weightiest words: 0 to 1,
 * to be compared within one answer only. The order of the two lists does not matter.
 */
export function suggestFromSeeds(input: {
  readonly seeds: readonly PaperText[];
  readonly pool: readonly PaperText[];
  readonly paperCount: number;
  readonly phraseCount: number;
}): Suggestions {
  const seedIds = new Set(input.seeds.map(({ id }) => id));
  const seeds = input.seeds.toSorted(byId);
  const pool = input.pool.filter(({ id }) => !seedIds.has(id)).toSorted(byId);
  const near = nearness(seeds.map(paperText), pool.map(paperText));
  const papers = pool
    .map(({ id }, place) => ({ id, nearness: near[place] ?? 0 }))
    .filter((paper) => paper.nearness > 0)
    .toSorted((a, b) => b.nearness - a.nearness || (a.id < b.id ? -1 : 1))
    .slice(0, input.paperCount);
  return { papers, phrases: typicalPhrases(seeds, pool).slice(0, input.phraseCount) };
}

/** How near each text of the pool is to the centroid of the seeds. */
function nearness(seeds: readonly string[], pool: readonly string[]): readonly number[] {
  const { vectors, words } = textVectors([...seeds, ...pool]);
  const centroid = new Float64Array(words.length);
  for (const [place, { indices, values }] of vectors.entries()) {
    const share = (place < seeds.length ? 1 / seeds.length : 0) - 1 / vectors.length;
    for (const [entry, word] of indices.entries()) {
      centroid[word] = (centroid[word] ?? 0) + share * (values[entry] ?? 0);
    }
  }
  const bar = Math.max(0, centroid.toSorted().at(-centroidWords) ?? 0);
  const kept = centroid.map((weight) => (weight > 0 && weight >= bar ? weight : 0));
  const length = Math.sqrt(kept.reduce((sum, weight) => sum + weight * weight, 0)) || 1;
  return vectors.slice(seeds.length).map(({ indices, values }) => {
    let sum = 0;
    for (const [entry, word] of indices.entries()) sum += (values[entry] ?? 0) * (kept[word] ?? 0);
    return sum / length;
  });
}

/**
 * Phrases of at most three words that the seeds have four times as often as the pool or oftener, by the share of
 * the seeds times the squared logarithm of that ratio; the pool has them too, for what nobody else writes would
 * find nothing. Of phrases inside each other the longest that nearly as many seeds have.
 */
function typicalPhrases(seeds: readonly PaperText[], pool: readonly PaperText[]): readonly TypicalPhrase[] {
  const inSeeds = countPhrases(seeds, () => true);
  const fewestSeeds = seeds.length > 2 ? 2 : 1;
  const inPool = countPhrases(pool, (phrase) => (inSeeds.get(phrase) ?? 0) >= fewestSeeds);
  const isCommon = (word: string): boolean => (inPool.get(word) ?? 0) > commonFrom * pool.length;
  const logRatio = ({ seeds: own, pool: others }: TypicalPhrase): number =>
    Math.log((own / seeds.length) * ((1 + pool.length) / (1 + others)));
  const score = (found: TypicalPhrase): number => (found.seeds / seeds.length) * logRatio(found) ** 2;
  const ranked = [...inSeeds]
    .map(([phrase, count]) => ({ phrase, seeds: count, pool: inPool.get(phrase) ?? 0 }))
    .filter(({ phrase, seeds: count }) => {
      const words = phrase.split(' ');
      const isBounded = !isCommon(words[0] ?? '') && !isCommon(words.at(-1) ?? '');
      return count >= fewestSeeds && isBounded && /\p{L}{2}/u.test(phrase);
    })
    .filter((found) => found.pool > 0 && logRatio(found) >= leastLogRatio)
    .toSorted((a, b) => score(b) - score(a) || (a.phrase < b.phrase ? -1 : 1))
    .slice(0, mostPhrases);
  return ranked.filter(
    (found) =>
      !ranked.some(
        (other) =>
          other.phrase !== found.phrase &&
          ` ${other.phrase} `.includes(` ${found.phrase} `) &&
          other.seeds >= 0.8 * found.seeds,
      ),
  );
}

/** In how many papers each phrase stands, title or abstract; no phrase reaches over a punctuation mark. */
function countPhrases(
  papers: readonly PaperText[],
  isWanted: (phrase: string) => boolean,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { title, abstract } of papers) {
    const own = new Set<string>();
    for (const text of [title, abstract]) {
      const words = phraseWords(text);
      for (let at = 0; at < words.length; at += 1) {
        let phrase = '';
        for (const word of words.slice(at, at + longestPhrase)) {
          if (!/^[\p{L}\p{N}]/u.test(word)) break;
          phrase = phrase === '' ? word : `${phrase} ${word}`;
          if (isWanted(phrase)) own.add(phrase);
        }
      }
    }
    for (const phrase of own) counts.set(phrase, (counts.get(phrase) ?? 0) + 1);
  }
  return counts;
}
