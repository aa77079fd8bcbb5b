import { createHash } from 'node:crypto';
import { dayMs } from '../../../src/domain/time.ts';
import type { ReadFeed, ReadItem } from './read-feed.ts';

/** What a reader made of one fetch of a feed. */
export interface Fetched {
  /** Entries that it shows as unread. */
  readonly unread: readonly ReadItem[];
  /** Entries that it knew, and whose text it replaced. */
  readonly changed: readonly ReadItem[];
  /** Entries that it never shows, and why. */
  readonly dropped: readonly string[];
}

export interface Reader {
  fetch(feed: ReadFeed): Fetched;
}

/** Miniflux: an entry is known by the SHA-256 of its id; a known one is changed in place and stays read. */
export function miniflux(): Reader {
  return knownBy(
    (item) => createHash('sha256').update(item.id).digest('hex'),
    () => true,
  );
}

/** FreshRSS: by guid; an entry whose text is another is marked as changed. */
export function freshRss(): Reader {
  return knownBy(
    (item) => item.id,
    () => true,
  );
}

/** FeedMail: a new entry more than seven days older than the newest one, or older than a year, is no news. */
export function feedMail(now: () => number): Reader {
  return knownBy(
    (item) => item.id,
    (item, newestAt) => newestAt - item.publishedAt <= 7 * dayMs && now() - item.publishedAt <= 365 * dayMs,
  );
}

function knownBy(
  keyOf: (item: ReadItem) => string,
  isNews: (item: ReadItem, newestAt: number) => boolean,
): Reader {
  const known = new Map<string, string>();
  return {
    fetch: ({ items }) => {
      const newestAt = Math.max(...items.map(({ publishedAt }) => publishedAt));
      const unread: ReadItem[] = [];
      const changed: ReadItem[] = [];
      const dropped: string[] = [];
      for (const item of items) {
        const key = keyOf(item);
        const text = `${item.title}\n${item.url}\n${item.html}\n${item.authors.join()}`;
        const before = known.get(key);
        known.set(key, text);
        if (before === undefined && isNews(item, newestAt)) unread.push(item);
        else if (before === undefined) dropped.push(item.id);
        else if (before !== text) changed.push(item);
      }
      return { unread, changed, dropped };
    },
  };
}
