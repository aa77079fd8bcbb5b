import type { Digest } from '../../domain/digest.ts';
import { editionPath, editionPicks, type Edition } from '../../domain/edition.ts';
import { paperPath } from '../../domain/paper.ts';
import type { Site } from '../../domain/site.ts';
import { shortDate } from '../../domain/time.ts';
import type { TrendingEntry } from '../../domain/view.ts';
import { opmlPath } from '../feed/paths.ts';
import {
  digestFeeds,
  followFeeds,
  siteFeeds,
  topicFeeds,
  trendingFeeds,
  type FeedLink,
} from './feed-links.ts';
import { feedsPath, latestPaths, pageHref, topicPath } from './links.ts';
import { line } from './prose.ts';
import type { WebPage } from './templates.ts';

const previewLength = 3;

/** All feeds with their addresses, to be copied without any script, and what is in them now. */
export function feedsPage(
  site: Site,
  digests: readonly Digest[],
  newestFirst: readonly Edition[],
  trending: readonly TrendingEntry[],
): WebPage {
  return {
    path: feedsPath,
    template: 'feeds',
    title: 'Feeds',
    description: `Every feed of ${line(site.title)}: RSS, Atom and JSON Feed.`,
    feeds: siteFeeds(site),
    isListed: true,
    view: {
      opmlHref: pageHref(site, opmlPath),
      groups: [
        {
          name: 'Everything',
          note: 'Each pick once, when it enters an edition; each paper once, when it starts to trend. A new version does not come up again.',
          items: [
            row('all', 'All picks', undefined, siteFeeds(site), picksOf(site, newestFirst)),
            row(
              'trending',
              'Trending',
              pageHref(site, latestPaths.trending),
              trendingFeeds(site),
              trendingOf(site, trending),
            ),
          ],
        },
        {
          name: 'Whole editions',
          note: 'One entry an edition, with everything in it: for readers who hate floods.',
          items: digests.map((digest) =>
            row(
              `digest-${digest.key}`,
              line(digest.name),
              undefined,
              digestFeeds(site, digest),
              editionsOf(site, digest, newestFirst),
            ),
          ),
        },
        {
          name: 'By topic',
          note: 'Each pick of one topic.',
          items: site.topics.map((topic) =>
            row(
              `topic-${topic.key}`,
              line(topic.name),
              pageHref(site, topicPath(topic.key)),
              topicFeeds(site, topic),
              picksOf(site, newestFirst, topic.key),
            ),
          ),
        },
        {
          name: 'Authors and labs',
          note: 'Each pick of an author or a lab that this site follows.',
          items: (site.follows ?? []).map((follow) =>
            row(`${follow.kind}-${follow.key}`, line(follow.name), undefined, followFeeds(site, follow), []),
          ),
        },
      ].filter((group) => group.items.length > 0),
    },
  };
}

interface PreviewEntry {
  readonly title: string;
  readonly href: string;
  readonly isoDate: string;
  readonly date: string;
}

interface FeedRow {
  readonly name: string;
  readonly href: string | undefined;
  readonly feeds: readonly { readonly id: string; readonly format: string; readonly url: string }[];
  readonly latest: readonly PreviewEntry[];
}

function row(
  key: string,
  name: string,
  href: string | undefined,
  feeds: readonly FeedLink[],
  latest: readonly PreviewEntry[],
): FeedRow {
  return {
    name,
    href,
    feeds: feeds.map(({ format, url }, index) => ({ id: `${key}-${index}`, format, url })),
    latest,
  };
}

function picksOf(site: Site, newestFirst: readonly Edition[], topic?: string): readonly PreviewEntry[] {
  const found: PreviewEntry[] = [];
  for (const edition of newestFirst) {
    for (const pick of editionPicks(edition)) {
      if (topic !== undefined && pick.topic !== topic && !pick.alsoIn.includes(topic)) continue;
      found.push({
        title: line(pick.paper.title),
        href: pageHref(site, paperPath(pick.paper.id)),
        ...dateOf(edition),
      });
      if (found.length === previewLength) return found;
    }
  }
  return found;
}

/** Entries are the last entered first. */
function trendingOf(site: Site, entries: readonly TrendingEntry[]): readonly PreviewEntry[] {
  return entries.slice(0, previewLength).map(({ pick, editionDate }) => ({
    title: line(pick.paper.title),
    href: pageHref(site, paperPath(pick.paper.id)),
    ...dateOf({ editionDate }),
  }));
}

function editionsOf(site: Site, { key }: Digest, newestFirst: readonly Edition[]): readonly PreviewEntry[] {
  return newestFirst
    .filter((edition) => edition.digest === key)
    .slice(0, previewLength)
    .map((edition) => ({
      title: `${line(edition.digestName)} No. ${edition.number}`,
      href: pageHref(site, editionPath(edition)),
      ...dateOf(edition),
    }));
}

function dateOf({ editionDate }: Pick<Edition, 'editionDate'>): {
  readonly isoDate: string;
  readonly date: string;
} {
  return { isoDate: editionDate, date: shortDate(editionDate) };
}
