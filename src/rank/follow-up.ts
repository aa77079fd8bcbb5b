import type { PaperId } from '../domain/paper.ts';
import { dot, textVectors, type TextVectors } from './text-vectors.ts';
import { byId, paperText, type PaperText, type SparseVector } from './words.ts';

/** The earlier paper that a paper goes on from, by nearness of their texts. */
export interface FollowUp {
  readonly of: PaperId;
  /** Of the two texts, 0.45 to 1. */
  readonly cosine: number;
  /** So near that they may be one paper under two ids: for a person to look at. */
  readonly isPossibleDuplicate: boolean;
}

/** Of the recorded papers of one day no pair is that near; of all days nearly every such pair is a sequel. */
const followsFrom = 0.45;
/** None was ever recorded, so this is a guess. */
const duplicateFrom = 0.9;
/** With fewer words of weight, as a title alone has, nearness is chance. */
const fewestWords = 20;
/** What the common words of a text may add to a cosine without being looked up. */
const commonShare = 0.3;

/**
 * For papers of `fresh` the nearest of `earlier`, and of those of `fresh` with a lower id, where one is near
 * enough; ties go to the lower id. A paper that is in both lists is not its own follow-up.
 *
 * The answer does not depend on the order of the lists. Weights of words come from both lists together, so
 * `earlier` should hold some thousands of papers; it costs a pass over their texts and little more.
 */
export function findFollowUps(
  fresh: readonly PaperText[],
  earlier: readonly PaperText[],
): ReadonlyMap<PaperId, FollowUp> {
  const papers = [...new Map([...fresh, ...earlier].map((paper) => [paper.id, paper])).values()].toSorted(
    byId,
  );
  const freshIds = new Set(fresh.map(({ id }) => id));
  const earlierIds = new Set(earlier.map(({ id }) => id));
  const texts = textVectors(papers.map(paperText));
  const vectorOf = (place: number): SparseVector => texts.vectors[place] ?? nothing;
  const rareOf = new Map<number, readonly Entry[]>();
  for (const [place, { id }] of papers.entries()) {
    if (freshIds.has(id) && vectorOf(place).indices.length >= fewestWords) {
      rareOf.set(place, rareEntries(vectorOf(place), texts.textCounts));
    }
  }
  const postings = indexEntries(rareOf, texts);

  const found = new Map<PaperId, FollowUp>();
  const sums = new Float64Array(papers.length);
  for (const [place, rare] of rareOf) {
    const paper = papers[place];
    let best: { readonly of: PaperId; readonly cosine: number } | undefined;
    for (const other of nearPlaces(rare, postings, texts.textCounts, sums)) {
      const candidate = papers[other];
      if (!paper || !candidate || other === place || vectorOf(other).indices.length < fewestWords) continue;
      if (!earlierIds.has(candidate.id) && other > place) continue;
      const cosine = dot(vectorOf(place), vectorOf(other));
      if (cosine < followsFrom) continue;
      const isNearer = best === undefined || cosine > best.cosine;
      if (isNearer || (cosine === best?.cosine && candidate.id < best.of))
        best = { of: candidate.id, cosine };
    }
    if (paper && best) found.set(paper.id, { ...best, isPossibleDuplicate: best.cosine >= duplicateFrom });
  }
  return found;
}

interface Entry {
  readonly word: number;
  readonly value: number;
}

/** For words that are rare in some fresh paper the papers that have them, as one list cut up by `starts`. */
interface Postings {
  /** By word, where its part begins; as long as `textCounts` says; -1 for a word that is not looked up. */
  readonly starts: Int32Array;
  readonly places: Uint32Array;
  readonly values: Float32Array;
}

const nothing: SparseVector = { indices: new Uint32Array(), values: new Float32Array() };

/**
 * The words of a text but the commonest, which together have at most the length `commonShare`: by Cauchy and
 * Schwarz they add no more than that to a cosine, and their lists of papers are by far the longest.
 */
function rareEntries({ indices, values }: SparseVector, textCounts: Uint32Array): readonly Entry[] {
  const entries = Array.from(indices, (word, at): Entry => ({ word, value: values[at] ?? 0 }));
  const commonFirst = entries.toSorted(
    (a, b) => (textCounts[b.word] ?? 0) - (textCounts[a.word] ?? 0) || a.word - b.word,
  );
  let squares = 0;
  const firstRare = commonFirst.findIndex(({ value }) => {
    squares += value * value;
    return squares > commonShare ** 2;
  });
  return firstRare < 0 ? [] : commonFirst.slice(firstRare);
}

function indexEntries(
  rareOf: ReadonlyMap<number, readonly Entry[]>,
  { vectors, textCounts }: TextVectors,
): Postings {
  const starts = new Int32Array(textCounts.length).fill(-1);
  let size = 0;
  for (const entries of rareOf.values()) {
    for (const { word } of entries) {
      if (starts[word] !== -1) continue;
      starts[word] = size;
      size += textCounts[word] ?? 0;
    }
  }
  const [places, values] = [new Uint32Array(size), new Float32Array(size)];
  const ends = starts.slice();
  for (const [place, vector] of vectors.entries()) {
    for (let entry = 0; entry < vector.indices.length; entry += 1) {
      const word = vector.indices[entry] ?? 0;
      const end = ends[word] ?? -1;
      if (end === -1) continue;
      places[end] = place;
      values[end] = vector.values[entry] ?? 0;
      ends[word] = end + 1;
    }
  }
  return { starts, places, values };
}

/** The places that can reach `followsFrom`. `sums` is all zeros before and after. */
function nearPlaces(
  rare: readonly Entry[],
  { starts, places, values }: Postings,
  textCounts: Uint32Array,
  sums: Float64Array,
): readonly number[] {
  const met: number[] = [];
  for (const { word, value } of rare) {
    const start = starts[word] ?? 0;
    const end = start + (textCounts[word] ?? 0);
    for (let at = start; at < end; at += 1) {
      const place = places[at] ?? 0;
      const sum = sums[place] ?? 0;
      if (sum === 0) met.push(place);
      sums[place] = sum + value * (values[at] ?? 0);
    }
  }
  const near = met.filter((place) => (sums[place] ?? 0) >= followsFrom - commonShare - 1e-6);
  for (const place of met) sums[place] = 0;
  return near;
}
