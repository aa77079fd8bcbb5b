import { cutAtFormulas } from '../formula-marks.ts';
import { unicodeMaths } from '../maths.ts';
import { cleanText } from '../text.ts';
import type { Citation } from './citation.ts';

/**
 * One entry of a `.bib` file in UTF-8 (BibTeX's own manual, "BibTeXing", 1988; eprint fields as arXiv writes them).
 *
 * A field holds balanced braces and no command that the title did not have inside a formula. The title keeps its
 * capitals by a second pair of braces. Ends with a newline.
 */
export function bibtex(cited: Citation): string {
  const authors = [...cited.authors.map(author), ...(cited.hasMore ? ['others'] : [])].join(' and ');
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['title', `{${title(cited.title)}}`],
    ['author', authors === '' ? undefined : authors],
    ['year', cited.year],
    ['eprint', cited.arxivId],
    ['archivePrefix', cited.arxivId === undefined ? undefined : 'arXiv'],
    ['primaryClass', cited.primaryClass],
    ['doi', cited.doi && literal(cited.doi)],
    ['url', cited.url && literal(cited.url)],
  ];
  const lines = fields.flatMap(([name, value]) => (value ? [`  ${name} = {${value}}`] : []));
  return `@misc{${key(cited)},\n${lines.join(',\n')}\n}\n`;
}

const signs: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\textbraceleft{}',
  '}': '\\textbraceright{}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '%': '\\%',
  _: '\\_',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
};

/** Text for TeX: signs that mean something to it are written as commands; `\{` would not do, BibTeX counts it as a brace. */
function escaped(text: string): string {
  return cleanText(text).replace(/[\\{}$&#%_^~]/g, (sign) => signs[sign] ?? sign);
}

/** An address or a DOI: packages read it as it is, so that only what would end the field is replaced. */
function literal(text: string): string {
  return cleanText(text).replace(/[{}\\%\s]/g, (sign) => encodeURIComponent(sign));
}

/** A formula stays as it is when it is plain; other TeX is read as text first. */
function title(text: string): string {
  return cutAtFormulas(text)
    .map((piece) => {
      if ('text' in piece) return escaped(unicodeMaths(piece.text));
      const tex = piece.formula.tex.trim();
      return isPlainTex(tex) ? `$${tex}$` : escaped(unicodeMaths(piece.source));
    })
    .join('');
}

/** ASCII, its braces balanced (BibTeX counts every brace, also one after a backslash), and nothing that ends the formula. */
function isPlainTex(tex: string): boolean {
  if (!/^(?:[^\\%&$]|\\[a-zA-Z$%#&_,;:!|()[\] \\])*$/.test(tex) || !/^[ -~]*$/.test(tex)) return false;
  let open = 0;
  for (const [sign] of tex.matchAll(/[{}]/g)) {
    open += sign === '{' ? 1 : -1;
    if (open < 0) return false;
  }
  return open === 0;
}

/** A name in `First von Last` order; one that BibTeX would cut (comma, the word "and", "others") is one word to it. */
function author(name: string): string {
  const text = escaped(unicodeMaths(name));
  return /,|(?:^|\s)and(?:\s|$)/i.test(text) || /^others$/i.test(text) ? `{${text}}` : text;
}

/** `okafor2026agents`: the first author's last name, the year, the first long word of the title; ASCII letters and digits. */
function key({ authors, year, title: titleText, arxivId }: Citation): string {
  const [first = ''] = authors;
  const word =
    ascii(unicodeMaths(titleText))
      .split(/[^a-z0-9]+/)
      .find((one) => one.length > 3) ?? '';
  const made = `${ascii(first).split(/\s+/).at(-1) ?? ''}${year ?? ''}${word}`.replace(/[^a-z0-9]/g, '');
  return /^[a-z]/.test(made) ? made : `paper${(arxivId ?? made).replace(/[^a-z0-9]/gi, '')}`;
}

function ascii(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
