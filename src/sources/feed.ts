import type { CalendarDate, Instant } from '../domain/time.ts';
import { calendarDate } from '../domain/time.ts';
import { SourceError } from '../errors.ts';
import { arxivPaceFor } from './arxiv-host.ts';
import { collect, listingAnswer, type ReadItem } from './collect.ts';
import { feedEntries, type FeedDocument } from './feed-document.ts';
import { feedPaper } from './feed-paper.ts';
import type { Source } from './source.ts';

export interface FeedSourceOptions {
  readonly name: string;
  /** The address of the feed itself, http or https. */
  readonly url: string;
}

/** What a feed document says: its items as papers or the reasons why they are none, and the day it stands for. */
export interface FeedReading {
  readonly items: readonly ReadItem[];
  readonly listDate: CalendarDate;
}

/** Any RSS, RDF, Atom or JSON feed, by its address. It holds what its publisher left in it: what fell out cannot be read later. */
export function feedSource({ name, url }: FeedSourceOptions): Source {
  return {
    name,
    kind: 'feed',
    address: url,
    requests: () => [{ key: url }],
    async read(_request, { http, now, signal, validators }) {
      const answer = await http.get(url, {
        accept:
          'application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1',
        signal,
        validators,
        pace: arxivPaceFor(url),
        obeysRobots: true,
      });
      if (answer.state === 'unchanged') return answer;
      const { items, listDate } = await readFeed(
        { body: answer.body, contentType: answer.contentType, address: answer.url },
        now,
      );
      const collected = collect(items);
      return listingAnswer(
        { source: name, listDate, readAt: now, ...collected, quiet: false, hasVotes: false },
        validators,
        answer.validators,
        [collected.entries, collected.dropped],
      );
    },
  };
}

/**
 * Reads a feed document whole. A feed that names no day of its own stands for the UTC day of its newest entry, at most that of
 * `now`, and without dates for that of `now`. Where reading stopped at a fault the entries before it are kept and the
 * last item is a dropped one with the key `document` and the reason. Throws `SourceError`: as `feedEntries`, `malformed` when
 * nothing could be read before the fault, `reported` for an error that arXiv sends as a feed.
 */
export async function readFeed(document: FeedDocument, now: Instant): Promise<FeedReading> {
  const { address } = document;
  const items: ReadItem[] = [];
  let newestAt: Instant | undefined;
  const entries = feedEntries(document);
  let next = await entries.next();
  while (next.done !== true) {
    const entry = next.value;
    if (/^https?:\/\/arxiv\.org\/api\/errors/.test(entry.id ?? '')) {
      throw reported(entry.summary?.text.trim() ?? 'an error', address);
    }
    const at = entry.publishedAt ?? entry.updatedAt;
    if (at !== undefined && at <= now) newestAt = Math.max(newestAt ?? at, at);
    items.push(feedPaper(entry, items.length + 1));
    next = await entries.next();
  }
  const { title, fault } = next.value;
  if (/^Feed error for query/i.test(title)) throw reported(title, address);
  if (fault !== undefined) items.push(faultItem(fault, items.length, document));
  return { items, listDate: calendarDate(newestAt ?? now, 'UTC') };
}

function faultItem(fault: string, before: number, { address, body }: FeedDocument): ReadItem {
  if (before > 0) {
    return {
      key: 'document',
      reason: `expected a whole feed; got ${fault}. The ${before} entries before it were read`,
    };
  }
  throw new SourceError(
    'malformed',
    `Expected a whole feed from ${address}; got ${body.byteLength} bytes of XML that is cut off or broken: ${fault}. Try again later.`,
  );
}

function reported(what: string, address: string): SourceError {
  return new SourceError(
    'reported',
    `Expected papers from ${address}; the source reports "${what.slice(0, 200)}". Check the address.`,
  );
}
