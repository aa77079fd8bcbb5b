import { calendarDate, type Instant } from '../domain/time.ts';
import { SourceError } from '../errors.ts';
import { arxivMailListing } from './arxiv-mail-text.ts';
import { listingAnswer } from './collect.ts';
import { filesAt } from './file-paths.ts';
import { fileText } from './file-text.ts';
import type { ListingRequest, Source } from './source.ts';

export interface ArxivMailOptions {
  readonly name: string;
  /** One mail a file, plain text, packed with gzip or not; `*`, `?`, `[…]` and `**` as in a shell. */
  readonly paths: readonly string[];
}

/**
 * arXiv's listing mails, saved as files: one request for each, `mail=PATH`, the oldest list day first. A mail of a
 * later day than `now` is not there yet. One that cannot be read is asked for all the same, so that it is reported.
 */
export function arxivMail({ name, paths }: ArxivMailOptions): Source {
  return {
    name,
    kind: 'arxiv-mail',
    address: paths.join(', '),
    requests: async (now) => mailRequests(await filesAt(paths), now),
    async read({ key }, { now, signal, validators }) {
      const path = (await filesAt(paths)).find((candidate) => key === `mail=${candidate}`);
      if (path === undefined) {
        throw new SourceError('unreachable', `Expected one of the mails of ${name}; got the request ${key}.`);
      }
      return listingAnswer(arxivMailListing(await fileText(path, signal), name, path, now), validators);
    },
  };
}

async function mailRequests(paths: readonly string[], now: Instant): Promise<ListingRequest[]> {
  const today = calendarDate(now, 'UTC');
  const requests: ListingRequest[] = [];
  for (const path of paths) {
    const key = `mail=${path}`;
    try {
      const { listDate } = arxivMailListing(await fileText(path), '', path, now);
      if (listDate <= today) requests.push({ key, listDate });
    } catch (thrown) {
      if (!(thrown instanceof SourceError)) throw thrown;
      requests.push({ key });
    }
  }
  return requests.toSorted((one, other) => (one.listDate ?? '').localeCompare(other.listDate ?? ''));
}
