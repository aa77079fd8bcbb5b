import type { CalendarDate } from '../domain/time.ts';
import { SourceError } from '../errors.ts';
import { arxivPaceFor } from './arxiv-host.ts';
import { arxivDueDate, arxivListDatesBetween } from './arxiv-calendar.ts';
import { arxivListing } from './arxiv-listing.ts';
import { listingAnswer } from './collect.ts';
import type { Source } from './source.ts';

export interface ArxivFeedOptions {
  readonly name: string;
  /** `https://rss.arxiv.org` */
  readonly baseUrl: string;
  /** Archives or classes, e.g. `cs.CL`; one feed for all, in which a paper stands once. */
  readonly categories: readonly string[];
  readonly format: 'rss' | 'atom';
  /** Days without announcement beside those known here, e.g. of the next year. */
  readonly holidays?: readonly CalendarDate[] | undefined;
}

/** The newest listing of some arXiv categories. The feed holds one day only: a missed day cannot be read later. */
export function arxivFeed({ name, baseUrl, categories, format, holidays }: ArxivFeedOptions): Source {
  const path = `${format}/${categories.join('+')}`;
  const url = `${baseUrl.replace(/\/+$/, '')}/${path}`;
  return {
    name,
    kind: 'arxiv',
    address: url,
    requests: () => [{ key: path }],
    dueDate: (now) => arxivDueDate(now, holidays),
    newestListOnly: {
      requestKey: path,
      categories,
      listDatesBetween: (after, before) => arxivListDatesBetween(after, before, holidays),
    },
    async read(_request, { http, now, signal, validators }) {
      const answer = await http.get(url, {
        accept: 'application/rss+xml, application/atom+xml, application/xml',
        signal,
        validators,
        pace: arxivPaceFor(url),
        // An unknown category comes as a feed that says so, with status 400.
        alsoAccept: [400],
      });
      if (answer.state === 'unchanged') return answer;
      const listing = arxivListing(new TextDecoder().decode(answer.body), name, url, now, holidays);
      if (answer.status === 400) {
        throw new SourceError(
          'status',
          `Expected status 200 from ${url}; got 400 with a feed that does not say why.`,
        );
      }
      return listingAnswer(listing, validators, answer.validators);
    },
  };
}
