import { stemOf } from './search-stem.ts';

/** A word of a text as search sees it, and where it stands. */
export interface SearchWord {
  /** Folded: what `Łukasz` and `lukasz` have in common. */
  readonly folded: string;
  /** Folded and without inflection: what `agents` and `Agent` have in common. */
  readonly stem: string;
  /** First and last UTF-16 unit in the text, the last one not included. */
  readonly start: number;
  readonly end: number;
}

const longestWord = 64;

const run = /[\p{L}\p{N}\p{M}]+/gu;
/** These are written without spaces, or with endings joined to their words: each sign counts as a word, so that any part is found. */
const unspaced =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]\p{M}*/u;
const parts = new RegExp(`${unspaced.source}|(?:(?!${unspaced.source})[^])+`, 'gu');

/** Letters that Unicode does not take apart, as names are written without them. */
const plainLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
};

/**
 * The words of a text in order: runs of letters, digits and marks (Unicode), folded. What divides them is not
 * searched; `fine-tuning` is two words. The stored index and every query are made by this one function.
 */
export function searchWords(text: string): readonly SearchWord[] {
  const words: SearchWord[] = [];
  // Most text is ASCII, which needs none of the rest.
  if (isAscii(text)) {
    for (const { 0: found, index } of text.toLowerCase().matchAll(/[a-z0-9]+/g)) {
      words.push(searchWord(found, index, found.length));
    }
    return words;
  }
  for (const { 0: found, index } of text.matchAll(run)) {
    if (isAscii(found)) {
      words.push(searchWord(found.toLowerCase(), index, found.length));
      continue;
    }
    for (const { 0: part, index: offset } of found.matchAll(parts)) {
      const folded = foldedWord(part);
      if (folded !== '') words.push(searchWord(folded, index + offset, part.length));
    }
  }
  return words;
}

function isAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}

function searchWord(folded: string, start: number, length: number): SearchWord {
  const kept = folded.slice(0, longestWord);
  return { folded: kept, stem: stemOf(kept), start, end: start + length };
}

/** In lower case, compatible forms as the usual ones (`ﬁ`, `₂`), without accents; only letters, digits and marks are left. */
function foldedWord(word: string): string {
  return word
    .toWellFormed()
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]+/g, '')
    .normalize('NFC')
    .replace(/[ßæœøłđðþħı]/g, (letter) => plainLetters[letter] ?? letter)
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '');
}
