import { plainLine } from '../domain/paper.ts';
import type { ReadItem } from './collect.ts';
import { identityOf } from './paper-identity.ts';

const longestTitle = 300;
const shortestAbstract = 200;

/**
 * The papers in the plain text of a saved Daily Papers page: a paragraph that can be a title, then one that is long
 * enough for an abstract and looks like sentences. Everything else (menus, buttons, headings) is not a paper. The
 * page has no ids: each paper is known by its title.
 */
export function pagePapers(text: string): ReadItem[] {
  const items: ReadItem[] = [];
  let title = '';
  for (const paragraph of text.split(/\n[ \t]*\n/).map(plainLine)) {
    if (title !== '' && isAbstract(paragraph)) {
      items.push(paperOf(title, paragraph));
      title = '';
    } else {
      title = paragraph.length <= longestTitle ? paragraph : '';
    }
  }
  return items;
}

function isAbstract(paragraph: string): boolean {
  return paragraph.length >= shortestAbstract && /[.!?]\s|[.!?]$/.test(paragraph);
}

function paperOf(title: string, abstract: string): ReadItem {
  const identity = identityOf({ title });
  return {
    sourceKey: title,
    kind: 'new',
    paper: { ...identity, title, abstract, authors: [], categories: [], keywords: [] },
    signals: [],
  };
}
