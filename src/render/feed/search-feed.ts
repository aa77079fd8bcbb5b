import { hash } from 'node:crypto';
import type { FoundPaper } from '../../domain/found-paper.ts';
import { mostInFeed, requestQuery, type SearchRequest } from '../../domain/search-request.ts';
import type { Site } from '../../domain/site.ts';
import { secondMs, type Instant } from '../../domain/time.ts';
import { feedRequest, searchFeedUrls, searchUrl } from '../search-address.ts';
import { cleanText, cut } from '../text.ts';
import { feedDocument } from './feed-document.ts';
import { tagUri } from './identity.ts';
import type { FeedDocument, FeedItem } from './model.ts';
import { foundItem } from './search-entry.ts';

/**
 * The papers that a search found as a feed, those met last first. An entry has the id it has in every other feed, a time
 * about when we met the paper, and what is known of it now without anything that is counted: it is the same until a
 * source changes the paper. No hub tells of these feeds, for nobody can know which of them changed.
 */
export function searchFeed(site: Site, request: SearchRequest, found: readonly FoundPaper[]): FeedDocument {
  const asked = feedRequest(request);
  const query = requestQuery(asked);
  const name = asked.text === '' ? 'Search' : `“${cut(cleanText(asked.text), 80)}”`;
  const items = found
    .toSorted((a, b) => b.entryAt - a.entryAt)
    .slice(0, asked.limit ?? mostInFeed)
    .map((one) => foundItem(site, one));
  const head = {
    name: { kind: 'all' },
    title: `${name} · ${site.title}`,
    subtitle: `Every paper that ${site.title} meets${query === '' ? '' : `, if this search finds it: ${askedFor(site, asked)}`}.`,
  } as const;
  const { hubUrl: _, ...document } = feedDocument(site, head, { items: withUpdates(items, found) });
  return {
    ...document,
    id: tagUri(site, 'feed', `search/${hash('sha256', query, 'base64url').slice(0, 22)}`),
    pageUrl: searchUrl(site, asked),
    formatUrls: searchFeedUrls(site, asked),
  };
}

/** What is asked for: `“tool use”, in Agents, with code, from 2026-11-01`. */
function askedFor(site: Site, { text, topic, has, after, before }: SearchRequest): string {
  const said = [
    text === '' ? '' : `“${cut(cleanText(text), 200)}”`,
    topic === undefined ? '' : `in ${site.topics.find(({ key }) => key === topic)?.name ?? topic}`,
    has === undefined ? '' : `with ${has}`,
    after === undefined ? '' : `from ${after}`,
    before === undefined ? '' : `before ${before}`,
  ];
  return said.filter(Boolean).join(', ');
}

/** The seconds that part papers which were changed at once. */
const spreadSeconds = 3600;

/** A time up to an hour before, another for each of the papers that were changed then. */
function spread(at: Instant, seq: number): Instant {
  return Math.floor(at / secondMs) * secondMs - (spreadSeconds - 1 - (seq % spreadSeconds)) * secondMs;
}

/** The items with the time of the last change of each paper; no two are the same, which validators ask for. */
function withUpdates(items: readonly FeedItem[], found: readonly FoundPaper[]): readonly FeedItem[] {
  const byId = new Map(found.map((one) => [one.paper.id, one]));
  const taken = new Set<Instant>();
  return items.map((item) => {
    const one = byId.get(item.paper?.id ?? '');
    const revisedAt = one?.paper.revisedAt === undefined ? 0 : spread(one.paper.revisedAt, one.seq);
    let updatedAt = Math.max(item.publishedAt, revisedAt);
    while (taken.has(updatedAt)) updatedAt += secondMs;
    taken.add(updatedAt);
    return { ...item, updatedAt };
  });
}
