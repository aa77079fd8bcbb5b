import type { ListingAnswer } from '../domain/listing.ts';
import { addDays, calendarDate, type Instant } from '../domain/time.ts';
import { SourceError } from '../errors.ts';
import { arxivPaceFor } from './arxiv-host.ts';
import { arxivOaiPage, type ArxivOaiPage } from './arxiv-oai-page.ts';
import { collect, listingAnswer, type ReadItem } from './collect.ts';
import type { ListingRequest, ReadContext, Source } from './source.ts';

/** A day of all of arXiv is a few thousand records, a part of it a thousand or so. */
const maxParts = 50;

export interface ArxivOaiOptions {
  readonly name: string;
  /** `https://oaipmh.arxiv.org` */
  readonly baseUrl: string;
  /** Archives or classes, e.g. `cs.CL`; each is asked for as a set of its own. */
  readonly categories: readonly string[];
  /** `arXivRaw` tells versions, `arXiv` names and affiliations apart. */
  readonly format: 'arXiv' | 'arXivRaw';
  /** How many days, today in UTC included, are asked for; 4 when not given. */
  readonly days?: number;
}

/**
 * What changed at arXiv day by day, by OAI-PMH: one request for each category and day. A record stands under the day
 * of its last change, so a day that is read later holds less than before, which removes nothing.
 */
export function arxivOai(options: ArxivOaiOptions): Source {
  const { name, categories, days = 4 } = options;
  const url = `${options.baseUrl.replace(/\/+$/, '')}/oai`;
  return {
    name,
    kind: 'arxiv-oai',
    address: url,
    requests: (now) => dayRequests(categories, days, now),
    read: (request, context) => readDay(options, url, request, context),
  };
}

/**
 * arXiv's set for a category, group:archive:CLASS: `cs:cs:CL`, `physics:hep-th`, `physics:astro-ph:GA`. An archive
 * of which the group has the same name is asked for as the group.
 */
export function oaiSet(category: string): string {
  const [archive = '', subject] = category.split('.');
  const isGroup = ['cs', 'econ', 'eess', 'math', 'q-bio', 'q-fin', 'stat'].includes(archive);
  const set = isGroup && subject === undefined ? archive : `${isGroup ? archive : 'physics'}:${archive}`;
  return subject === undefined ? set : `${set}:${subject}`;
}

function dayRequests(categories: readonly string[], days: number, now: Instant): ListingRequest[] {
  const today = calendarDate(now, 'UTC');
  return Array.from({ length: days }, (_, index) => addDays(today, index + 1 - days)).flatMap((listDate) =>
    categories.map((category) => ({ key: `oai/${category}/${listDate}`, listDate })),
  );
}

async function readDay(
  { name, categories, format }: ArxivOaiOptions,
  url: string,
  request: ListingRequest,
  context: ReadContext,
): Promise<ListingAnswer> {
  const listDate = request.listDate ?? calendarDate(context.now, 'UTC');
  const category = categories.find((candidate) => request.key === `oai/${candidate}/${listDate}`);
  if (category === undefined) {
    throw new SourceError('unreachable', `Expected a category and a day of ${name}; got ${request.key}.`);
  }
  const set = encodeURIComponent(oaiSet(category));
  const first = `${url}?verb=ListRecords&metadataPrefix=${format}&set=${set}&from=${listDate}&until=${listDate}`;
  const { items, isEmpty } = await allParts(first, url, category, context);
  const listing = {
    source: name,
    listDate,
    readAt: context.now,
    ...collect(items),
    quiet: isEmpty,
    hasVotes: false,
  };
  return listingAnswer(listing, context.validators);
}

/** Follows the resumption tokens to the end (OAI-PMH 2.0 section 3.5); a list of which a part is missing is an error. */
async function allParts(
  first: string,
  url: string,
  category: string,
  context: ReadContext,
): Promise<{ items: readonly ReadItem[]; isEmpty: boolean }> {
  const items: ReadItem[] = [];
  const tokens = new Set<string>();
  let completeSize: number | undefined;
  for (let part = 0, next = first; part < maxParts; part += 1) {
    const page = await readPart(next, category, context);
    items.push(...page.items);
    completeSize = page.completeSize ?? completeSize;
    if (page.token === undefined) {
      if (completeSize !== undefined && items.length < completeSize) {
        throw new SourceError(
          'malformed',
          `Expected ${completeSize} records from ${first}; got ${items.length} in ${part + 1} parts, and no further part. Try again later.`,
        );
      }
      return { items, isEmpty: part === 0 && page.isEmpty };
    }
    if (tokens.has(page.token)) {
      throw new SourceError(
        'malformed',
        `Expected a new resumption token with each part of ${first}; got the same one again after ${items.length} records. Try again later.`,
      );
    }
    tokens.add(page.token);
    next = `${url}?verb=ListRecords&resumptionToken=${encodeURIComponent(page.token)}`;
  }
  throw new SourceError(
    'too-large',
    `Expected at most ${maxParts} parts from ${first}; got more than ${items.length} records and another part. Ask for narrower categories.`,
  );
}

async function readPart(url: string, category: string, context: ReadContext): Promise<ArxivOaiPage> {
  const answer = await context.http.get(url, {
    accept: 'text/xml, application/xml',
    signal: context.signal,
    pace: arxivPaceFor(url),
  });
  if (answer.state === 'unchanged') {
    throw new SourceError(
      'status',
      `Expected records from ${url}; got status 304 without having asked for it.`,
    );
  }
  return arxivOaiPage(new TextDecoder().decode(answer.body), url, [category]);
}
