import type { Author } from '../domain/paper.ts';
import { arxivAuthors } from './arxiv-authors.ts';
import { plainText } from './feed-html.ts';

/** `A.`, `A. B.`, `J.-F.`, `AB`: initials after a family name. */
const initials = /^(?:\p{Lu}\p{M}*\.?[\s-]*){1,4}$/u;

/**
 * The authors of an entry, in order, each once. One text can hold one name or all of them: `name@x (Real Name)` of RSS 2.0,
 * `A One, B Two and C Three`, `One, A.; Two, B.`, and `ONE, A., TWO, B.` as bioRxiv writes it. Where one cannot tell
 * (`Family, Given`) it is one name as it stands. An e-mail address alone is no name.
 */
export function feedAuthors(texts: readonly string[]): Author[] {
  const authors = new Map<string, Author>();
  for (const text of texts) {
    for (const author of authorsIn(plainText({ text, type: 'html' }), texts.length > 1)) {
      if (!authors.has(author.name)) authors.set(author.name, author);
    }
  }
  return [...authors.values()];
}

function authorsIn(line: string, isOneOfSeveral: boolean): Author[] {
  const [, inParentheses] = /^[^\s@]+@[^\s@]+\s*\((.+)\)$/.exec(line) ?? [];
  const text = inParentheses ?? line.replace(/\s*[<(]?\b[^\s@<>()]+@[^\s@<>()]+\.\w+[>)]?\s*/g, ' ').trim();
  const isPeople = /\p{L}/u.test(text);
  if (!isPeople) return [];
  if (text.includes(';')) return text.split(';').flatMap((name) => named(name));
  const list = text.replace(/,?\s+(?:and|&)\s+/g, ', ');
  const people = arxivAuthors(list);
  if (people.length > 1 && people.every(({ name }) => name.includes(' ') && !initials.test(name)))
    return people;
  const parts = list.split(',').map((part) => part.trim());
  const isPaired = parts.length % 2 === 0 && parts.every((part, at) => at % 2 === 0 || initials.test(part));
  if (isPaired && parts.length > 1 && !isOneOfSeveral) {
    return parts.flatMap((part, at) => (at % 2 === 0 ? named(`${parts[at + 1] ?? ''} ${part}`) : []));
  }
  return people.length === 1 ? people : named(text);
}

function named(text: string): Author[] {
  const name = text.trim();
  return name === '' ? [] : [{ name }];
}
