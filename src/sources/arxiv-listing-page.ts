import type { Listing, ListingAnswer } from '../domain/listing.ts';
import { addDays, calendarDate, isCalendarDate, type CalendarDate, type Instant } from '../domain/time.ts';
import { SourceError } from '../errors.ts';
import { arxivDueDate, arxivZone, isArxivQuietDay } from './arxiv-calendar.ts';
import { arxivPaceFor } from './arxiv-host.ts';
import { arxivListingPage, type ArxivListingPage, type PageSection } from './arxiv-listing-page-html.ts';
import { collect, listingAnswer, type ReadItem } from './collect.ts';
import type { ListingRequest, ReadContext, Source } from './source.ts';

/** The most that arXiv shows on one page. */
const pageSize = 2000;
/** A day of all of an archive is below 5000. */
const maxPages = 10;
/** arXiv answers 400 for days further back. */
const maxDaysBack = 90;
/** So long an earlier day without papers is doubted; then it was a holiday not known here, or an evening off. */
const doubtedDays = 3;

export interface ArxivListingPageOptions {
  readonly name: string;
  /** `https://arxiv.org` */
  readonly baseUrl: string;
  /** Archives or classes, e.g. `cs.CL`; each has pages of its own. */
  readonly categories: readonly string[];
  /** How many earlier list days are read where they are missing; 3 when not given, and never over 90 days back. */
  readonly catchUpDays?: number;
  /** Days without announcement beside those known here, e.g. of the next year. */
  readonly holidays?: readonly CalendarDate[] | undefined;
}

/**
 * arXiv's pages of new papers: the newest day by `/list/CATEGORY/new`, earlier ones by `/catchup/CATEGORY/DATE`. They
 * tell how many papers each section has, so that a listing is whole or an error, and they can be read for days back,
 * where a feed holds one day. An earlier day does not change: one that was read is not asked for again.
 */
export function arxivListingPages(options: ArxivListingPageOptions): Source {
  const { name, categories, holidays } = options;
  const base = options.baseUrl.replace(/\/+$/, '');
  return {
    name,
    kind: 'arxiv-listing',
    address: base,
    requests: (now) => pageRequests(options, now),
    dueDate: (now) => arxivDueDate(now, holidays),
    wholeLists: {
      categories,
      requestKeys: (category, listDate) => [`catchup/${category}/${listDate}`, `list/${category}/new`],
    },
    read: (request, context) => readPages(options, base, request, context),
  };
}

function pageRequests(
  { categories, catchUpDays = 3, holidays }: ArxivListingPageOptions,
  now: Instant,
): ListingRequest[] {
  const today = calendarDate(now, arxivZone);
  const days: CalendarDate[] = [];
  for (let back = 1; days.length < catchUpDays && back <= maxDaysBack; back += 1) {
    const day = addDays(today, -back);
    if (!isArxivQuietDay(day, holidays)) days.unshift(day);
  }
  const earlier = days.flatMap((listDate) =>
    categories.map((category) => ({ key: `catchup/${category}/${listDate}`, listDate })),
  );
  return [...earlier, ...categories.map((category) => ({ key: `list/${category}/new` }))];
}

async function readPages(
  { name, categories, holidays }: ArxivListingPageOptions,
  base: string,
  { key }: ListingRequest,
  context: ReadContext,
): Promise<ListingAnswer> {
  const [kind = '', category = '', day = ''] = key.split('/');
  const isEarlier = kind === 'catchup' && isCalendarDate(day);
  if (!categories.includes(category) || (!isEarlier && key !== `list/${category}/new`)) {
    throw new SourceError('unreachable', `Expected a page of ${name}; got the request ${key}.`);
  }
  if (isEarlier && context.validators?.bodyHash !== undefined) return { state: 'unchanged' };

  const pages: ArxivListingPage[] = [];
  let read = 0;
  for (let page = 0, total = 1; read < total; page += 1) {
    const url = isEarlier
      ? `${base}/${key}?abs=True&page=${page + 1}`
      : `${base}/${key}?skip=${page * pageSize}&show=${pageSize}`;
    const found = await readPage(url, category, context);
    pages.push(found);
    read += found.items.length;
    total = found.total ?? sumOf(pages);
    if (found.items.length === 0 || page + 1 >= maxPages) break;
  }
  const [first] = pages;
  if (!first) throw new SourceError('malformed', `Expected a page for ${key}; got none.`);
  requireWhole(pages, key);
  if (isEarlier && first.listDate !== day) {
    throw new SourceError(
      'malformed',
      `Expected the papers of ${day} for ${key}; got those of ${first.listDate}.`,
    );
  }
  const items: ReadItem[] = pages.flatMap((page) => page.items.map(({ item }) => item));
  const collected = collect(items);
  const doubtedAfter = addDays(calendarDate(context.now, arxivZone), -doubtedDays);
  const isQuietDay = isArxivQuietDay(first.listDate, holidays) || (isEarlier && day < doubtedAfter);
  const quiet = collected.announced === 0 && isQuietDay;
  const listing: Listing = {
    source: name,
    listDate: first.listDate,
    readAt: context.now,
    ...collected,
    quiet,
    rhythm: 'batch',
    hasVotes: false,
  };
  const answer = listingAnswer(listing, context.validators);
  // A doubted day is no day that was read: it is asked for again.
  return answer.state === 'read' && collected.announced === 0 && !quiet
    ? { ...answer, validators: {} }
    : answer;
}

async function readPage(url: string, category: string, context: ReadContext): Promise<ArxivListingPage> {
  const answer = await context.http.get(url, {
    accept: 'text/html',
    signal: context.signal,
    pace: arxivPaceFor(url),
    obeysRobots: true,
  });
  if (answer.state === 'unchanged') {
    throw new SourceError(
      'status',
      `Expected a page from ${url}; got status 304 without having asked for it.`,
    );
  }
  return arxivListingPage(new TextDecoder().decode(answer.body), category, url);
}

/** Throws `malformed` when the sections of all pages together hold fewer papers than they say, or days differ. */
function requireWhole(pages: readonly ArxivListingPage[], key: string): void {
  if (new Set(pages.map(({ listDate }) => listDate)).size > 1) {
    throw new SourceError(
      'malformed',
      `Expected one day for ${key}; its pages are of several. Try again later.`,
    );
  }
  for (const [section, total] of totalsOf(pages)) {
    const found = pages.flatMap(({ items }) => items).filter((entry) => entry.section === section).length;
    if (found !== total) throw cut(`${total} in the section ${section} submissions`, found, key);
  }
  const total = pages[0]?.total;
  const found = pages.flatMap(({ items }) => items).length;
  if (total !== undefined && found !== total) throw cut(`${total} papers in all`, found, key);
}

function cut(expected: string, found: number, key: string): SourceError {
  return new SourceError(
    'malformed',
    `Expected ${expected} for ${key}, as the page says; got ${found}. Try again later.`,
  );
}

function totalsOf(pages: readonly ArxivListingPage[]): ReadonlyMap<PageSection, number> {
  return new Map(pages.flatMap(({ totals }) => [...totals]));
}

function sumOf(pages: readonly ArxivListingPage[]): number {
  return [...totalsOf(pages).values()].reduce((sum, total) => sum + total, 0);
}
