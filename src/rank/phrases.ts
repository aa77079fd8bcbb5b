import { UsageError } from '../errors.ts';

/** One word of a phrase: `s` may follow the last word, anything may follow a word written with `*`. */
interface WordPattern {
  readonly text: string;
  readonly ending: 'none' | 'plural' | 'any';
}

/** A phrase as written and as words to look for. */
export interface Phrase {
  readonly written: string;
  readonly words: readonly WordPattern[];
}

/** Phrases by what the first word in a text must be, so that one pass over a text finds them all. */
export interface PhraseIndex<P extends Phrase> {
  readonly byWord: ReadonlyMap<string, readonly P[]>;
  /** Phrases whose first word ends in `*`, by the start of it, of at most three characters. */
  readonly byStart: ReadonlyMap<string, readonly P[]>;
  /** The lengths of those starts. */
  readonly startLengths: readonly number[];
  /** By `startKey`, 1 where some phrase may begin with such a word: most words of a text end here. */
  readonly mayBegin: Uint8Array;
}

/** Where a phrase stands in a text. */
export interface PhraseHit {
  readonly count: number;
  /** The phrase as written; where it has a `*`, the words first found. */
  readonly shown: string;
}

/** Long enough that few phrases share it: most words of a text are then looked at once. */
const longestStart = 3;

const wordForm = /[\p{L}\p{M}\p{N}]+|[^\s\p{Pd}]/gu;

/**
 * A phrase read from a topic's rules. It is literal: words are runs of letters, marks and digits
 * (Unicode), every other character is a word of its own, spaces and hyphens only divide. `*` after a word
 * stands for any ending. Throws a UsageError that names `owner` when there is no word, or a `*` without one.
 */
export function parsePhrase(written: string, owner: string): Phrase {
  const words: WordPattern[] = [];
  for (const word of phraseWords(written.normalize('NFC'))) {
    const last = words.at(-1);
    if (word !== '*') words.push({ text: word, ending: 'none' });
    else if (last?.ending === 'none') words[words.length - 1] = { text: last.text, ending: 'any' };
    else throw new UsageError(`${owner}: "${written}": expected a word before each *, came none; write one`);
  }
  const last = words.at(-1);
  if (!last) throw new UsageError(`${owner}: "${written}": expected a phrase, came no word; remove it`);
  if (last.ending === 'none') words[words.length - 1] = { text: last.text, ending: 'plural' };
  return { written, words };
}

/** One spelling for all ways to write a phrase or a keyword: `Tool-Use` and `tool use` are equal. */
export function spelling(text: string): string {
  return phraseWords(text.normalize('NFC')).join(' ');
}

/** The phrases made ready for `findPhrases`. */
export function indexPhrases<P extends Phrase>(phrases: readonly P[]): PhraseIndex<P> {
  const byWord = new Map<string, P[]>();
  const byStart = new Map<string, P[]>();
  for (const phrase of phrases) {
    const [first] = phrase.words;
    if (!first) continue;
    if (first.ending === 'any') push(byStart, first.text.slice(0, longestStart), phrase);
    else push(byWord, first.text, phrase);
    if (first.ending === 'plural') push(byWord, `${first.text}s`, phrase);
  }
  const startLengths = [...new Set([...byStart.keys()].map((start) => start.length))].toSorted(
    (a, b) => a - b,
  );
  const mayBegin = new Uint8Array(2 ** 16);
  for (const word of byWord.keys()) mayBegin[startKey(word)] = 1;
  for (const start of byStart.keys()) {
    // A shorter start may be followed by anything.
    if (start.length < longestStart) mayBegin.fill(1);
    else mayBegin[startKey(start)] = 1;
  }
  return { byWord, byStart, startLengths, mayBegin };
}

/** Every phrase that stands in the text as whole words in any case, in the order of first meeting. `text` is NFC. */
export function findPhrases<P extends Phrase>(
  text: string,
  index: PhraseIndex<P>,
): ReadonlyMap<P, PhraseHit> {
  const words = phraseWords(text);
  const hits = new Map<P, PhraseHit>();
  const lookAt = (phrase: P, at: number): void => {
    if (!standsAt(phrase, words, at)) return;
    const hit = hits.get(phrase);
    hits.set(
      phrase,
      hit ? { ...hit, count: hit.count + 1 } : { count: 1, shown: shownAt(phrase, words, at) },
    );
  };
  for (const [at, word] of words.entries()) {
    if (index.mayBegin[startKey(word)] === 0) continue;
    for (const phrase of index.byWord.get(word) ?? []) lookAt(phrase, at);
    for (const length of index.startLengths) {
      for (const phrase of index.byStart.get(word.slice(0, length)) ?? []) lookAt(phrase, at);
    }
  }
  return hits;
}

/** A number below 65,536 of a word's first three characters. */
function startKey(word: string): number {
  const [first, second, third] = [word.charCodeAt(0), word.charCodeAt(1), word.charCodeAt(2)];
  return (Math.imul(first, 961) + Math.imul(second || 0, 31) + (third || 0)) & 0xffff;
}

function standsAt(phrase: Phrase, words: readonly string[], at: number): boolean {
  for (const [offset, pattern] of phrase.words.entries()) {
    if (!fits(words[at + offset], pattern)) return false;
  }
  return true;
}

function fits(word: string | undefined, { text, ending }: WordPattern): boolean {
  if (word === undefined) return false;
  if (ending === 'any') return word.startsWith(text);
  return word === text || (ending === 'plural' && word === `${text}s`);
}

function shownAt(phrase: Phrase, words: readonly string[], at: number): string {
  if (phrase.words.every((pattern) => pattern.ending !== 'any')) return phrase.written;
  return words.slice(at, at + phrase.words.length).join(' ');
}

/** The words of a text as phrases see them: runs of letters and digits in lower case, and every other mark but hyphens. */
export function phraseWords(text: string): readonly string[] {
  return text.toLowerCase().match(wordForm) ?? [];
}

function push<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
