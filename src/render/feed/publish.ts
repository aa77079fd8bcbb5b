import { RenderError } from '../../errors.ts';
import type { Digest } from '../../domain/digest.ts';
import type { Edition } from '../../domain/edition.ts';
import type { PublishedDocument, Site } from '../../domain/site.ts';
import type { TrendingEntry } from '../../domain/view.ts';
import { basisOf } from '../basis.ts';
import { escapeHtml } from '../text.ts';
import { renderAtom } from './atom.ts';
import {
  allSeries,
  digestSeries,
  editionPart,
  followSeries,
  paperPart,
  topicSeries,
  trendingSeries,
} from './documents.ts';
import { feedEntries } from './entries.ts';
import { iconPng } from './icon.ts';
import { renderJson } from './json.ts';
import { mediaTypes } from './links.ts';
import type { FeedDocument, FeedFormat } from './model.ts';
import { renderOpml } from './opml.ts';
import { iconPath, opmlPath, stylesheetPath } from './paths.ts';
import { renderRss } from './rss.ts';
import type { FeedPart } from './series.ts';
import { feedStylesheet } from './stylesheet.ts';
import { timelineOf } from './timeline.ts';

/** Feed readers call more than that a burden (JSON Feed 1.1, "Suggestions for Publishers"). */
const maxBytes = 1_000_000;

/**
 * Every feed of the site with its archive, the OPML list, the style sheet and the icon, made from frozen
 * editions of all digests, and what entered the trending list, in any order: the same, the same bytes.
 *
 * `bodyHtml` writes the whole of an edition as an HTML fragment, see `editionHtml`; `program` names the code that
 * does it all. A document longer than a megabyte has short contents in its oldest entries. Throws RenderError when two feeds would
 * stand at one path or a feed is invalid.
 */
export function renderFeeds(
  site: Site,
  digests: readonly Digest[],
  editions: readonly Edition[],
  bodyHtml: (edition: Edition) => string,
  program = '',
  trending: readonly TrendingEntry[] = [],
): PublishedDocument[] {
  const timeline = timelineOf(editions, trending);
  const entries = feedEntries(site, timeline);
  const parts: readonly FeedPart[] = [
    ...allSeries(site, entries),
    ...trendingSeries(site, entries),
    ...site.topics.flatMap((topic) => topicSeries(site, topic, entries)),
    ...(site.follows ?? []).flatMap((follow) => followSeries(site, follow, entries)),
    ...digests.flatMap((digest) => digestSeries(site, digest, editions, bodyHtml)),
    ...[...timeline.ofEdition.keys()].map((edition) => editionPart(site, edition, entries)),
    ...paperIds([...new Set([...timeline.ofPaper.keys(), ...timeline.trendedOf.keys()])]).map((id) =>
      paperPart(site, id, entries),
    ),
  ];
  const common = basisOf(program, site);
  const documents = [
    ...parts
      .toSorted((a, b) => (a.period < b.period ? -1 : Number(a.period > b.period)))
      .flatMap((part) => documentsOf(part, common)),
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

/** Without those whose feed would stand where another paper has its page: `10.1234/x`, when `10.1234/x/feed.xml` is a paper too. */
function paperIds(ids: readonly string[]): readonly string[] {
  const above = new Set<string>();
  for (const id of ids) {
    for (let end = id.lastIndexOf('/feed.'); end > 0; end = id.lastIndexOf('/feed.', end - 1)) {
      above.add(id.slice(0, end));
    }
  }
  return ids.filter((id) => !above.has(id));
}

/** The files of a document; it is made when one of their bodies is asked for, in all its formats, each of which is kept until it was asked for. */
function documentsOf(part: FeedPart, common: string): readonly PublishedDocument[] {
  const basis = basisOf(common, part.basis);
  const made = new Map<FeedFormat, string>();
  const take = (format: FeedFormat): string => {
    if (!made.has(format)) {
      for (const [one, text] of bodiesOf(part.document(), part.formats)) made.set(one, text);
    }
    const body = made.get(format) ?? '';
    made.delete(format);
    return body;
  };
  return part.formats.map((format) => ({
    path: part.paths[format],
    contentType: `${mediaTypes[format]}; charset=utf-8`,
    basis,
    get body() {
      return take(format);
    },
  }));
}

const renderers = { rss: renderRss, atom: renderAtom, json: renderJson } as const;

/** A feed in one format, at the address that this format has in it. */
export function renderFeed(document: FeedDocument, format: FeedFormat): string {
  return renderers[format](document, document.formatUrls[format]);
}

function bodiesOf(
  document: FeedDocument,
  formats: readonly FeedFormat[],
  shortened = 0,
): ReadonlyMap<FeedFormat, string> {
  const made = new Map(formats.map((format) => [format, renderFeed(document, format)]));
  const longest = Math.max(...[...made.values()].map((body) => Buffer.byteLength(body)));
  const count = document.items.length;
  if (longest <= maxBytes || shortened >= count) return made;
  const more = Math.min(count, shortened + Math.max(1, Math.ceil((count - shortened) / 4)));
  return bodiesOf(withShortContents(document, count - more), formats, more);
}

/** From that entry on, the summary stands for the content. */
function withShortContents(document: FeedDocument, from: number): FeedDocument {
  const items = document.items.map((item, index) => {
    if (index < from) return item;
    const link = `<a href="${escapeHtml(item.url)}">${escapeHtml(item.title)}</a>`;
    return { ...item, contentHtml: `<p>${escapeHtml(item.summary)}</p>\n<p>${link}</p>` };
  });
  return { ...document, items };
}
