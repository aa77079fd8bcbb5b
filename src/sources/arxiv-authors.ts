import { plainLine, type Author } from '../domain/paper.ts';

/**
 * The authors of arXiv's one `dc:creator` text: names joined with commas, affiliations in parentheses, which may
 * hold commas and parentheses themselves. Where the parentheses do not match they are ordinary characters.
 */
export function arxivAuthors(creator: string): Author[] {
  return splitOutsideParentheses(creator)
    .map((part) => {
      const text = plainLine(part);
      const open = text.endsWith(')') ? text.indexOf('(') : -1;
      if (open === -1) return { name: text };
      const [name, affiliation] = [text.slice(0, open).trim(), text.slice(open + 1, -1).trim()];
      return affiliation === '' ? { name } : { name, affiliation };
    })
    .filter(({ name }) => name !== '');
}

function splitOutsideParentheses(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
    if (depth < 0) return text.split(',');
  }
  return depth === 0 ? [...parts, text.slice(start)] : text.split(',');
}
