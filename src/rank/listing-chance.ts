import type { PaperRecord } from '../domain/paper.ts';
import type { CalendarDate } from '../domain/time.ts';
import { authorHistory, historyByDay, historySides, type AuthorHistory } from './author-history.ts';
import { fitLogistic, logistic } from './logistic.ts';
import { linearValue, type LinearModel } from './ridge.ts';
import { fitSides, scaledSides, type SideScales } from './side-scales.ts';
import type { LinearInput } from './sparse-rows.ts';
import { strongestWords, type Term } from './strongest-words.ts';
import { fitWords, paperText, wordVector, type WordModel } from './words.ts';

/** The fit's trust in the lessons against its penalty, and the weight of a side signal beside a text of length 1. */
const trust = 1;
const sideWeight = 0.25;

/** Medians of arXiv's lists of cs.CL, cs.CV and cs.AI, 2025 to 2026: what is unknown is taken as usual. */
const usualAuthors = 5;
const usualAbstractLength = 1333;

/** The chance that a paper gets onto a list where people vote, learned of past lists. */
export interface ListingModel {
  /** Papers it was fitted on. */
  readonly papers: number;
  readonly words: WordModel;
  readonly scales: SideScales;
  readonly model: LinearModel;
  /** Undefined where the authors' past does not count. */
  readonly history?: AuthorHistory;
}

/** A paper as its first source listed it, and whether people could vote for it later. */
export interface PastPaper {
  readonly paper: PaperRecord;
  readonly listDate: CalendarDate;
  readonly isListed: boolean;
}

const namedCategories = ['cs.CL', 'cs.CV', 'cs.AI', 'cs.LG'];

/** Sides of one paper in the order of the weights. */
const toldNames = [
  'authors',
  'ten authors or more',
  'code on GitHub',
  'project page',
  'a link',
  'accepted',
  'open source',
  'categories',
  ...namedCategories,
  'length of the abstract',
];
const pastNames = ['best author’s listed papers', 'all authors’ listed papers'];

/** What the side signals of a model are called, in the order of its weights. */
export function listingSideNames(usesHistory: boolean): readonly string[] {
  return usesHistory ? [...toldNames, ...pastNames] : toldNames;
}

/**
 * The chance of listing that fits past papers best, by the words of title and abstract, by what is said of authors,
 * links and categories, and, with `usesHistory`, by how often the authors were listed before: the strongest single
 * signal, but one that makes the rich richer and knows people by name only.
 *
 * All papers must be told by one source, before people vote: a field that only listed papers have would tell the
 * answer. The order of the papers does not matter. Without papers every chance is a half.
 */
export function fitListingChance(papers: readonly PastPaper[], usesHistory: boolean): ListingModel {
  const rows = papers.toSorted(byDateAndId);
  const words = fitWords(rows.map(({ paper }) => paperText(paper)));
  const past = usesHistory ? historyByDay(Map.groupBy(rows, (row) => row.listDate).values()) : [];
  const sides = rows.map(({ paper }, at) => [...toldSides(paper), ...(past[at] ?? [])]);
  const scales = fitSides(sides, listingSideNames(usesHistory).length);
  const model = fitLogistic(
    rows.map(({ paper, isListed }, at) => ({
      words: wordVector(paperText(paper), words),
      sides: scaledSides(sides[at] ?? [], scales, sideWeight),
      target: isListed ? 1 : 0,
    })),
    words.weights.length,
    trust,
  );
  return { papers: rows.length, words, scales, model, ...(usesHistory && { history: authorHistory(rows) }) };
}

/** The chance of a paper, 0 to 1. */
export function listingChance(paper: PaperRecord, fitted: ListingModel): number {
  return logistic(linearValue(inputOf(paper, fitted), fitted.model));
}

/**
 * The terms whose shares add up to the log-odds of a paper's chance: what is usual, the words that count most, the
 * other words together, each side signal; the authors' past by its name.
 */
export function listingTerms(paper: PaperRecord, fitted: ListingModel): readonly Term[] {
  const { words, model, history } = fitted;
  const names = listingSideNames(history !== undefined);
  const input = inputOf(paper, fitted);
  return [
    { name: 'usual', share: model.mean },
    ...strongestWords(paperText(paper), input.words, words, model),
    ...input.sides.map((side, at) => ({ name: names[at] ?? '', share: side * (model.sides[at] ?? 0) })),
  ];
}

function inputOf(paper: PaperRecord, { words, scales, history }: ListingModel): LinearInput {
  const past = history ? historySides(paper.authors, history) : [];
  return {
    words: wordVector(paperText(paper), words),
    sides: scaledSides([...toldSides(paper), ...past], scales, sideWeight),
  };
}

/** What title page and comment tell. Links that a source adds later are left out: listed papers alone have them. */
function toldSides({ abstract, comments = '', authors, categories }: PaperRecord): readonly number[] {
  const count = authors.length || usualAuthors;
  const told = `${abstract} ${comments}`;
  return [
    Math.log1p(count),
    Number(count >= 10),
    Number(/github/i.test(told)),
    Number(/project page|github\.io/i.test(told)),
    Number(/http/i.test(told)),
    Number(/accept|cvpr|iclr/i.test(comments)),
    Number(/open[- ]?sourc/i.test(told)),
    categories.length,
    ...namedCategories.map((category) => Number(categories[0] === category)),
    Math.log1p(abstract.length || usualAbstractLength),
  ];
}

/** A fixed order of the sums, whatever the order of the rows. */
function byDateAndId(left: PastPaper, right: PastPaper): number {
  if (left.listDate !== right.listDate) return left.listDate < right.listDate ? -1 : 1;
  if (left.paper.id !== right.paper.id) return left.paper.id < right.paper.id ? -1 : 1;
  return Number(left.isListed) - Number(right.isListed);
}
