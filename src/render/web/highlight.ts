import type { SearchTerm } from '../../domain/search.ts';
import { searchWords } from '../../domain/search-words.ts';
import { cut } from '../text.ts';

/** A piece of a text; those that were looked for are marked. */
export interface TextPart {
  readonly text: string;
  readonly isHit: boolean;
}

/** How the words of a text count: without inflection, or as they are, as in names. */
type Spelling = 'stem' | 'folded';

/** The text in pieces, what the terms look for in pieces of their own. Nothing of it is lost or escaped. */
export function markedParts(
  text: string,
  terms: readonly SearchTerm[],
  spelling: Spelling = 'stem',
): readonly TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  for (const { start, end } of hits(text, wantedWords(terms, spelling), spelling)) {
    if (end <= at) continue;
    if (start > at) parts.push({ text: text.slice(at, start), isHit: false });
    const from = Math.max(at, start);
    parts.push({ text: text.slice(from, end), isHit: true });
    at = end;
  }
  return at < text.length ? [...parts, { text: text.slice(at), isHit: false }] : parts;
}

/** Those of the texts in which a term stands; the terms are read once, for a paper can have thousands of authors. */
export function textsWithHit(
  texts: readonly string[],
  terms: readonly SearchTerm[],
  spelling: Spelling = 'stem',
): readonly string[] {
  const wanted = wantedWords(terms, spelling);
  return texts.filter((text) => hits(text, wanted, spelling).length > 0);
}

/** So much of a text before what was found is worth the room. */
const mostBefore = 240;
const keptBefore = 100;

/** At most about `maxLength` units of a text, with the first thing that was found in it. */
export function passage(text: string, terms: readonly SearchTerm[], maxLength: number): string {
  const first = hits(text, wantedWords(terms, 'stem'), 'stem')[0]?.start ?? 0;
  if (first <= mostBefore || text.length <= maxLength) return cut(text, maxLength);
  const from = text.indexOf(' ', first - keptBefore) + 1;
  return `… ${cut(text.slice(from > 0 && from <= first ? from : first), maxLength)}`;
}

interface Hit {
  readonly start: number;
  readonly end: number;
}

/** The words of each term, in order. */
function wantedWords(terms: readonly SearchTerm[], spelling: Spelling): readonly (readonly string[])[] {
  return terms.map((term) => searchWords(term.words).map((word) => word[spelling]));
}

/** In the order of the text; one can reach into the next. */
function hits(text: string, terms: readonly (readonly string[])[], spelling: Spelling): readonly Hit[] {
  if (terms.length === 0) return [];
  const words = searchWords(text);
  const places = Map.groupBy(words.keys(), (place) => words[place]?.[spelling] ?? '');
  const found = terms.flatMap((wanted) =>
    (places.get(wanted[0] ?? '') ?? []).flatMap((place) => {
      const isThere = wanted.every((word, offset) => words[place + offset]?.[spelling] === word);
      const [first, last] = [words[place], words[place + wanted.length - 1]];
      if (!isThere || !first || !last) return [];
      const { start, end } = { start: first.start, end: last.end };
      // No search finds what begins in one name and ends in the next.
      return spelling === 'folded' && /[,…]/.test(text.slice(start, end)) ? [] : [{ start, end }];
    }),
  );
  return found.toSorted((a, b) => a.start - b.start || b.end - a.end);
}
