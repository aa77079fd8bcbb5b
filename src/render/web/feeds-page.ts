import type { Digest } from '../../domain/digest.ts';
import type { Site } from '../../domain/site.ts';
import { opmlPath } from '../feed/paths.ts';
import { digestFeeds, siteFeeds, topicFeeds, type FeedLink } from './feed-links.ts';
import { pageHref, topicPath } from './links.ts';
import { line } from './prose.ts';
import type { WebPage } from './templates.ts';

/** All feeds with their addresses, to be copied without any script. */
export function feedsPage(site: Site, digests: readonly Digest[]): WebPage {
  return {
    path: 'feeds/',
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
          note: 'Each pick once, when it enters an edition. A new version of a paper does not come up again.',
          items: [row('all', 'All picks', undefined, siteFeeds(site))],
        },
        {
          name: 'Whole editions',
          note: 'One entry an edition, with everything in it: for readers who hate floods.',
          items: digests.map((digest) =>
            row(`digest-${digest.key}`, line(digest.name), undefined, digestFeeds(site, digest)),
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
            ),
          ),
        },
      ].filter((group) => group.items.length > 0),
    },
  };
}

interface FeedRow {
  readonly name: string;
  readonly href: string | undefined;
  readonly feeds: readonly { readonly id: string; readonly format: string; readonly url: string }[];
}

function row(key: string, name: string, href: string | undefined, feeds: readonly FeedLink[]): FeedRow {
  return {
    name,
    href,
    feeds: feeds.map(({ format, url }, index) => ({ id: `${key}-${index}`, format, url })),
  };
}
