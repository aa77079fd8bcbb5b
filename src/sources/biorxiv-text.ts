import { plainLine, type Author } from '../domain/paper.ts';

/** A figure or table: a heading, HTML attributes and internal numbers that change from answer to answer. */
const figures =
  /(?:[Gg]raphical [Aa]bstract|GRAPHICAL ABSTRACT|TOC [Gg]raphic)? ?O_(?:FIG|TBL)\b.*?(?:C_(?:FIG|TBL)|$)/g;
/** Headings, list items, lists, boxes and quotes end words; small capitals stand inside them. */
const blockMarks = /[OC]_(?:ST_ABS|LI|LST|TEXTBOX|QD|TABLECAPTION)/g;
const inlineMarks = /[OC]_(?:SCPLOW|SCPCAP)/g;

/**
 * The text of a title or abstract without the marks that the server's conversion leaves in it (`O_ST_ABS`, `C_LI`,
 * `O_SCPLOW` and whole figures), on one line. `NA`, the server's word for nothing, is empty.
 */
export function biorxivText(text: string): string {
  const marked = plainLine(text);
  const plain = marked.replace(figures, ' ').replace(blockMarks, ' ').replace(inlineMarks, '');
  return plain === 'NA' ? '' : plainLine(plain);
}

/** `biorxivText` without the heading ABSTRACT, which often runs into the first word: `ABSTRACTWe`. */
export function biorxivAbstract(text: string): string {
  return biorxivText(text).replace(/^ABSTRACT(?:[:.]? |(?=\p{Lu}\p{Ll}|\p{Lu} ))/u, '');
}

/** One or more initials, `J. A.` or `J.-P.`; a name that is written out stays where it is. */
const initials = /^(?:\p{Lu}\p{Ll}{0,2}\.[ -]?)+$/u;

/** The authors of `Last, F. M.; A Consortium, of Sorts`: initials before the name, everything else as it stands. */
export function biorxivAuthors(authors: string): Author[] {
  return authors
    .split(';')
    .map((author) => {
      const name = plainLine(author);
      const [last = '', first = '', ...more] = name.split(/\s*,\s*/);
      const isInverted = more.length === 0 && last !== '' && initials.test(first);
      return { name: isInverted ? `${first} ${last}` : name };
    })
    .filter(({ name }) => name !== '' && name !== 'NA');
}
