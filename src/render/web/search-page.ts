import type { FoundPaper } from '../../domain/found-paper.ts';
import { paperExtras } from '../../domain/search-text.ts';
import { inTitle, searchSorts, wantedTerms, type Search, type SearchSort } from '../../domain/search.ts';
import {
  asksForNothing,
  mostListed,
  papersPerPage,
  requestQuery,
  type SearchRequest,
} from '../../domain/search-request.ts';
import type { Site } from '../../domain/site.ts';
import { cut } from '../text.ts';
import { searchFeedUrls, searchPath } from '../search-address.ts';
import type { FeedLink } from './feed-links.ts';
import { foundPaperView } from './found-paper-view.ts';
import { pageHref } from './links.ts';
import { counted, line } from './prose.ts';
import type { WebPage } from './templates.ts';

/** What a search came to. */
export interface SearchOutcome {
  /** Papers found, at most `mostListed`. */
  readonly count: number;
  /** There are more than those. */
  readonly isMore: boolean;
  /** Those of the page asked for, in their order, each with the keys of its topics. */
  readonly papers: readonly { readonly found: FoundPaper; readonly topics: readonly string[] }[];
}

export interface SearchPageParts {
  readonly request: SearchRequest;
  readonly search: Search;
  readonly notes: readonly string[];
  /** Undefined where nothing is asked for. */
  readonly outcome?: SearchOutcome;
}

const sortNames: Readonly<Record<SearchSort, string>> = {
  newest: 'Newest first',
  votes: 'Most votes first',
  relevance: 'In the title first',
};

const extraNames: Readonly<Record<(typeof paperExtras)[number], string>> = {
  code: 'Code',
  project: 'A project page',
  discussion: 'A discussion',
  pdf: 'A PDF',
};

/** The search page: a form that works without scripts, what was found, and the feeds of the same search. */
export function searchPage(site: Site, { request, search, notes, outcome }: SearchPageParts): WebPage {
  const feeds = asksForNothing(request) ? [] : searchFeedLinks(site, request);
  const name = request.text === '' ? 'Search' : `Search: ${cut(line(request.text), 60)}`;
  return {
    path: searchPath,
    template: 'search',
    title: name,
    description: `Search the papers that ${line(site.title)} has met, by title, abstract and author.`,
    feeds,
    isListed: false,
    view: {
      form: formView(site, request),
      notes,
      fault: undefined,
      results: outcome && outcome.count > 0 ? resultsView(site, request, search, outcome) : undefined,
      nothing: outcome?.count === 0 ? nothingView(site, request) : undefined,
      help: outcome && outcome.count > 0 ? undefined : helpView(site),
      feeds: feeds.map(({ format, url }) => ({ format, url })),
    },
  };
}

/** The page for an address whose parameters say nothing that can be meant. */
export function searchFaultPage(site: Site, message: string): WebPage {
  return {
    path: searchPath,
    template: 'search',
    title: 'Search',
    description: 'A search whose address is mistyped.',
    feeds: [],
    isListed: false,
    view: {
      form: formView(site, { text: '', sort: 'newest', page: 1 }),
      notes: [],
      fault: message,
      results: undefined,
      nothing: undefined,
      help: helpView(site),
      feeds: [],
    },
  };
}

function formView(site: Site, { text, topic, has, after, before, sort }: SearchRequest): object {
  return {
    action: pageHref(site, searchPath),
    text,
    after,
    before,
    topics: site.topics.map(({ key, name }) => ({ key, name: line(name), isChosen: key === topic })),
    extras: paperExtras.map((key) => ({ key, name: extraNames[key], isChosen: key === has })),
    sorts: searchSorts.map((key) => ({ key, name: sortNames[key], isChosen: key === sort })),
  };
}

function resultsView(site: Site, request: SearchRequest, search: Search, outcome: SearchOutcome): object {
  const { count, isMore, papers } = outcome;
  const { page, sort } = request;
  const pages = Math.ceil(count / papersPerPage);
  const terms = wantedTerms(search.node);
  const most = mostListed.toLocaleString('en');
  const listed =
    sort === 'relevance' && inTitle(search.node) !== undefined
      ? `${most} are listed: those with the words in their title, however old, then the newest others.`
      : `The newest ${most} are listed.`;
  return {
    count: isMore ? `More than ${most} papers` : counted(count, 'paper'),
    order: { newest: '', votes: ', by votes', relevance: ', those with the words in their title first' }[
      sort
    ],
    limits: isMore ? `${listed} More words or a narrower time find the others.` : undefined,
    papers: papers.map(({ found, topics }) => foundPaperView(site, found, terms, topics)),
    isBeyond: papers.length === 0,
    firstHref: pageLink(site, request, 1),
    pager:
      pages > 1
        ? {
            page,
            pages,
            earlier: page > 1 ? pageLink(site, request, Math.min(page - 1, pages)) : undefined,
            later: page < pages ? pageLink(site, request, page + 1) : undefined,
          }
        : undefined,
  };
}

function nothingView(site: Site, request: SearchRequest): object {
  const { text, sort } = request;
  const plain: SearchRequest = { text, sort, page: 1 };
  const hasFilters = requestQuery({ ...request, page: 1 }) !== requestQuery(plain);
  return { widerHref: hasFilters && text !== '' ? searchHref(site, plain) : undefined };
}

function pageLink(site: Site, request: SearchRequest, page: number): string {
  return searchHref(site, { ...request, page });
}

function searchHref(site: Site, request: SearchRequest): string {
  return `${pageHref(site, searchPath)}${requestQuery(request)}`;
}

/** What can be written, with examples to follow. */
function helpView(site: Site): object {
  const [topic] = site.topics;
  const examples: readonly (readonly [string, string])[] = [
    ['language agents', 'both words, in any order and form: “agent”, “agents”'],
    ['"tool use"', 'the words beside each other'],
    ['retrieval -survey', 'without a word'],
    ['diffusion OR flow', 'one of two'],
    ['title:benchmark', 'in the title; abstract: and lab: work alike'],
    ['author:"ada lovelace"', 'by an author'],
    ['cat:cs.CL has:code', 'in a category, with code; cat:cs.* is all of computer science'],
    ...(topic ? [[`topic:${topic.key}`, `in the topic ${line(topic.name)}`] as const] : []),
    ['after:2026-11-01 before:2026-12', 'by the day of submission'],
  ];
  return {
    examples: examples.map(([text, means]) => ({
      text,
      means,
      href: searchHref(site, { text, sort: 'newest', page: 1 }),
    })),
  };
}

function searchFeedLinks(site: Site, request: SearchRequest): readonly FeedLink[] {
  const { rss, atom, json } = searchFeedUrls(site, request);
  const title = request.text === '' ? 'This search' : `Search: ${cut(line(request.text), 60)}`;
  return [
    { format: 'RSS', type: 'application/rss+xml', title: `${title} (RSS)`, url: rss },
    { format: 'Atom', type: 'application/atom+xml', title: `${title} (Atom)`, url: atom },
    { format: 'JSON Feed', type: 'application/feed+json', title: `${title} (JSON Feed)`, url: json },
  ];
}
