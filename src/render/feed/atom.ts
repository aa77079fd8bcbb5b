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
import type { FeedDocument, FeedItem } from './model.ts';

/**
 * The document as Atom 1.0 (RFC 4287): titles as HTML in CDATA, an `author` per author, links with their types,
 * times in UTC without fractions, metadata before the entries.
 *
 * `selfUrl` is where this text will stand. The same document gives the same bytes. Throws RenderError, see
 * `checkedDocument`.
 */
export function renderAtom(document: FeedDocument, selfUrl: string): string {
  const checked = checkedDocument({ ...document, formatUrls: { ...document.formatUrls, atom: selfUrl } });
  const root = parseRoot(skeleton(checked).atom1());
  root.setAttributeNS(namespaces.xml, 'xml:lang', checked.language);
  root.setAttributeNS(namespaces.xmlns, 'xmlns:dcterms', namespaces.dcterms);
  finishFeed(root, checked);
  return writeXml(root, checked.stylesheetUrl);
}

/** What the `feed` package writes rightly; all texts are placeholders until the finishing pass. */
function skeleton(document: FeedDocument): Feed {
  const feed = new Feed({
    id: document.id,
    title: 'title',
    description: 'description',
    updated: new Date(document.updatedAt),
    author: { name: 'name', link: document.pageUrl },
    generator: generatorName,
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

function finishFeed(root: Element, document: FeedDocument): void {
  for (const id of childrenNamed(root, 'id')) setText(id, document.id);
  for (const title of childrenNamed(root, 'title')) setAtomText(title, document.title);
  for (const subtitle of childrenNamed(root, 'subtitle')) setAtomText(subtitle, document.subtitle);
  for (const updated of childrenNamed(root, 'updated')) setText(updated, formatInstant(document.updatedAt));
  for (const generator of childrenNamed(root, 'generator')) {
    generator.setAttribute('uri', document.generatorUrl);
    generator.setAttribute('version', generatorVersion);
  }
  for (const author of childrenNamed(root, 'author')) {
    for (const name of childrenNamed(author, 'name')) setText(name, document.publisher);
  }

  const entries = childrenNamed(root, 'entry');
  remove(root, 'entry');
  append(root, namespaces.atom, 'icon', { text: document.iconUrl });
  setAtomText(append(root, namespaces.atom, 'rights'), document.rights);
  const { rss, atom, json } = document.formatUrls;
  link(root, { rel: 'alternate', type: 'text/html', href: document.pageUrl });
  link(root, { rel: 'self', type: 'application/atom+xml', href: atom });
  link(root, { rel: 'alternate', type: 'application/rss+xml', href: rss });
  link(root, { rel: 'alternate', type: 'application/feed+json', href: json });
  for (const [index, entry] of entries.entries()) {
    const item = document.items[index];
    if (!item) continue;
    finishEntry(entry, item);
    root.appendChild(entry);
  }
}

function finishEntry(entry: Element, item: FeedItem): void {
  for (const title of childrenNamed(entry, 'title')) setAtomText(title, item.title);
  for (const id of childrenNamed(entry, 'id')) setText(id, item.id);
  for (const updated of childrenNamed(entry, 'updated')) setText(updated, formatInstant(item.updatedAt));
  for (const published of childrenNamed(entry, 'published'))
    setText(published, formatInstant(item.publishedAt));
  for (const summary of childrenNamed(entry, 'summary')) setAtomText(summary, item.summary);
  for (const content of childrenNamed(entry, 'content')) setHtml(content, item.contentHtml);

  remove(entry, 'link');
  link(entry, { rel: 'alternate', type: 'text/html', href: item.url });
  for (const { title, url } of item.related) link(entry, { rel: 'related', href: url, title });
  if (item.enclosure) {
    link(entry, { rel: 'enclosure', type: item.enclosure.mimeType, href: item.enclosure.url, title: 'PDF' });
  }
  for (const name of item.authors) {
    append(append(entry, namespaces.atom, 'author'), namespaces.atom, 'name', { text: name });
  }
  for (const { term, label, scheme } of item.categories) {
    append(entry, namespaces.atom, 'category', { attributes: { term, scheme, label } });
  }
  const issued = issuedAt(item);
  if (issued !== undefined) {
    append(entry, namespaces.dcterms, 'dcterms:issued', { text: formatInstant(issued) });
  }
}

function link(parent: Element, attributes: Readonly<Record<string, string>>): void {
  append(parent, namespaces.atom, 'link', { attributes });
}

/**
 * `type="html"` in CDATA: the one form that both readers which take every text for HTML and readers which
 * unescape only CDATA show as it was meant.
 */
function setAtomText(element: Element, text: string): void {
  element.setAttribute('type', 'html');
  setTextAsHtml(element, text);
}
