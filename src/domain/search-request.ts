import { allOf, isPaperExtra, searchSorts, type Search, type SearchSort } from './search.ts';
import { firstDay, parseSearch } from './search-parse.ts';
import type { CalendarDate } from './time.ts';

/** What somebody asks for: the text of the box and the fields beside it. Missing is what the page shows by itself. */
export interface SearchRequest {
  /** As in `ParsedSearch`. */
  readonly text: string;
  readonly topic?: string;
  readonly has?: string;
  readonly after?: CalendarDate;
  readonly before?: CalendarDate;
  readonly sort: SearchSort;
  /** From 1. */
  readonly page: number;
  /** The most entries of its feed. */
  readonly limit?: number;
}

/** A request with all that follows from it. */
export interface ReadRequest {
  readonly request: SearchRequest;
  readonly search: Search;
  /** What was left out of the text and why, a sentence each. */
  readonly notes: readonly string[];
}

/** What is wrong with a parameter, for whoever made the address. */
export interface RequestFault {
  readonly status: 400 | 404;
  readonly message: string;
}

export const papersPerPage = 20;
/** More papers are not listed: who has not found it among so many asks for too much at once. */
export const mostListed = 1_000;
/** The most entries of the feed of a search. */
export const mostInFeed = 100;
const mostPages = mostListed / papersPerPage;

const parameters = ['q', 'topic', 'has', 'after', 'before', 'sort', 'page', 'limit'] as const;
type Parameter = (typeof parameters)[number];

/**
 * The request that an address makes. The text itself is never a fault. A parameter is, when it stands there twice or
 * says what nothing can be meant by; an empty one says nothing, and unknown ones are not looked at. `topics` are the
 * keys of the configured topics.
 */
export function readRequest(
  query: URLSearchParams,
  topics: readonly string[],
): ReadRequest | { readonly fault: RequestFault } {
  const twice = parameters.find((name) => query.getAll(name).length > 1);
  if (twice !== undefined)
    return faulty(`Expected ${twice} once, it is there ${query.getAll(twice).length} times.`);
  const value = (name: Parameter): string | undefined => query.get(name)?.trim() || undefined;

  const page = Number(value('page') ?? 1);
  if (!/^\d{1,3}$/.test(value('page') ?? '1') || page < 1 || page > mostPages) {
    return faulty(`Expected page as a number from 1 to ${mostPages}, got ${quoted(value('page'))}.`);
  }
  const limit = value('limit');
  if (limit !== undefined && !/^0*[1-9]\d{0,5}$/.test(limit)) {
    return faulty(`Expected limit as a number from 1, got ${quoted(limit)}.`);
  }
  const sort = searchSorts.find((known) => known === (value('sort') ?? 'newest'));
  if (!sort)
    return faulty(`Expected sort as one of ${searchSorts.join(', ')}, got ${quoted(value('sort'))}.`);
  const days: { after?: CalendarDate; before?: CalendarDate } = {};
  for (const name of ['after', 'before'] as const) {
    const written = value(name);
    const day = written === undefined ? undefined : firstDay(written);
    if (written !== undefined && day === undefined) {
      return faulty(`Expected ${name} as a day such as 2026-11-01, got ${quoted(written)}.`);
    }
    if (day !== undefined) days[name] = day;
  }
  const has = value('has');
  if (has !== undefined && !isPaperExtra(has))
    return faulty(`Expected has as code, project, discussion or pdf, got ${quoted(has)}.`);
  const topic = value('topic');
  if (topic !== undefined && !topics.includes(topic)) {
    return { fault: { status: 404, message: `There is no topic ${quoted(topic)} here.` } };
  }

  const { text, notes, ...search } = parseSearch(query.get('q') ?? '');
  const node = allOf([
    search.node,
    topic === undefined ? undefined : { kind: 'label', label: 'topic', value: topic },
    has === undefined ? undefined : { kind: 'label', label: 'has', value: has },
  ]);
  const after = latest(search.after, days.after);
  const before = earliest(search.before, days.before);
  return {
    request: {
      text,
      ...days,
      ...(topic !== undefined && { topic }),
      ...(has !== undefined && { has }),
      sort,
      page,
      ...(limit !== undefined && { limit: Math.min(Number(limit), mostInFeed) }),
    },
    search: {
      ...(node && { node }),
      ...(after !== undefined && { after }),
      ...(before !== undefined && { before }),
    },
    notes,
  };
}

/**
 * The one way to write a request as parameters, sorted by name, without what goes without saying; '' when that is all.
 * Two requests with the same text have the same answer.
 */
export function requestQuery(request: SearchRequest): string {
  const { text, topic, has, after, before, sort, page, limit = mostInFeed } = request;
  const query = new URLSearchParams();
  const said = {
    after,
    before,
    has,
    limit: limit === mostInFeed ? undefined : String(limit),
    page: page === 1 ? undefined : String(page),
    q: text === '' ? undefined : text,
    sort: sort === 'newest' ? undefined : sort,
    topic,
  };
  for (const [name, value] of Object.entries(said)) if (value !== undefined) query.set(name, value);
  return query.size === 0 ? '' : `?${query.toString()}`;
}

/** Whether anything is asked for at all. */
export function asksForNothing({ text, topic, has, after, before }: SearchRequest): boolean {
  return text === '' && [topic, has, after, before].every((said) => said === undefined);
}

function faulty(message: string): { readonly fault: RequestFault } {
  return { fault: { status: 400, message } };
}

function quoted(value = ''): string {
  return `“${value.slice(0, 40)}”`;
}

function latest(a: CalendarDate | undefined, b: CalendarDate | undefined): CalendarDate | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}

function earliest(a: CalendarDate | undefined, b: CalendarDate | undefined): CalendarDate | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a;
}
