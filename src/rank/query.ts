import type { PaperRecord } from '../domain/paper.ts';
import type { QueryNode, QueryTerm } from '../domain/query.ts';
import { categoryPatterns, findCategory, type CategoryPatterns } from './categories.ts';
import { abstractCredit, belongsFrom, namedCredit, titleCredit, type Credit } from './credit.ts';
import { findPhrases, indexPhrases, parsePhrase, spelling } from './phrases.ts';
import type { Phrase, PhraseHit, PhraseIndex } from './phrases.ts';

/** A phrase of a query and where it is looked for; `text` is title or abstract. */
export interface QueryPhrase extends Phrase {
  readonly role: 'query';
  readonly field: 'text' | 'title' | 'abstract' | 'author' | 'lab';
}

type CompiledNode =
  | { readonly kind: 'phrase'; readonly phrase: QueryPhrase }
  | { readonly kind: 'category'; readonly patterns: CategoryPatterns }
  | { readonly kind: 'not'; readonly node: CompiledNode }
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly CompiledNode[] };

/** A query made ready for any number of papers. */
export interface CompiledQuery {
  readonly root: CompiledNode;
  /** Each spelling once in each field. */
  readonly phrases: readonly QueryPhrase[];
  /** What speaks for the query: everything that does not stand after NOT. */
  readonly wanted: {
    readonly phrases: readonly QueryPhrase[];
    readonly categories: CategoryPatterns;
  };
  readonly index: NameIndex & { readonly text: PhraseIndex<QueryPhrase> };
}

/** The author and lab phrases of one query or of many, ready to be looked for in one pass. */
export interface NameIndex {
  readonly authors: PhraseIndex<QueryPhrase>;
  readonly labs: PhraseIndex<QueryPhrase>;
  readonly hasAuthors: boolean;
  readonly hasLabs: boolean;
}

/** What was found in a paper; author and lab phrases with the name they stand in. */
export interface Finds {
  readonly title: ReadonlyMap<Phrase, PhraseHit>;
  readonly abstract: ReadonlyMap<Phrase, PhraseHit>;
  readonly names: ReadonlyMap<Phrase, string>;
  readonly categories: readonly string[];
}

/** A parsed query made ready. Phrases follow the rules of `parsePhrase`, in names too. */
export function compileQuery(query: QueryNode): CompiledQuery {
  const phrases = new Map<string, QueryPhrase>();
  const wanted = { phrases: new Set<QueryPhrase>(), categories: new Set<string>() };

  const phraseOf = (field: QueryPhrase['field'], words: string): QueryPhrase => {
    const key = `${field} ${spelling(words)}`;
    const phrase = phrases.get(key) ?? { ...parsePhrase(words, 'query'), role: 'query', field };
    phrases.set(key, phrase);
    return phrase;
  };
  const termOf = ({ field, words }: QueryTerm, isWanted: boolean): CompiledNode => {
    if (field === 'cat') {
      if (isWanted) wanted.categories.add(words);
      return { kind: 'category', patterns: categoryPatterns([words]) };
    }
    const phrase = phraseOf(field, words);
    if (isWanted) wanted.phrases.add(phrase);
    return { kind: 'phrase', phrase };
  };
  const compiled = (node: QueryNode, isWanted: boolean): CompiledNode => {
    switch (node.kind) {
      case 'term':
        return termOf(node, isWanted);
      case 'not':
        return { kind: 'not', node: compiled(node.node, !isWanted) };
      case 'and':
      case 'or':
        return { kind: node.kind, nodes: node.nodes.map((inner) => compiled(inner, isWanted)) };
    }
  };

  const root = compiled(query, true);
  const all = [...phrases.values()];
  return {
    root,
    phrases: all,
    wanted: { phrases: [...wanted.phrases], categories: categoryPatterns([...wanted.categories]) },
    index: { text: indexPhrases(all.filter(isOfText)), ...indexNames(all) },
  };
}

/** Whether a phrase is looked for in title or abstract. */
export function isOfText({ field }: QueryPhrase): boolean {
  return field !== 'author' && field !== 'lab';
}

/** The phrases for names among these, made ready for `findNames`. */
export function indexNames(phrases: readonly QueryPhrase[]): NameIndex {
  const authors = phrases.filter(({ field }) => field === 'author');
  const labs = phrases.filter(({ field }) => field === 'lab');
  return {
    authors: indexPhrases(authors),
    labs: indexPhrases(labs),
    hasAuthors: authors.length > 0,
    hasLabs: labs.length > 0,
  };
}

/** The phrases that stand in an author's name, or for labs in the organisation or an affiliation, each with the first such name. */
export function findNames(paper: PaperRecord, index: NameIndex): ReadonlyMap<Phrase, string> {
  const found = new Map<Phrase, string>();
  const look = (name: string | undefined, phrases: PhraseIndex<QueryPhrase>): void => {
    if (name === undefined) return;
    for (const phrase of findPhrases(name, phrases).keys()) {
      if (!found.has(phrase)) found.set(phrase, name);
    }
  };
  if (index.hasLabs) look(paper.organization, index.labs);
  if (index.hasAuthors || index.hasLabs) {
    for (const { name, affiliation } of paper.authors) {
      if (index.hasAuthors) look(name, index.authors);
      if (index.hasLabs) look(affiliation, index.labs);
    }
  }
  return found;
}

/** Whether the query holds for the paper. */
export function matchesQuery(paper: PaperRecord, query: CompiledQuery): boolean {
  return holds(query, {
    title: findPhrases(paper.title, query.index.text),
    abstract: findPhrases(paper.abstract, query.index.text),
    names: findNames(paper, query.index),
    categories: paper.categories,
  });
}

/** Whether the query holds where this was found. */
export function holds({ root }: CompiledQuery, finds: Finds): boolean {
  return isTrue(root, finds);
}

function isTrue(node: CompiledNode, finds: Finds): boolean {
  switch (node.kind) {
    case 'phrase':
      return isFound(node.phrase, finds);
    case 'category':
      return findCategory(finds.categories, node.patterns) !== undefined;
    case 'not':
      return !isTrue(node.node, finds);
    case 'and':
      return node.nodes.every((inner) => isTrue(inner, finds));
    case 'or':
      return node.nodes.some((inner) => isTrue(inner, finds));
  }
}

function isFound(phrase: QueryPhrase, { title, abstract, names }: Finds): boolean {
  switch (phrase.field) {
    case 'text':
      return title.has(phrase) || abstract.has(phrase);
    case 'title':
      return title.has(phrase);
    case 'abstract':
      return abstract.has(phrase);
    case 'author':
    case 'lab':
      return names.has(phrase);
  }
}

/**
 * What speaks for a query that holds: its wanted phrases as those of a topic's list, in the field they ask
 * for, and 2 each for a category, an author and a lab, however many. Together never less than belonging
 * takes, for whoever writes AND and NOT has said what belongs.
 */
export function queryCredits({ wanted }: CompiledQuery, finds: Finds): readonly Credit[] {
  const credits: Credit[] = [];
  const named = new Set<string>();
  const category = findCategory(finds.categories, wanted.categories);
  if (category !== undefined) credits.push(namedCredit(`category ${category}`));
  for (const phrase of wanted.phrases) {
    const inTitle = phrase.field !== 'abstract' && finds.title.get(phrase);
    if (inTitle) credits.push(titleCredit(inTitle));
    const inAbstract = phrase.field !== 'title' && finds.abstract.get(phrase);
    if (inAbstract) credits.push(abstractCredit(inAbstract));
    const name = finds.names.get(phrase);
    if (name !== undefined && !named.has(phrase.field)) {
      credits.push(namedCredit(`${phrase.field} ${name}`));
      named.add(phrase.field);
    }
  }
  const points = credits.reduce((sum, credit) => sum + credit.points, 0);
  const [first, ...others] = credits;
  return first && points < belongsFrom
    ? [{ ...first, points: first.points + belongsFrom - points }, ...others]
    : credits;
}
