import type { Element } from 'slimdom';
import { Document, parseXmlDocument, serializeToWellFormedString } from 'slimdom';
import { escapeXml } from '../text.ts';

/** The finishing pass over the XML that the `feed` package writes: the small set of operations it needs. */

export const namespaces = {
  atom: 'http://www.w3.org/2005/Atom',
  content: 'http://purl.org/rss/1.0/modules/content/',
  dc: 'http://purl.org/dc/elements/1.1/',
  dcterms: 'http://purl.org/dc/terms/',
  xml: 'http://www.w3.org/XML/1998/namespace',
  xmlns: 'http://www.w3.org/2000/xmlns/',
} as const;

/** The root element; white space between elements is gone. Throws when the text is not well-formed. */
export function parseRoot(xml: string): Element {
  const root = parseXmlDocument(xml).documentElement;
  if (!root) throw new SyntaxError('expected an XML document with a root element');
  dropBlanks(root);
  return root;
}

function dropBlanks(element: Element): void {
  if (element.children.length === 0) return;
  const blanks = element.childNodes.filter(
    (node) => node.nodeType === 3 && (node.textContent ?? '').trim() === '',
  );
  for (const blank of blanks) element.removeChild(blank);
  for (const inner of element.children) dropBlanks(inner);
}

/** The children of that qualified name. */
export function childrenNamed(parent: Element, name: string): readonly Element[] {
  return parent.children.filter((element) => element.nodeName === name);
}

/** Takes all children of that name out. */
export function remove(parent: Element, name: string): void {
  for (const element of childrenNamed(parent, name)) parent.removeChild(element);
}

export interface Content {
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, string | undefined>>;
}

/** A new last child. Attributes that are undefined are left out. */
export function append(
  parent: Element,
  namespace: string | null,
  name: string,
  content: Content = {},
): Element {
  const document = ownerOf(parent);
  const element = document.createElementNS(namespace, name);
  if (content.text !== undefined) element.appendChild(document.createTextNode(content.text));
  for (const [attribute, value] of Object.entries(content.attributes ?? {})) {
    if (value !== undefined) element.setAttribute(attribute, value);
  }
  parent.appendChild(element);
  return element;
}

/** The only content of an element becomes this text. */
export function setText(element: Element, text: string): void {
  element.textContent = text;
}

/** The only content of an element becomes this HTML, in a CDATA section; the HTML holds no `]]>`. */
export function setHtml(element: Element, html: string): void {
  element.textContent = '';
  element.appendChild(ownerOf(element).createCDATASection(html));
}

/** The only content of an element becomes text as HTML in a CDATA section; quotes stay as they are. */
export function setTextAsHtml(element: Element, text: string): void {
  setHtml(element, text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
}

function ownerOf(element: Element): Document {
  return element.ownerDocument ?? new Document();
}

/**
 * The document as text: declaration, style sheet instruction, elements one a line, a final newline. Throws when
 * the tree is not well-formed XML.
 */
export function writeXml(root: Element, stylesheetUrl: string): string {
  layOut(root, '\n');
  return withHexReferences(
    [
      '<?xml version="1.0" encoding="utf-8"?>',
      `<?xml-stylesheet type="text/css" href="${escapeXml(stylesheetUrl)}"?>`,
      serializeToWellFormedString(root),
      '',
    ].join('\n'),
  );
}

/** Line breaks between the elements of an element that holds nothing else. */
function layOut(element: Element, lineStart: string): void {
  const inner = element.children;
  if (inner.length === 0) return;
  const document = ownerOf(element);
  for (const child of inner) {
    element.insertBefore(document.createTextNode(`${lineStart}  `), child);
    layOut(child, `${lineStart}  `);
  }
  element.appendChild(document.createTextNode(lineStart));
}

/**
 * References outside CDATA in the form that the RSS profile asks for in plain text, and by which validators know that text is
 * meant as text; XML parsers read both alike.
 */
function withHexReferences(xml: string): string {
  const hex: Readonly<Record<string, string>> = { '&amp;': '&#x26;', '&lt;': '&#x3C;', '&gt;': '&#x3E;' };
  return xml
    .split(/(<!\[CDATA\[[\s\S]*?\]\]>)/)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replace(/&(?:amp|lt|gt);/g, (name) => hex[name] ?? name),
    )
    .join('');
}
