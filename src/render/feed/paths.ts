import { editionPath } from '../../domain/edition.ts';
import { paperPath, type PaperId } from '../../domain/paper.ts';
import type { CalendarDate } from '../../domain/time.ts';
import type { FeedFormats } from './model.ts';

/**
 * Which feed: every pick of the site, what is trending, the picks of a topic, of an author or of a lab, the editions of a
 * digest as whole entries, the picks of one edition, what happened to one paper.
 */
export type FeedName =
  | { readonly kind: 'all' | 'trending' }
  | { readonly kind: 'topic' | 'digest' | 'author' | 'lab'; readonly key: string }
  | { readonly kind: 'edition'; readonly digest: string; readonly editionDate: CalendarDate }
  | { readonly kind: 'paper'; readonly id: PaperId };

/** Where a feed stands below the site's root, in each format. */
export function feedPaths(feed: FeedName): FeedFormats {
  const folder = feedFolder(feed);
  switch (feed.kind) {
    case 'all':
    case 'digest':
      return formatsOf(folder.slice(0, -1));
    case 'paper':
      return formatsOf(`${folder}feed`);
    default:
      return { rss: `${folder}rss.xml`, atom: `${folder}atom.xml`, json: `${folder}feed.json` };
  }
}

/** Where an archive document of a feed stands; `part` is `2026-10`, and `2026-10-2` for the second of a month. */
export function archivePaths(feed: FeedName, part: string): FeedFormats {
  return formatsOf(`${feedFolder(feed)}${part}`);
}

/** Whether the document at a path is closed: that of one edition, or of an archive. Nobody waits for news of it. */
export function isClosedFeed(path: string): boolean {
  return path.startsWith('editions/') || /\/\d{4}-\d{2}(?:-\d+)?\.(?:xml|atom\.xml|json)$/.test(path);
}

function formatsOf(stem: string): FeedFormats {
  return { rss: `${stem}.xml`, atom: `${stem}.atom.xml`, json: `${stem}.json` };
}

/** The folder of a feed's own files: of all of them, or of its archive documents. */
function feedFolder(feed: FeedName): string {
  switch (feed.kind) {
    case 'all':
      return 'feeds/all/';
    case 'digest':
      return `feeds/${encodeURIComponent(feed.key)}/`;
    case 'trending':
      return 'trending/';
    case 'topic':
      return `t/${encodeURIComponent(feed.key)}/`;
    case 'author':
      return `authors/${encodeURIComponent(feed.key)}/`;
    case 'lab':
      return `labs/${encodeURIComponent(feed.key)}/`;
    case 'edition':
      return editionPath(feed);
    case 'paper':
      return paperPath(feed.id);
  }
}

/** The page for people that belongs to a feed, below the site's root. */
export function feedPagePath(feed: FeedName): string {
  switch (feed.kind) {
    case 'all':
      return '';
    case 'digest':
      return 'archive/';
    case 'author':
    case 'lab':
      return feedsPagePath;
    default:
      return feedFolder(feed);
  }
}

/** The JSON Feed beside a published feed of any format, by its path; undefined for what has no feed's name. */
export function jsonFeedPath(path: string): string | undefined {
  if (/\/(?:rss|atom)\.xml$/.test(path)) return path.replace(/[^/]+$/, 'feed.json');
  if (/\/[^/]+\.xml$/.test(path)) return path.replace(/(?:\.atom)?\.xml$/, '.json');
  return path.endsWith('.json') ? path : undefined;
}

/** The page for people that lists the feeds. */
export const feedsPagePath = 'feeds/';

export const opmlPath = 'feeds.opml';
export const stylesheetPath = 'feed.css';
export const iconPath = 'icon.png';
