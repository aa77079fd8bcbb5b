import { hash } from 'node:crypto';
import { Hono } from 'hono';
import type { StoredSubscriber } from '../domain/subscriber.ts';
import { feedEntries, type FeedEntries } from '../render/feed/entries.ts';
import { mediaTypes } from '../render/feed/links.ts';
import type { FeedFormat } from '../render/feed/model.ts';
import { privateFeed } from '../render/feed/private-feed.ts';
import { renderFeed } from '../render/feed/publish.ts';
import { timelineOf } from '../render/feed/timeline.ts';
import { lastEditionId, newestEditions } from '../store/editions.ts';
import { addressHashOfFeed } from '../store/feed-keys.ts';
import { findSubscriber } from '../store/subscribers.ts';
import type { ReaderParts } from './reader-parts.ts';

/** What a reader of feeds has not fetched in so many editions it does not miss. */
const editionsShown = 120;

const formats: Readonly<Record<string, FeedFormat>> = {
  'rss.xml': 'rss',
  'atom.xml': 'atom',
  'feed.json': 'json',
};

const headers = {
  'Cache-Control': 'private, max-age=300',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Robots-Tag': 'noindex',
} as const;

/**
 * `GET f/KEY/{rss.xml,atom.xml,feed.json}`: the feed of one subscriber, from frozen editions. An unknown and a replaced key
 * get the same 404; nothing tells whose feed it is. The entries of all editions are made once an edition.
 */
export function privateFeedRoutes(parts: ReaderParts): Hono {
  const { db, site } = parts;
  let made: { readonly of: number; readonly entries: FeedEntries } | undefined;

  async function currentEntries(): Promise<FeedEntries> {
    const last = await lastEditionId(db);
    if (made?.of === last) return made.entries;
    const { newest } = await newestEditions(db, editionsShown);
    const entries = feedEntries(site, timelineOf(newest.map(({ edition }) => edition)));
    made = { of: last, entries };
    return entries;
  }

  return new Hono().get('/f/:key/:file', async (context) => {
    const { key, file } = context.req.param();
    const format = Object.hasOwn(formats, file) ? formats[file] : undefined;
    const addressHash = /^[\w-]{32}$/.test(key) ? await addressHashOfFeed(db, key) : undefined;
    const subscriber = addressHash === undefined ? undefined : await findSubscriber(db, addressHash);
    if (!subscriber || format === undefined) {
      return context.text('There is no feed at this address.\n', 404, {
        ...headers,
        'Cache-Control': 'no-store',
      });
    }
    const wish = {
      key,
      topics: topicsOf(parts, subscriber),
      follows: subscriber.follows,
      muted: subscriber.muted,
    };
    const feedId = hash('sha256', `private feed ${subscriber.addressHash}`, 'base64url').slice(0, 22);
    const body = renderFeed(privateFeed(site, await currentEntries(), wish, feedId), format);
    const etag = `"${hash('sha256', body, 'base64url').slice(0, 22)}"`;
    const tags = (context.req.header('If-None-Match') ?? '').split(',').map((tag) => tag.trim());
    if (tags.includes(etag) || tags.includes(`W/${etag}`)) {
      return context.body(null, 304, { ...headers, ETag: etag });
    }
    return context.body(body, 200, {
      ...headers,
      ETag: etag,
      'Content-Type': `${mediaTypes[format]}; charset=utf-8`,
    });
  });
}

/** The topics of every digest that a subscriber did not leave; who left all mail may still read the feed. */
function topicsOf({ digests }: ReaderParts, { subscriptions }: StoredSubscriber): readonly string[] {
  const known = subscriptions.filter(({ state }) => state === 'confirmed');
  const own = known.length > 0 ? known : subscriptions;
  return own.flatMap((subscription) => {
    const digest = digests.find(({ key }) => key === subscription.digest);
    return digest?.topics.filter((topic) => subscription.topics?.includes(topic) ?? true) ?? [];
  });
}
