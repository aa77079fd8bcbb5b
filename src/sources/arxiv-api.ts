import type { ListingAnswer, Validators } from '../domain/listing.ts';
import { SourceError } from '../errors.ts';
import { arxivApiListing, arxivApiPage, type ArxivApiPage } from './arxiv-api-page.ts';
import { arxivPaceFor } from './arxiv-host.ts';
import { listingAnswer, type ReadItem } from './collect.ts';
import type { ReadContext, Source } from './source.ts';

/** arXiv allows 2000 a slice and answers smaller ones more reliably. */
const sliceSize = 500;
/** arXiv refuses to go further. */
const maxResultsOfArxiv = 30_000;
/** For one slice: the API now and then gives an empty page where papers are. */
const maxTries = 3;

export interface ArxivApiOptions {
  readonly name: string;
  /** `https://export.arxiv.org` */
  readonly baseUrl: string;
  /** Archives or classes, e.g. `cs.CL`. */
  readonly categories: readonly string[];
  /** How many of the newest papers are read, from 1 to 30,000; 1000 when not given. */
  readonly maxResults?: number;
}

/**
 * The newest papers of some categories by the query API, latest submission first. It tells versions, exact times of
 * submission and the primary category, and nothing of announcements: a first version is new, a later one a
 * replacement, and a replacement of an old paper does not show up here.
 */
export function arxivApi({ name, baseUrl, categories, maxResults = 1000 }: ArxivApiOptions): Source {
  const query = categories.map(categoryQuery).join('+OR+');
  const url = `${baseUrl.replace(/\/+$/, '')}/api/query?search_query=${query}&sortBy=submittedDate&sortOrder=descending`;
  const limit = Math.min(maxResults, maxResultsOfArxiv);
  return {
    name,
    kind: 'arxiv-api',
    address: url,
    requests: () => [{ key: `api/${query}` }],
    read: (_request, context) => readNewest({ name, url, categories, limit }, context),
  };
}

/** An archive alone (`cs`) stands for all its classes. */
function categoryQuery(category: string): string {
  const name = encodeURIComponent(category);
  return category.includes('.') ? `cat:${name}` : `cat:${name}+OR+cat:${name}.*`;
}

interface Query {
  readonly name: string;
  readonly url: string;
  readonly categories: readonly string[];
  readonly limit: number;
}

async function readNewest(query: Query, context: ReadContext): Promise<ListingAnswer> {
  const items: ReadItem[] = [];
  let validators: Validators = {};
  // At most limit / sliceSize slices: each is whole or an error.
  for (let start = 0, end = 1; start < end; start += sliceSize) {
    const slice = await readSlice(query, start, context);
    if (slice === 'unchanged') return { state: 'unchanged' };
    items.push(...slice.page.items);
    end = Math.min(query.limit, slice.page.total);
    // The tag of one slice says nothing of the others.
    validators = start === 0 && end <= sliceSize ? slice.validators : {};
  }
  const listing = arxivApiListing(items, query.name, context.now, context.now);
  return listingAnswer(listing, context.validators, validators);
}

/** One slice with all the entries that its counts promise, or a `SourceError` after some tries. */
async function readSlice(
  query: Query,
  start: number,
  context: ReadContext,
): Promise<{ page: ArxivApiPage; validators: Validators } | 'unchanged'> {
  const size = Math.min(sliceSize, query.limit - start);
  const url = `${query.url}&start=${start}&max_results=${size}`;
  let came = '';
  for (let attempt = 0; attempt < maxTries; attempt += 1) {
    const answer = await context.http.get(url, {
      accept: 'application/atom+xml, application/xml',
      signal: context.signal,
      validators: start === 0 && attempt === 0 ? context.validators : undefined,
      pace: arxivPaceFor(url),
      // A wrong query comes as a feed with an entry that says so, with status 400.
      alsoAccept: [400],
    });
    if (answer.state === 'unchanged') return 'unchanged';
    const page = arxivApiPage(new TextDecoder().decode(answer.body), url, query.categories);
    if (answer.status === 400) {
      throw new SourceError(
        'status',
        `Expected status 200 from ${url}; got 400 with a feed that does not say why.`,
      );
    }
    const expected = Math.min(size, page.total - start);
    if (page.start === start && expected > 0 && page.items.length >= expected) {
      return { page, validators: answer.validators };
    }
    came = `${page.items.length} from place ${page.start} on, of ${page.total} in all`;
    if (page.total === 0) came = 'none at all';
  }
  throw new SourceError(
    'malformed',
    `Expected ${size} papers from place ${start} on, or all that there are, from ${url}; got ${came} in ${maxTries} tries. Try again later, or check the categories.`,
  );
}
