import type { FeedFormats } from './model.ts';

/** Which feed: every pick of the site, the picks of a topic, or the editions of a digest as whole entries. */
export type FeedName =
  | { readonly kind: 'all' }
  | { readonly kind: 'topic'; readonly key: string }
  | { readonly kind: 'digest'; readonly key: string };

/** Where a feed stands below the site's root, in each format. */
export function feedPaths(feed: FeedName): FeedFormats {
  const key = feed.kind === 'all' ? 'all' : encodeURIComponent(feed.key);
  return feed.kind === 'topic'
    ? { rss: `t/${key}/rss.xml`, atom: `t/${key}/atom.xml`, json: `t/${key}/feed.json` }
    : { rss: `feeds/${key}.xml`, atom: `feeds/${key}.atom.xml`, json: `feeds/${key}.json` };
}

/** The page for people that belongs to a feed, below the site's root. */
export function feedPagePath(feed: FeedName): string {
  if (feed.kind === 'all') return '';
  return feed.kind === 'topic' ? `t/${encodeURIComponent(feed.key)}/` : 'archive/';
}

/** The page for people that lists the feeds. */
export const feedsPagePath = 'feeds/';

export const opmlPath = 'feeds.opml';
export const stylesheetPath = 'feed.css';
export const iconPath = 'icon.png';
