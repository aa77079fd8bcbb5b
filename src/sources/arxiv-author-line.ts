import { plainLine, type Author } from '../domain/paper.ts';
import { arxivAuthors } from './arxiv-authors.ts';
import { texAccents } from './tex-accents.ts';

/**
 * The authors of one line as their submitter wrote it (listing mails, `arXivRaw`): names joined with commas and
 * `and`, TeX accents, a collaboration before a colon, affiliations in parentheses or as numbers that a list in
 * double parentheses at the end explains. A lone colon is nobody.
 */
export function arxivAuthorLine(line: string): Author[] {
  const text = plainLine(texAccents(line).replaceAll('~', ' '));
  const listAt = text.search(/\(\(1\)/);
  const affiliations = listAt < 0 ? new Map<string, string>() : numbered(text.slice(listAt));
  const names = listAt < 0 ? text : text.slice(0, listAt);
  const [, group = '', members = names] = /^([^,:()]*)\s*:\s*(.*)$/s.exec(names) ?? [];
  const authors = arxivAuthors(withCommas(members)).map(({ name, affiliation }) =>
    affiliation === undefined ? { name } : explained(name, affiliation, affiliations),
  );
  const collaboration = plainLine(group);
  return collaboration === '' ? authors : [{ name: collaboration }, ...authors];
}

/** `and`, `&` and colons as commas, outside parentheses. */
function withCommas(text: string): string {
  let depth = 0;
  return text
    .split(/([()])/)
    .map((part) => {
      if (part === '(') depth += 1;
      else if (part === ')') depth -= 1;
      else if (depth === 0) return part.replace(/(?:^|\s+)(?:and|&)(?=\s|$)|\s*:(?=\s|$)/g, ',');
      return part;
    })
    .join('');
}

/** `((1) Here, (2) There)` as a map from number to place. */
function numbered(list: string): Map<string, string> {
  const inner = list.replace(/^\(/, '').replace(/\)\s*$/, '');
  const places = inner.split(/\((\d+)\)/).slice(1);
  const found = new Map<string, string>();
  for (let at = 0; at + 1 < places.length; at += 2) {
    // Only from the start of a run: else a long run that is not at the end would be gone through again and again.
    found.set(places[at] ?? '', plainLine((places[at + 1] ?? '').replace(/(?<![\s,;])[\s,;]+$/, '')));
  }
  return found;
}

function explained(name: string, affiliation: string, places: ReadonlyMap<string, string>): Author {
  if (!/^\d+(?:\s*(?:,|and|&)\s*\d+)*$/.test(affiliation)) return { name, affiliation };
  const known = (affiliation.match(/\d+/g) ?? []).map((number) => places.get(number) ?? '');
  const joined = known.filter((place) => place !== '').join('; ');
  return joined === '' ? { name } : { name, affiliation: joined };
}
