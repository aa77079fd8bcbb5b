import type { Digest } from '../../domain/digest.ts';
import type { Edition } from '../../domain/edition.ts';
import type { Follow } from '../../domain/follow.ts';
import type { PaperId } from '../../domain/paper.ts';
import { siteUrl, type Site } from '../../domain/site.ts';
import type { Topic } from '../../domain/topic.ts';
import { feedPaths, type FeedName } from '../feed/paths.ts';
import { line } from './prose.ts';

/** A feed as a page names it: in a `<link rel="alternate">` and on the feeds page. */
export interface FeedLink {
  readonly format: 'RSS' | 'Atom' | 'JSON Feed';
  readonly type: string;
  readonly title: string;
  readonly url: string;
}

/** The three feeds of every pick of the site. */
export function siteFeeds(site: Site): readonly FeedLink[] {
  return feedLinks(site, line(site.title), { kind: 'all' });
}

/** The three feeds of what is trending: a paper enters once. */
export function trendingFeeds(site: Site): readonly FeedLink[] {
  return feedLinks(site, `${line(site.title)}, trending`, { kind: 'trending' });
}

/** The three feeds of an author or a lab that the site follows. */
export function followFeeds(site: Site, { kind, key, name }: Follow): readonly FeedLink[] {
  return feedLinks(site, line(name), { kind, key });
}

/** The three feeds of one edition, an entry a pick. */
export function editionFeeds(site: Site, edition: Edition): readonly FeedLink[] {
  const { digest, editionDate, digestName, number } = edition;
  return feedLinks(site, `${line(digestName)} No. ${number}`, { kind: 'edition', digest, editionDate });
}

/** The feed of what happens to one paper, in Atom only. */
export function paperFeeds(site: Site, id: PaperId, title: string): readonly FeedLink[] {
  return feedLinks(site, title, { kind: 'paper', id }).filter(({ format }) => format === 'Atom');
}

/** The three feeds of a topic's picks. */
export function topicFeeds(site: Site, topic: Pick<Topic, 'key' | 'name'>): readonly FeedLink[] {
  return feedLinks(site, line(topic.name), { kind: 'topic', key: topic.key });
}

/** The three feeds of a digest, one entry an edition. */
export function digestFeeds(site: Site, digest: Pick<Digest, 'key' | 'name'>): readonly FeedLink[] {
  return feedLinks(site, `${line(digest.name)}, whole editions`, { kind: 'digest', key: digest.key });
}

function feedLinks(site: Site, title: string, feed: FeedName): readonly FeedLink[] {
  const { rss, atom, json } = feedPaths(feed);
  return [
    { format: 'RSS', type: 'application/rss+xml', title: `${title} (RSS)`, url: siteUrl(site, rss) },
    { format: 'Atom', type: 'application/atom+xml', title: `${title} (Atom)`, url: siteUrl(site, atom) },
    {
      format: 'JSON Feed',
      type: 'application/feed+json',
      title: `${title} (JSON Feed)`,
      url: siteUrl(site, json),
    },
  ];
}
