import { describe, expect, it } from 'vitest';
import { dayMs } from '../../../src/domain/time.ts';
import { feedFiles, material, type FeedMaterial } from './feed-site.ts';
import { readFeed, type ReadFeed } from './read-feed.ts';
import { feedMail, freshRss, miniflux, type Reader } from './reader-models.ts';

/* L. Readers, modelled on their sources: what each makes of the feeds day by day. */

const whole = material({ days: 12, picks: 5 });

/** The site as it stood at the end of that day. */
function dayOf(days: number, { editions, trending }: FeedMaterial = whole): FeedMaterial {
  const endsAt = Date.UTC(2026, 8, 21) + days * dayMs;
  return {
    editions: editions.filter(({ publishedAt }) => publishedAt < endsAt),
    trending: trending.filter(({ enteredAt }) => enteredAt < endsAt),
  };
}

const sites = new Map(Array.from({ length: 12 }, (_, index) => [index + 1, feedFiles(dayOf(index + 1))]));

function feedOn(day: number, path: string): ReadFeed {
  const file = sites.get(day)?.find((one) => one.path === path);
  if (!file) throw new Error(`there is no ${path} on day ${day}`);
  return readFeed(file.format, file.text);
}

const readers: readonly (readonly [string, () => Reader])[] = [
  ['Miniflux', miniflux],
  ['FreshRSS', freshRss],
  ['FeedMail', () => feedMail(() => Date.UTC(2026, 9, 10))],
];

describe.each(readers)('40. %s', (_, open) => {
  it.each([
    ['feeds/all.xml', 5],
    ['feeds/all.atom.xml', 5],
    ['feeds/all.json', 5],
    ['feeds/daily.xml', 1],
    ['trending/rss.xml', 1],
  ])('reads %s every day: each entry comes up once, none is lost', (path, perDay) => {
    const reader = open();
    const unread: string[] = [];
    for (const day of [1, 2, 3, 4, 5]) {
      const feed = feedOn(day, path);
      const fetched = reader.fetch(feed);
      expect(fetched.unread).toHaveLength(perDay);
      expect(fetched.dropped).toEqual([]);
      unread.push(...fetched.unread.map(({ id }) => id));
      // Again an hour later: nothing changed, nothing comes up.
      expect(reader.fetch(feed)).toEqual({ unread: [], changed: [], dropped: [] });
    }
    expect(new Set(unread).size).toBe(5 * perDay);
  });

  it('changes an entry only when its paper has a new version or was withdrawn', () => {
    const reader = open();
    const changed = [1, 2, 3, 4, 5, 6].flatMap((day) => reader.fetch(feedOn(day, 'feeds/all.xml')).changed);
    expect(changed.map(({ id }) => id.slice(-6))).toEqual(['000001', '001001', '002001', '004001', '003001']);
    expect(changed.filter(({ title }) => title.startsWith('[Withdrawn] '))).toHaveLength(1);
  });

  it.each(['feeds/all.xml', 't/agents/feed.json', 'feeds/daily.atom.xml', 'trending/rss.xml'])(
    'misses nothing of %s when it was away for seven days',
    (path) => {
      const [daily, away] = [open(), open()];
      const ids = (reader: Reader, days: readonly number[]): readonly string[] =>
        days.flatMap((day) => reader.fetch(feedOn(day, path)).unread.map(({ id }) => id)).toSorted();
      expect(ids(away, [3, 10])).toEqual(ids(daily, [3, 4, 5, 6, 7, 8, 9, 10]));
    },
  );
});
