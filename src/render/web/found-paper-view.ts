import type { FoundPaper } from '../../domain/found-paper.ts';
import { paperPath } from '../../domain/paper.ts';
import type { SearchTerm } from '../../domain/search.ts';
import type { Site } from '../../domain/site.ts';
import { calendarDate, longDate, type Instant } from '../../domain/time.ts';
import { httpAddress } from '../feed/address.ts';
import { byline } from '../text.ts';
import { paperLinks, topicLinks, type LinkView } from './card.ts';
import { markedParts, passage, textsWithHit, type TextPart } from './highlight.ts';
import { pageHref } from './links.ts';
import { counted, line, listed } from './prose.ts';

/** A paper among the results of a search. All texts are plain text; the template escapes them. */
export interface FoundPaperView {
  /** Its page here, else the page that describes it elsewhere; undefined when neither can be linked. */
  readonly href: string | undefined;
  readonly title: readonly TextPart[];
  readonly byline: readonly TextPart[];
  /** Authors that were found and that the byline leaves out. */
  readonly alsoBy: readonly TextPart[];
  readonly isWithdrawn: boolean;
  readonly passage: readonly TextPart[];
  readonly facts: readonly string[];
  readonly topics: readonly LinkView[];
  readonly links: readonly LinkView[];
}

const passageMaxLength = 360;
const shownAuthors = { first: 3, last: 1 };
const mostAlsoBy = 3;

/** The paper with what the terms found in it marked. `topics` are the keys of those it belongs to. */
export function foundPaperView(
  site: Site,
  { paper, hasPage, votes }: FoundPaper,
  terms: readonly SearchTerm[],
  topics: readonly string[],
): FoundPaperView {
  const inTitle = terms.filter(({ field }) => field === 'text' || field === 'title');
  const inAbstract = terms.filter(({ field }) => field === 'text' || field === 'abstract');
  const inAuthors = terms.filter(({ field }) => field === 'text' || field === 'author');
  const names = line(byline(paper.authors, paper.authors.length, shownAuthors));
  const left = paper.authors.slice(shownAuthors.first, -shownAuthors.last).map(({ name }) => line(name));
  const alsoBy = textsWithHit(left, inAuthors, 'folded').slice(0, mostAlsoBy);
  return {
    href: hasPage ? pageHref(site, paperPath(paper.id)) : httpAddress(paper.links.abstract),
    title: markedParts(line(paper.title) || paper.id, inTitle),
    byline: markedParts(names, inAuthors, 'folded'),
    alsoBy: alsoBy.length === 0 ? [] : markedParts(listed(alsoBy), inAuthors, 'folded'),
    isWithdrawn: paper.withdrawnAt !== undefined,
    passage: markedParts(passage(line(paper.abstract), inAbstract, passageMaxLength), inAbstract),
    facts: [
      paper.categories[0],
      paper.submittedAt === undefined
        ? `first seen ${day(paper.firstSeenAt)}`
        : `submitted ${day(paper.submittedAt)}`,
      paper.version === undefined || paper.version === 1 ? undefined : `version ${paper.version}`,
      paper.organization,
      votes === undefined || votes === 0 ? undefined : counted(votes, 'vote'),
    ].flatMap((fact) => (fact === undefined ? [] : [line(fact)])),
    topics: topicLinks(site, topics),
    links: paperLinks(paper.links, undefined),
  };
}

/** `22 November 2026`, in UTC. */
function day(at: Instant): string {
  return longDate(calendarDate(at, 'UTC')).replace(/^\w+, /, '');
}
