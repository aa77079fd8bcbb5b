import { editionFor, editionPicks, type Edition, type EditionPaper, type Pick } from './edition.ts';
import { foldedName, namesOf } from './follow.ts';
import { noFollows, type Follows, type Wish } from './subscriber.ts';

/** Whether it is by an author, from a lab or names a word that somebody follows. */
export function isWished(paper: EditionPaper, follows: Follows): boolean {
  const { authors, labs } = namesOf(paper);
  return (
    foldedAll(follows.authors).some((name) => authors.has(name)) ||
    foldedAll(follows.labs).some((name) => labs.has(name)) ||
    hasWord(paper, follows.words)
  );
}

/** Whether title or abstract has one of these words or phrases: whole words, in any case and without accents. */
export function hasWord(paper: { title: string; abstract?: string }, words: readonly string[]): boolean {
  if (words.length === 0) return false;
  const text = foldedText(paper);
  return foldedAll(words).some((word) => text.includes(` ${word} `));
}

/** Each list is held against every paper. */
const foldedLists = new WeakMap<readonly string[], readonly string[]>();

/** The names or words of a list as they are compared, without those that have no letter or digit. */
function foldedAll(list: readonly string[]): readonly string[] {
  const known = foldedLists.get(list);
  if (known) return known;
  const folded = list.map(foldedName).filter((name) => name !== '');
  foldedLists.set(list, folded);
  return folded;
}

/** Folding an abstract costs more than all that is done with it, and each paper is asked about for many readers. */
const foldedTexts = new WeakMap<object, string>();

function foldedText(paper: { title: string; abstract?: string }): string {
  const known = foldedTexts.get(paper);
  if (known !== undefined) return known;
  const text = ` ${foldedName(`${paper.title} ${paper.abstract ?? ''}`)} `;
  foldedTexts.set(paper, text);
  return text;
}

/** What a wish changes in an edition: ids of papers. Readers with the same effect get the same mail. */
export interface WishEffect {
  /** First of all, also those of other topics; best first. */
  readonly pinned: readonly string[];
  /** Neither picked nor named by title. */
  readonly hidden: readonly string[];
}

/**
 * What the wish of a reader of these topics (all of the digest's when undefined) changes; undefined for nothing. A muted
 * word counts more than a follow. Of papers named by their title alone only the title is looked at.
 */
export function wishEffect(
  edition: Edition,
  topics: readonly string[] | undefined,
  wish: Wish | undefined,
): WishEffect | undefined {
  if (!wish) return undefined;
  const isMuted = (paper: { title: string; abstract?: string }): boolean => hasWord(paper, wish.muted);
  const pinned = editionPicks(edition).filter(
    ({ paper }) => isWished(paper, wish.follows) && !isMuted(paper),
  );
  const own = topics ? editionFor(edition, topics) : edition;
  const hidden = [...editionPicks(own).map(({ paper }) => paper), ...own.updated, ...own.alsoNew].filter(
    isMuted,
  );
  if (pinned.length === 0 && hidden.length === 0) return undefined;
  return { pinned: pinned.map(({ paper }) => paper.id), hidden: hidden.map(({ id }) => id) };
}

/** An edition as one reader gets it. */
export interface OwnEdition {
  /** Without the pinned papers and the hidden ones. */
  readonly edition: Edition;
  readonly pinned: readonly Pick[];
  /** How many picks their muted words hid. */
  readonly hiddenPicks: number;
}

/** The edition for a reader of these topics (all of the digest's when undefined), with what their wish changes. */
export function ownEdition(
  edition: Edition,
  topics: readonly string[] | undefined,
  effect: WishEffect | undefined,
): OwnEdition {
  const own = topics ? editionFor(edition, topics) : edition;
  if (!effect) return { edition: own, pinned: [], hiddenPicks: 0 };
  const gone = new Set([...effect.pinned, ...effect.hidden]);
  const hidden = new Set(effect.hidden);
  const isLeft = ({ paper }: Pick): boolean => !gone.has(paper.id);
  const sections = own.sections.map((section) => ({ ...section, picks: section.picks.filter(isLeft) }));
  return {
    edition: {
      ...own,
      sections: sections.filter(({ picks }) => picks.length > 0),
      outside: own.outside.filter(isLeft),
      updated: own.updated.filter(({ id }) => !hidden.has(id)),
      alsoNew: own.alsoNew.filter(({ id }) => !gone.has(id)),
    },
    pinned: editionPicks(edition).filter(({ paper }) => effect.pinned.includes(paper.id)),
    hiddenPicks: editionPicks(own).filter(({ paper }) => hidden.has(paper.id)).length,
  };
}

/** Whether an edition has anything for a reader. Picks outside their own topics are no reason for a mail by themselves. */
export function hasSomethingFor(
  edition: Edition,
  topics: readonly string[] | undefined,
  wish: Wish | undefined,
): boolean {
  const own = ownEdition(edition, topics, wishEffect(edition, topics, wish));
  return (
    own.pinned.length > 0 ||
    own.edition.sections.length > 0 ||
    (topics === undefined && own.edition.outside.length > 0)
  );
}

/** A wish of which something can come; undefined for none. */
export function wishOf(follows: Follows = noFollows, muted: readonly string[] = []): Wish | undefined {
  const { authors, labs, words } = follows;
  const isEmpty = authors.length + labs.length + words.length + muted.length === 0;
  return isEmpty ? undefined : { follows, muted };
}
