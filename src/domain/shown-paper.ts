import type { EditionPaper } from './edition.ts';
import type { Author, Paper } from './paper.ts';

/** The paper as readers are shown it, whatever is learned of it later: so many names from the front and the last one. */
export function shownPaper(paper: Paper, firstAuthors: number, counts: EditionPaper['counts']): EditionPaper {
  return {
    id: paper.id,
    ...(paper.version !== undefined && { version: paper.version }),
    title: paper.title,
    abstract: paper.abstract,
    authors: namedAuthors(paper.authors, firstAuthors),
    authorCount: paper.authors.length,
    categories: paper.categories,
    links: paper.links,
    ...(paper.organization !== undefined && { organization: paper.organization }),
    ...(paper.doi !== undefined && { doi: paper.doi }),
    ...(paper.submittedAt !== undefined && { submittedAt: paper.submittedAt }),
    firstSeenAt: paper.firstSeenAt,
    source: paper.firstSource,
    counts,
  };
}

function namedAuthors(authors: readonly Author[], first: number): readonly Author[] {
  return authors.length <= first + 1 ? authors : [...authors.slice(0, first), ...authors.slice(-1)];
}
