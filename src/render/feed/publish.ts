import { RenderError } from '../../errors.ts';
import type { Digest } from '../../domain/digest.ts';
import type { Edition } from '../../domain/edition.ts';
import type { PublishedDocument, Site } from '../../domain/site.ts';
import { renderAtom } from './atom.ts';
import { allFeed, editionsFeed, topicFeed } from './documents.ts';
import { iconPng } from './icon.ts';
import { renderJson } from './json.ts';
import type { FeedDocument } from './model.ts';
import { renderOpml } from './opml.ts';
import { feedPaths, iconPath, opmlPath, stylesheetPath, type FeedName } from './paths.ts';
import { renderRss } from './rss.ts';
import { feedStylesheet } from './stylesheet.ts';

/** Feed readers call more than that a burden (JSON Feed 1.1, "Suggestions for Publishers"). */
const maxBytes = 1_000_000;

/**
 * Every feed of the site in its three formats, the OPML list, the style sheet and the icon, made from frozen editions of
 * all digests: same editions, same bytes.
 *
 * `bodyHtml` writes the whole of an edition as an HTML fragment, see `editionHtml`. Feeds longer than a megabyte
 * lose their oldest entries. Throws RenderError when two feeds would stand at one path or a feed is invalid.
 */
export function renderFeeds(
  site: Site,
  digests: readonly Digest[],
  editions: readonly Edition[],
  bodyHtml: (edition: Edition) => string,
): PublishedDocument[] {
  const feeds: readonly (readonly [FeedName, FeedDocument])[] = [
    [{ kind: 'all' }, allFeed(site, editions)],
    ...site.topics.map(
      (topic) => [{ kind: 'topic', key: topic.key }, topicFeed(site, topic, editions)] as const,
    ),
    ...digests.map(
      (digest) =>
        [{ kind: 'digest', key: digest.key }, editionsFeed(site, digest, editions, bodyHtml)] as const,
    ),
  ];
  const documents = [
    ...feeds.flatMap(([name, document]) => threeFormats(name, document)),
    { path: opmlPath, contentType: 'text/x-opml; charset=utf-8', body: renderOpml(site, digests, editions) },
    { path: stylesheetPath, contentType: 'text/css; charset=utf-8', body: feedStylesheet },
    { path: iconPath, contentType: 'image/png', body: iconPng() },
  ];
  const paths = new Set<string>();
  for (const { path } of documents) {
    if (paths.has(path))
      throw new RenderError(path, 'two feeds have this path: rename the topic or the digest');
    paths.add(path);
  }
  return documents;
}

function threeFormats(name: FeedName, document: FeedDocument): readonly PublishedDocument[] {
  const paths = feedPaths(name);
  const { rss, atom, json } = document.formatUrls;
  const made = [
    { path: paths.rss, contentType: 'application/rss+xml; charset=utf-8', body: renderRss(document, rss) },
    {
      path: paths.atom,
      contentType: 'application/atom+xml; charset=utf-8',
      body: renderAtom(document, atom),
    },
    {
      path: paths.json,
      contentType: 'application/feed+json; charset=utf-8',
      body: renderJson(document, json),
    },
  ];
  const longest = Math.max(...made.map(({ body }) => Buffer.byteLength(body)));
  const count = document.items.length;
  if (longest <= maxBytes || count <= 1) return made;
  const fewer = Math.min(count - 1, Math.max(1, Math.floor((count * maxBytes) / longest)));
  return threeFormats(name, { ...document, items: document.items.slice(0, fewer) });
}
