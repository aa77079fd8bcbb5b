import type { SearchNode, SearchTerm, WordField } from '../domain/search.ts';
import { everyPaper, labelWord } from '../domain/search-text.ts';
import { searchWords, type SearchWord } from '../domain/search-words.ts';

/**
 * The search as an expression of SQLite's FTS5 ("Full-text Query Syntax"). Only words that `searchWords` and
 * `labelWord` made stand in it, each in quotes: nothing that somebody wrote is read as syntax.
 */
export function searchExpression(node: SearchNode): string {
  switch (node.kind) {
    case 'term':
      return termExpression(node);
    case 'label':
      return `labels : "${labelWord(node.label, node.value)}"`;
    case 'not':
      return `(${everything} NOT ${searchExpression(node.node)})`;
    case 'and':
    case 'or':
      return `(${node.nodes.map(searchExpression).join(node.kind === 'and' ? ' AND ' : ' OR ')})`;
  }
}

const everything = `labels : "${everyPaper}"`;

function termExpression({ field, words }: SearchTerm): string {
  const found = searchWords(words);
  const stems = phrase(found.map(({ stem }) => stem));
  const folded = phrase(found.map(({ folded }) => folded));
  const byField: Readonly<Record<WordField, string>> = {
    text: `({title abstract} : ${stems} OR authors : ${folded})`,
    title: `title : ${stems}`,
    abstract: `abstract : ${stems}`,
    author: `authors : ${folded}`,
    lab: `labs : ${folded}`,
  };
  return byField[field];
}

function phrase(words: readonly SearchWord['stem'][]): string {
  return `"${words.join(' ')}"`;
}
