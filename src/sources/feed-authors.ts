import type { Author } from '../domain/paper.ts';
import { plainText } from './feed-html.ts';

/** `A.`, `A. B.`, `J.-F.`, `AB`: initials after a family name. */
const initials = /^(?:\p{Lu}\.?[\s-]?){1,4}$/u;

/**
 * The authors of an entry, in order, each once. One text can hold one name or all of them: `name@x (Real Name)` of RSS
 * 2.0, `A One, B Two and C Three`, `One, A.; Two, B.`, and `ONE, A., TWO, B.` as bioRxiv writes it. Where one cannot
 * tell (`Family, Given`) it is one name as it stands. What is in parentheses, an affiliation, is left out; an e-mail
 * address alone is no name.
 */
export function feedAuthors(texts: readonly string[]): Author[] {
  const names = texts.flatMap((text) => namesIn(plainText({ text, type: 'html' }), texts.length > 1));
  return [...new Set(names)].map((name) => ({ name }));
}

function namesIn(line: string, isOneOfSeveral: boolean): string[] {
  const text = withoutParentheses(withoutAddress(line));
  if (!/\p{L}/u.test(text)) return [];
  if (text.includes(';')) return tidy(text.split(';'));
  const parts = tidy(text.replace(/,? (?:and|&) /g, ', ').split(','));
  if (parts.length === 1) return parts;
  if (parts.every((part) => part.includes(' ') && !initials.test(part))) return parts;
  const isPaired = parts.length % 2 === 0 && parts.every((part, at) => at % 2 === 0 || initials.test(part));
  if (!isPaired || isOneOfSeveral) return tidy([text]);
  return parts.flatMap((part, at) => (at % 2 === 0 ? [`${parts[at + 1] ?? ''} ${part}`] : []));
}

function tidy(names: readonly string[]): string[] {
  return names.map((name) => name.replace(/ {2,}/g, ' ').trim()).filter((name) => name !== '');
}

/** `name@x (Real Name)` is Real Name; an e-mail address anywhere else is left out. */
function withoutAddress(line: string): string {
  if (!line.includes('@') || line.length > 1000) return line;
  const [, inParentheses] = /^[^\s@()]+@[^\s@()]+ ?\((.+)\)$/.exec(line) ?? [];
  return inParentheses ?? line.replace(/[<(]?[^\s@<>()]{1,64}@[^\s@<>()]{1,255}[>)]?/g, ' ');
}

/** Without what stands in parentheses, where they match. */
function withoutParentheses(text: string): string {
  if (!text.includes('(')) return text;
  const kept: string[] = [];
  let depth = 0;
  for (const part of text.split(/([()])/)) {
    if (part === '(') depth += 1;
    else if (part === ')') depth -= 1;
    else if (depth === 0) kept.push(part);
    if (depth < 0) return text;
  }
  return depth === 0 ? kept.join(' ').replace(/ {2,}/g, ' ') : text;
}
