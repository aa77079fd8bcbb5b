import type { Element } from 'slimdom';
import { Feed } from 'feed';
import { formatInstant } from '../../domain/time.ts';
import { checkedDocument, issuedAt } from './check.ts';
import {
  append,
  childrenNamed,
  namespaces,
  parseRoot,
  remove,
  setHtml,
  setText,
  setTextAsHtml,
  writeXml,
} from './dom.ts';
import { generatorName, generatorVersion } from './generator.ts';
import { iconSize } from './icon.ts';
import type { FeedDocument, FeedItem } from './model.ts';

/** How long readers may wait before they ask again. */
const ttlMinutes = 60;

/**
 * The document as RSS 2.0 by the RSS Board's profile: plain text in titles with hexadecimal references, metadata
 * before the items, `guid` without permalink, one `dc:creator`, no `author` (it would need an e-mail address).
 *
 * `selfUrl` is where this text will stand. The same document gives the same bytes. Throws RenderError, see
 * `checkedDocument`.
 */
export function renderRss(document: FeedDocument, selfUrl: string): string {
  const checked = checkedDocument({ ...document, formatUrls: { ...document.formatUrls, rss: selfUrl } });
  const root = parseRoot(skeleton(checked).rss2());
  for (const prefix of ['atom', 'content', 'dc', 'dcterms'] as const) {
    root.setAttributeNS(namespaces.xmlns, `xmlns:${prefix}`, namespaces[prefix]);
  }
  for (const channel of childrenNamed(root, 'channel')) finishChannel(channel, checked);
  return writeXml(root, checked.stylesheetUrl);
}

/** What the `feed` package writes rightly; all texts are placeholders until the finishing pass. */
function skeleton(document: FeedDocument): Feed {
  const feed = new Feed({
    id: document.id,
    title: 'title',
    description: 'description',
    link: document.pageUrl,
    language: document.language,
    updated: new Date(document.updatedAt),
    ttl: ttlMinutes,
    generator: `${generatorName} ${generatorVersion}`,
    docs: 'https://www.rssboard.org/rss-specification',
  });
  for (const item of document.items) {
    feed.addItem({
      title: 'title',
      id: item.id,
      link: item.url,
      date: new Date(item.updatedAt),
      published: new Date(item.publishedAt),
      description: 'description',
      content: 'content',
    });
  }
  return feed;
}

function finishChannel(channel: Element, document: FeedDocument): void {
  for (const title of childrenNamed(channel, 'title')) setText(title, document.title);
  for (const description of childrenNamed(channel, 'description')) setText(description, document.subtitle);

  const items = childrenNamed(channel, 'item');
  remove(channel, 'item');
  append(channel, null, 'copyright', { text: document.rights });
  const image = append(channel, null, 'image');
  append(image, null, 'url', { text: document.iconUrl });
  append(image, null, 'title', { text: document.title });
  append(image, null, 'link', { text: document.pageUrl });
  append(image, null, 'width', { text: String(iconSize) });
  append(image, null, 'height', { text: String(iconSize) });
  const { rss, atom, json } = document.formatUrls;
  for (const [rel, type, href] of [
    ['self', 'application/rss+xml', rss],
    ['alternate', 'application/atom+xml', atom],
    ['alternate', 'application/feed+json', json],
  ] as const) {
    append(channel, namespaces.atom, 'atom:link', { attributes: { rel, type, href } });
  }
  for (const [index, element] of items.entries()) {
    const item = document.items[index];
    if (!item) continue;
    finishItem(element, item, document.publisher);
    channel.appendChild(element);
  }
}

function finishItem(element: Element, item: FeedItem, publisher: string): void {
  for (const title of childrenNamed(element, 'title')) setText(title, item.title);
  for (const guid of childrenNamed(element, 'guid')) setText(guid, item.id);
  for (const description of childrenNamed(element, 'description')) setTextAsHtml(description, item.summary);
  for (const content of childrenNamed(element, 'content:encoded')) setHtml(content, item.contentHtml);

  append(element, namespaces.dc, 'dc:creator', { text: creator(item) || publisher });
  const issued = issuedAt(item);
  if (issued !== undefined) {
    append(element, namespaces.dcterms, 'dcterms:issued', { text: formatInstant(issued) });
  }
  append(element, namespaces.atom, 'atom:updated', { text: formatInstant(item.updatedAt) });
  for (const { term, scheme } of item.categories) {
    append(element, null, 'category', { text: term, attributes: { domain: scheme } });
  }
  for (const { title, url } of item.related) {
    append(element, namespaces.atom, 'atom:link', { attributes: { rel: 'related', href: url, title } });
  }
  if (item.enclosure) {
    const { url, mimeType } = item.enclosure;
    append(element, null, 'enclosure', { attributes: { url, length: '0', type: mimeType } });
  }
}

/** All names in one element, for readers show only one; an ellipsis stands for names that the item does not have. */
function creator(item: FeedItem): string {
  const isShortened = (item.paper?.authorCount ?? 0) > item.authors.length && item.authors.length > 1;
  if (!isShortened) return item.authors.join(', ');
  return `${item.authors.slice(0, -1).join(', ')} … ${item.authors.at(-1) ?? ''}`;
}
