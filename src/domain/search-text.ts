import type { Author, Paper } from './paper.ts';
import { searchWords } from './search-words.ts';
import { formatInstant, type CalendarDate } from './time.ts';

/** What of a paper is searched, as words parted by spaces, one text for each place where a word can be looked for. */
export interface SearchText {
  /** Stems. */
  readonly title: string;
  readonly abstract: string;
  /** Folded, for names are not inflected. */
  readonly authors: string;
  readonly labs: string;
  readonly labels: string;
}

/** What a label says of a paper; each has its own prefix in the search box. */
export const labelKinds = ['cat', 'topic', 'source', 'has', 'id'] as const;
export type LabelKind = (typeof labelKinds)[number];

/** What a paper can have, as `has:code`. */
export const paperExtras = ['code', 'project', 'discussion', 'pdf'] as const;

/** Every paper has this word among its labels, so that what must not be there can be looked for alone. */
export const everyPaper = '\uE000';

/**
 * A label as one word: `cat:cs.CL` and `cat:CS.cl` are the same. Nothing that divides words is left in it, for ASCII
 * marks are moved to where Unicode has no signs of its own.
 */
export function labelWord(kind: LabelKind, value: string): string {
  const written = `${kind}:${value.trim().toLowerCase()}`.toWellFormed().normalize('NFC').slice(0, 200);
  return written.replace(/[ -/:-@[-`{-~\p{Cc}]/gu, (sign) =>
    String.fromCharCode(0xe001 + sign.charCodeAt(0)),
  );
}

/** The day by which a paper is searched, in UTC: when it was submitted; where no source told, when we met it. */
export function searchDate(paper: Pick<Paper, 'submittedAt' | 'firstSeenAt'>): CalendarDate {
  return formatInstant(paper.submittedAt ?? paper.firstSeenAt).slice(0, 10);
}

export interface SearchFacts {
  /** Keys and names of the topics it belongs to. */
  readonly topics: readonly string[];
  /** Names of the sources that list it. */
  readonly sources: readonly string[];
  /** A text as readers see it, `$\alpha$` as α: that is what is searched. */
  readonly shown: (text: string) => string;
}

/** The words of a paper and its labels: `cs.CL` is found by `cat:cs.CL` and `cat:cs.*`. */
export function searchText(paper: Paper, { topics, sources, shown }: SearchFacts): SearchText {
  const labels = [
    ...paper.categories.flatMap((category) => [
      labelWord('cat', category),
      ...(category.includes('.') ? [labelWord('cat', `${category.slice(0, category.indexOf('.'))}.*`)] : []),
    ]),
    ...topics.map((topic) => labelWord('topic', topic)),
    ...sources.map((source) => labelWord('source', source)),
    ...paperExtras.filter((extra) => paper.links[extra] !== undefined).map((has) => labelWord('has', has)),
    labelWord('id', paper.id),
    ...(paper.doi === undefined ? [] : [labelWord('id', `doi:${paper.doi}`)]),
  ];
  return {
    title: stems(shown(paper.title)),
    abstract: stems(shown(paper.abstract)),
    authors: names(paper.authors.map(({ name }) => shown(name))),
    labs: names(
      [paper.organization, ...affiliations(paper.authors)].flatMap((lab) =>
        lab === undefined ? [] : [shown(lab)],
      ),
    ),
    labels: [everyPaper, ...new Set(labels)].join(' '),
  };
}

function affiliations(authors: readonly Author[]): readonly string[] {
  return [...new Set(authors.flatMap(({ affiliation }) => affiliation ?? []))];
}

function stems(text: string): string {
  return searchWords(text)
    .map(({ stem }) => stem)
    .join(' ');
}

/** With a word between them that nobody can look for: two names in a row are no phrase. */
function names(all: readonly string[]): string {
  return all
    .map((name) =>
      searchWords(name)
        .map(({ folded }) => folded)
        .join(' '),
    )
    .join(` ${everyPaper} `);
}
