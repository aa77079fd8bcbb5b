import { RenderError } from '../../errors.ts';
import type { Digest } from '../../domain/digest.ts';
import type { Edition } from '../../domain/edition.ts';
import type { PublishedDocument, Site } from '../../domain/site.ts';
import { basisOf, editionName } from '../basis.ts';
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
 * `bodyHtml` writes the whole of an edition as an HTML fragment, see `editionHtml`; `program` names the code that
 * does it all. Feeds longer than a megabyte
 * lose their oldest entries. Throws RenderError when two feeds would stand at one path or a feed is invalid.
 */
export function renderFeeds(
  site: Site,
  digests: readonly Digest[],
  editions: readonly Edition[],
  bodyHtml: (edition: Edition) => string,
  program = '',
): PublishedDocument[] {
  const basis = basisOf(program, site, digests, editions.map(editionName).toSorted());
  const feeds: readonly (readonly [FeedName, () => FeedDocument])[] = [
    [{ kind: 'all' }, () => allFeed(site, editions)],
    ...site.topics.map(
      (topic) => [{ kind: 'topic', key: topic.key }, () => topicFeed(site, topic, editions)] as const,
    ),
    ...digests.map(
      (digest) =>
        [{ kind: 'digest', key: digest.key }, () => editionsFeed(site, digest, editions, bodyHtml)] as const,
    ),
  ];
  const documents = [
    ...feeds.flatMap(([name, document]) => threeDocuments(name, basis, document)),
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

/** The feed's files; the feed is made when one of their bodies is asked for, and then in all formats. */
function threeDocuments(
  name: FeedName,
  basis: string,
  document: () => FeedDocument,
): readonly PublishedDocument[] {
  const paths = feedPaths(name);
  let made: Readonly<Record<FeedFormat, string>> | undefined;
  return feedFormats.map(({ format, contentType }) => ({
    path: paths[format],
    contentType: `${contentType}; charset=utf-8`,
    basis,
    get body() {
      return (made ??= threeFormats(document()))[format];
    },
  }));
}

const feedFormats = [
  { format: 'rss', contentType: 'application/rss+xml' },
  { format: 'atom', contentType: 'application/atom+xml' },
  { format: 'json', contentType: 'application/feed+json' },
] as const;

type FeedFormat = (typeof feedFormats)[number]['format'];

function threeFormats(document: FeedDocument): Readonly<Record<FeedFormat, string>> {
  const { rss, atom, json } = document.formatUrls;
  const made = {
    rss: renderRss(document, rss),
    atom: renderAtom(document, atom),
    json: renderJson(document, json),
  };
  const longest = Math.max(...Object.values(made).map((body) => Buffer.byteLength(body)));
  const count = document.items.length;
  if (longest <= maxBytes || count <= 1) return made;
  const fewer = Math.min(count - 1, Math.max(1, Math.floor((count * maxBytes) / longest)));
  return threeFormats({ ...document, items: document.items.slice(0, fewer) });
}
