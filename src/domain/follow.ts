import type { EditionPaper } from './edition.ts';

/** An author or a lab whose papers have feeds of their own. */
export interface Follow {
  readonly kind: 'author' | 'lab';
  /** As people write it: `Ada Example`, `Example Institute`. */
  readonly name: string;
  /** `ada-example`, used in addresses; unique within the kind. */
  readonly key: string;
}

/** So that it is a file name everywhere, of letters of three bytes too. */
const longestKey = 80;

/** The follow of a name; undefined for a name without a letter or digit. */
export function follow(kind: Follow['kind'], name: string): Follow | undefined {
  const key = foldedName(name).slice(0, longestKey).trim().replaceAll(' ', '-');
  return key === '' ? undefined : { kind, name, key };
}

/**
 * A name as it is compared: lower case, without accents and punctuation, so that `Zoë O’Example` and
 * `Zoe O'Example` are one. Letters of other scripts stay.
 */
export function foldedName(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mn}+|['’`]/gu, '')
    .replace(/[^\p{L}\p{N}\p{Mc}]+/gu, ' ')
    .trim()
    .normalize('NFC');
}

/**
 * Whether the paper is by the author, or from the lab: its organization, or a part of an affiliation that a comma or
 * semicolon ends. Names are compared as `foldedName` writes them; an edition keeps the first twelve authors and the last.
 */
export function isFollowed(paper: EditionPaper, { kind, name }: Follow): boolean {
  const { authors, labs } = namesOf(paper);
  return (kind === 'author' ? authors : labs).has(foldedName(name));
}

interface PaperNames {
  readonly authors: ReadonlySet<string>;
  readonly labs: ReadonlySet<string>;
}

/** Each paper is asked about for many readers. */
const foldedNames = new WeakMap<EditionPaper, PaperNames>();

/** Its authors and labs as `foldedName` writes them. */
export function namesOf(paper: EditionPaper): PaperNames {
  const known = foldedNames.get(paper);
  if (known) return known;
  const labs = [
    paper.organization,
    ...paper.authors.flatMap(({ affiliation }) => affiliation?.split(/[,;]/)),
  ];
  const names = {
    authors: new Set(paper.authors.map((author) => foldedName(author.name))),
    labs: new Set(labs.flatMap((lab) => (lab === undefined ? [] : foldedName(lab)))),
  };
  foldedNames.set(paper, names);
  return names;
}
