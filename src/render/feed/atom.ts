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
  remove,
  setCdata,
  setText,
  writeXml,
} from './dom.ts';
import { frameWriter, type FrameTexts } from './frame.ts';
import { generatorName, generatorVersion } from './generator.ts';
import { itemTexts } from './items.ts';
import { feedLinks, type FeedLinkAttributes } from './links.ts';
import type { FeedDocument, FeedItem } from './model.ts';
import { emptyElement, htmlElement, textAsHtml, textElement } from './xml-text.ts';

/**
 * The document as Atom 1.0 (RFC 4287): titles as HTML in CDATA, an `author` per author, links with their types,
 * times in UTC without fractions, metadata before the entries.
 *
 * `selfUrl` is where this text will stand. The same document gives the same bytes. Throws RenderError, see
 * `checkedDocument`.
 */
export function renderAtom(document: FeedDocument, selfUrl: string): string {
  const checked = checkedDocument({ ...document, formatUrls: { ...document.formatUrls, atom: selfUrl } });
  const { paging } = checked;
  const page: FeedLinkAttributes = { rel: 'alternate', type: 'text/html', href: checked.pageUrl };
  const texts = {
    ...checked,
    updated: formatInstant(checked.updatedAt),
    links: [page, ...feedLinks(checked, 'atom')],
    ...(paging?.kind && { kind: paging.kind }),
  };
  return writeFrame(texts, checked.stylesheetUrl, itemTexts(checked, 'atom', atomEntry));
}

const writeFrame = frameWriter((texts) => {
  const root = parseRoot(skeleton().atom1());
  root.setAttributeNS(namespaces.xml, 'xml:lang', texts.language);
  declare(root, ['dcterms', ...(texts.kind === undefined ? [] : (['fh'] as const))]);
  finishFeed(root, texts);
  return writeXml(root);
});

/** What the `feed` package writes rightly; all texts are placeholders until the finishing pass. */
function skeleton(): Feed {
  return new Feed({
    id: 'https://placeholder.example/',
    title: 'title',
    description: 'description',
    updated: new Date(0),
    author: { name: 'name', link: 'https://placeholder.example/' },
    generator: generatorName,
  });
}

function finishFeed(root: Element, texts: FrameTexts): void {
  for (const id of childrenNamed(root, 'id')) setText(id, texts.id);
  for (const title of childrenNamed(root, 'title')) setAtomText(title, texts.title);
  for (const subtitle of childrenNamed(root, 'subtitle')) setAtomText(subtitle, texts.subtitle);
  for (const updated of childrenNamed(root, 'updated')) setText(updated, texts.updated);
  for (const generator of childrenNamed(root, 'generator')) {
    generator.setAttribute('uri', texts.generatorUrl);
    generator.setAttribute('version', generatorVersion);
  }
  for (const author of childrenNamed(root, 'author')) {
    for (const name of childrenNamed(author, 'name')) setText(name, texts.publisher);
    for (const uri of childrenNamed(author, 'uri')) setText(uri, texts.pageUrl);
  }
  remove(root, 'link');
  append(root, namespaces.atom, 'icon', { text: texts.iconUrl });
  setAtomText(append(root, namespaces.atom, 'rights'), texts.rights);
  if (texts.kind !== undefined) append(root, namespaces.fh, `fh:${texts.kind}`);
  for (const attributes of texts.links) append(root, namespaces.atom, 'link', { attributes });
  appendSeam(root);
}

function atomEntry(item: FeedItem): string {
  const issued = issuedAt(item);
  const html = { type: 'html' };
  const lines = [
    atomText('title', item.title),
    textElement('id', item.id),
    textElement('updated', formatInstant(item.updatedAt)),
    atomText('summary', item.summary),
    htmlElement('content', item.contentHtml, html),
    textElement('published', formatInstant(item.publishedAt)),
    emptyElement('link', { rel: 'alternate', type: 'text/html', href: item.url }),
    ...item.related.map(({ title, url }) => emptyElement('link', { rel: 'related', href: url, title })),
    ...(item.enclosure
      ? [
          emptyElement('link', {
            rel: 'enclosure',
            type: item.enclosure.mimeType,
            href: item.enclosure.url,
            title: 'PDF',
          }),
        ]
      : []),
    ...item.authors.map((name) => `<author>\n      ${textElement('name', name)}\n    </author>`),
    ...item.categories.map(({ term, label, scheme }) => emptyElement('category', { term, scheme, label })),
    ...(issued === undefined ? [] : [textElement('dcterms:issued', formatInstant(issued))]),
  ];
  return `\n  <entry>\n    ${lines.join('\n    ')}\n  </entry>`;
}

/**
 * `type="html"` in CDATA: the one form that both readers which take every text for HTML and readers which
 * unescape only CDATA show as it was meant.
 */
function atomText(name: string, text: string): string {
  return htmlElement(name, textAsHtml(text), { type: 'html' });
}

function setAtomText(element: Element, text: string): void {
  element.setAttribute('type', 'html');
  setCdata(element, text);
}
