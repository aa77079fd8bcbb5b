import type { Element } from 'slimdom';
import { Feed } from 'feed';
import { formatInstant } from '../../domain/time.ts';
import { checkedDocument, issuedAt } from './check.ts';
import {
  append,
  appendSeam,
  childrenNamed,
  declare,
  namespaces,
  parseRoot,
  setText,
  writeXml,
} from './dom.ts';
import { frameWriter, type FrameTexts } from './frame.ts';
import { generatorName, generatorVersion } from './generator.ts';
import { iconSize } from './icon.ts';
import { itemTexts } from './items.ts';
import { feedLinks } from './links.ts';
import type { FeedDocument, FeedItem } from './model.ts';
import { emptyElement, htmlElement, textAsHtml, textElement } from './xml-text.ts';

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
  const { paging } = checked;
  const texts = {
    ...checked,
    updated: new Date(checked.updatedAt).toUTCString(),
    links: feedLinks(checked, 'rss'),
    ...(paging?.kind && { kind: paging.kind }),
  };
  const items = itemTexts(checked, 'rss', (item) => rssItem(item, checked.publisher));
  return writeFrame(texts, checked.stylesheetUrl, items);
}

const writeFrame = frameWriter((texts) => {
  const root = parseRoot(skeleton().rss2());
  declare(root, ['dc', 'content', 'atom', 'dcterms', ...(texts.kind === undefined ? [] : (['fh'] as const))]);
  for (const channel of childrenNamed(root, 'channel')) finishChannel(channel, texts);
  return writeXml(root);
});

/** What the `feed` package writes rightly; all texts are placeholders until the finishing pass. */
function skeleton(): Feed {
  return new Feed({
    id: 'https://placeholder.example/',
    title: 'title',
    description: 'description',
    link: 'https://placeholder.example/',
    language: 'language',
    updated: new Date(0),
    ttl: ttlMinutes,
    generator: `${generatorName} ${generatorVersion}`,
    docs: 'https://www.rssboard.org/rss-specification',
  });
}

function finishChannel(channel: Element, texts: FrameTexts): void {
  for (const [name, text] of [
    ['title', texts.title],
    ['link', texts.pageUrl],
    ['description', texts.subtitle],
    ['language', texts.language],
    ['lastBuildDate', texts.updated],
  ] as const) {
    for (const element of childrenNamed(channel, name)) setText(element, text);
  }
  append(channel, null, 'copyright', { text: texts.rights });
  const image = append(channel, null, 'image');
  append(image, null, 'url', { text: texts.iconUrl });
  append(image, null, 'title', { text: texts.title });
  append(image, null, 'link', { text: texts.pageUrl });
  append(image, null, 'width', { text: String(iconSize) });
  append(image, null, 'height', { text: String(iconSize) });
  if (texts.kind !== undefined) append(channel, namespaces.fh, `fh:${texts.kind}`);
  for (const attributes of texts.links) append(channel, namespaces.atom, 'atom:link', { attributes });
  appendSeam(channel);
}

function rssItem(item: FeedItem, publisher: string): string {
  const issued = issuedAt(item);
  const lines = [
    textElement('title', item.title),
    textElement('link', item.url),
    textElement('guid', item.id, { isPermaLink: 'false' }),
    textElement('pubDate', new Date(item.publishedAt).toUTCString()),
    htmlElement('description', textAsHtml(item.summary)),
    htmlElement('content:encoded', item.contentHtml),
    textElement('dc:creator', creator(item) || publisher),
    ...(issued === undefined ? [] : [textElement('dcterms:issued', formatInstant(issued))]),
    textElement('atom:updated', formatInstant(item.updatedAt)),
    ...item.categories.map(({ term, scheme }) => textElement('category', term, { domain: scheme })),
    ...item.related.map(({ title, url }) => emptyElement('atom:link', { rel: 'related', href: url, title })),
    ...(item.source ? [textElement('source', item.source.title, { url: item.source.url })] : []),
    ...(item.enclosure
      ? [emptyElement('enclosure', { url: item.enclosure.url, length: '0', type: item.enclosure.mimeType })]
      : []),
  ];
  return `\n    <item>\n      ${lines.join('\n      ')}\n    </item>`;
}

/** All names in one element, for readers show only one; an ellipsis stands for names that the item does not have. */
function creator(item: FeedItem): string {
  const isShortened = (item.paper?.authorCount ?? 0) > item.authors.length && item.authors.length > 1;
  if (!isShortened) return item.authors.join(', ');
  return `${item.authors.slice(0, -1).join(', ')} … ${item.authors.at(-1) ?? ''}`;
}
