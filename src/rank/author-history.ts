import type { Author } from '../domain/paper.ts';

/** How often papers of a name were listed; names without a listed paper are left out. */
export type AuthorHistory = ReadonlyMap<string, AuthorRecord>;

export interface AuthorRecord {
  readonly papers: number;
  readonly listed: number;
}

/** What history needs to know of a paper of the past. */
export interface AuthoredPaper {
  readonly paper: { readonly authors: readonly Author[] };
  readonly isListed: boolean;
}

/** One lucky paper shall not make a share of 1. */
const doubt = 6;

/**
 * Two numbers of a paper's authors: the share of listed papers of the best one, listed / (papers + 6), and
 * ln(1 + listed papers of all). People are told apart by name alone, so namesakes share their history.
 */
export function historySides(
  authors: readonly Author[],
  history: AuthorHistory,
): readonly [best: number, all: number] {
  let [best, all] = [0, 0];
  for (const { name } of authors) {
    const record = history.get(name);
    if (!record) continue;
    best = Math.max(best, record.listed / (record.papers + doubt));
    all += record.listed;
  }
  return [best, Math.log1p(all)];
}

/** The history that these papers make. */
export function authorHistory(papers: Iterable<AuthoredPaper>): AuthorHistory {
  const records = new Map<string, AuthorRecord>();
  addHistory(records, papers);
  return new Map([...records].filter(([, { listed }]) => listed > 0));
}

/**
 * For every day in turn the numbers of its papers' authors by the days before it alone: a model that saw a paper's own
 * listing in them would learn nothing else.
 */
export function historyByDay(days: Iterable<readonly AuthoredPaper[]>): readonly (readonly number[])[] {
  const records = new Map<string, AuthorRecord>();
  const sides: (readonly number[])[] = [];
  for (const papers of days) {
    for (const { paper } of papers) sides.push(historySides(paper.authors, records));
    addHistory(records, papers);
  }
  return sides;
}

function addHistory(records: Map<string, AuthorRecord>, papers: Iterable<AuthoredPaper>): void {
  for (const { paper, isListed } of papers) {
    for (const name of new Set(paper.authors.map((author) => author.name))) {
      const { papers, listed } = records.get(name) ?? { papers: 0, listed: 0 };
      records.set(name, { papers: papers + 1, listed: listed + (isListed ? 1 : 0) });
    }
  }
}
