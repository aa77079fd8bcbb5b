import { labelKinds, paperExtras, type LabelKind } from './search-text.ts';
import { searchWords } from './search-words.ts';
import type { CalendarDate } from './time.ts';

/** Where a word is looked for; `text` is title, abstract or an author's name. */
export const wordFields = ['title', 'abstract', 'author', 'lab'] as const;
export type WordField = 'text' | (typeof wordFields)[number];

/** Words that stand beside each other in this order, in any inflection. */
export interface SearchTerm {
  readonly kind: 'term';
  readonly field: WordField;
  /** As written, without quotes; at least one word as `searchWords` sees them, at most `mostWords`. */
  readonly words: string;
}

export interface SearchLabel {
  readonly kind: 'label';
  readonly label: LabelKind;
  readonly value: string;
}

export type SearchNode =
  | SearchTerm
  | SearchLabel
  | { readonly kind: 'not'; readonly node: SearchNode }
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly SearchNode[] };

/** `relevance`: papers with the words in their title first. In each order those met last come first among equals. */
export const searchSorts = ['newest', 'votes', 'relevance'] as const;
export type SearchSort = (typeof searchSorts)[number];

/** Which papers are looked for. Without a node every paper is. */
export interface Search {
  readonly node?: SearchNode;
  /** The first day, counted. */
  readonly after?: CalendarDate;
  /** The day after the last one. */
  readonly before?: CalendarDate;
}

export const longestSearch = 2_000;
/** Words that are looked for, those in phrases counted too: each costs a look at every paper that has it. */
export const mostWords = 32;

/** All of these at once; undefined when there is none. */
export function allOf(nodes: readonly (SearchNode | undefined)[]): SearchNode | undefined {
  return joined('and', nodes);
}

/** One node for several; of one itself; undefined for none. */
export function joined(
  kind: 'and' | 'or',
  nodes: readonly (SearchNode | undefined)[],
): SearchNode | undefined {
  const given = nodes.filter((node) => node !== undefined);
  const [first] = given;
  return given.length > 1 ? { kind, nodes: given } : first;
}

/** A word to be looked for; undefined when nothing in it is a word. */
export function termOf(field: WordField, written: string): SearchTerm | undefined {
  const words = searchWords(written);
  if (words.length === 0) return undefined;
  return { kind: 'term', field, words: written.slice(0, words[mostWords - 1]?.end) };
}

/** The terms that speak for a paper, in the order in which they were written; those after a minus are not among them. */
export function wantedTerms(node: SearchNode | undefined, isWanted = true): readonly SearchTerm[] {
  switch (node?.kind) {
    case 'term':
      return isWanted ? [node] : [];
    case 'not':
      return wantedTerms(node.node, !isWanted);
    case 'and':
    case 'or':
      return node.nodes.flatMap((inner) => wantedTerms(inner, isWanted));
    default:
      return [];
  }
}

/** The same with every word that may stand anywhere looked for in the title alone; undefined when there is none. */
export function inTitle(node: SearchNode | undefined): SearchNode | undefined {
  return wantedTerms(node).some(({ field }) => field === 'text') ? titled(node) : undefined;
}

function titled(node: SearchNode | undefined, isWanted = true): SearchNode | undefined {
  switch (node?.kind) {
    case 'term':
      return isWanted && node.field === 'text' ? { ...node, field: 'title' } : node;
    case 'not': {
      const inner = titled(node.node, !isWanted);
      return inner && { kind: 'not', node: inner };
    }
    case 'and':
    case 'or':
      return joined(
        node.kind,
        node.nodes.map((inner) => titled(inner, isWanted)),
      );
    default:
      return node;
  }
}

/** The words as one phrase in the title, where they are several that must all be there; else undefined. */
export function titlePhrase(node: SearchNode | undefined): SearchTerm | undefined {
  if (node?.kind !== 'and') return undefined;
  const words = node.nodes.flatMap((inner) =>
    inner.kind === 'term' && inner.field === 'text' ? [inner.words] : [],
  );
  return words.length > 1 ? termOf('title', words.join(' ')) : undefined;
}

/** Whether a word before a colon is one of the prefixes that the search box knows. */
export function isWordField(text: string): text is (typeof wordFields)[number] {
  return (wordFields as readonly string[]).includes(text);
}

export function isLabelKind(text: string): text is LabelKind {
  return (labelKinds as readonly string[]).includes(text);
}

export function isPaperExtra(text: string): text is (typeof paperExtras)[number] {
  return (paperExtras as readonly string[]).includes(text);
}
