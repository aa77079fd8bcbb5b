import { cleanText } from '../text.ts';
import { unicodeMaths } from '../maths.ts';
import { plainLine } from '../../domain/paper.ts';
import type { Citation } from './citation.ts';

/**
 * One record of a `.ris` file in UTF-8 (the RIS format of reference managers): `TY  - ` first, `ER  - ` last, lines
 * ended by CR LF, one value a line.
 */
export function ris(cited: Citation): string {
  const tags: readonly (readonly [string, string | undefined])[] = [
    ['TY', 'UNPB'],
    ...cited.authors.map((name) => ['AU', lastNameFirst(text(name))] as const),
    ['TI', text(cited.title)],
    ['PY', cited.year],
    ['DA', cited.day],
    ['AN', cited.arxivId && `arXiv:${cited.arxivId}`],
    ['DO', cited.doi && text(cited.doi)],
    ['UR', cited.url],
    ['N1', cited.hasMore ? 'The list of authors is longer.' : undefined],
  ];
  const lines = tags.flatMap(([tag, value]) => (value ? [`${tag}  - ${value}`] : []));
  return [...lines, 'ER  - ', ''].join('\r\n');
}

/** The record as an address that a browser saves as a file: a file of its own for each paper would be too many. */
export function risAddress(cited: Citation): string {
  return `data:application/x-research-info-systems;charset=utf-8,${encodeURIComponent(ris(cited).toWellFormed())}`;
}

function text(value: string): string {
  return plainLine(unicodeMaths(cleanText(value)));
}

/** `Ines Okafor` is `Okafor, Ines`; names of one word, with a comma, or of a group stay as they are. */
function lastNameFirst(name: string): string {
  const words = name.split(' ');
  if (words.length < 2 || words.length > 5 || /,|\b(?:team|group|collaboration|the|and)\b/i.test(name))
    return name;
  const lower = words.findIndex((word, index) => index > 0 && /^\p{Ll}/u.test(word));
  const from = lower === -1 ? words.length - 1 : lower;
  return `${words.slice(from).join(' ')}, ${words.slice(0, from).join(' ')}`;
}
