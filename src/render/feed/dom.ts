import type { Element } from 'slimdom';
import { Document, parseXmlDocument, serializeToWellFormedString } from 'slimdom';
import { seam } from './frame.ts';

/** The finishing pass over the XML that the `feed` package writes: the small set of operations it needs. */

export const namespaces = {
  atom: 'http://www.w3.org/2005/Atom',
  content: 'http://purl.org/rss/1.0/modules/content/',
  dc: 'http://purl.org/dc/elements/1.1/',
  dcterms: 'http://purl.org/dc/terms/',
  fh: 'http://purl.org/syndication/history/1.0',
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

/** The element declares these prefixes in this order and no other, whatever it declared before. */
export function declare(
  element: Element,
  prefixes: readonly Exclude<keyof typeof namespaces, 'xml' | 'xmlns'>[],
): void {
  const declared = element.attributes.filter(({ prefix }) => prefix === 'xmlns');
  for (const { localName } of declared) element.removeAttributeNS(namespaces.xmlns, localName);
  for (const prefix of prefixes) {
    element.setAttributeNS(namespaces.xmlns, `xmlns:${prefix}`, namespaces[prefix]);
  }
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

/** The only content of an element becomes this text, in a CDATA section. */
export function setCdata(element: Element, text: string): void {
  element.textContent = '';
  element.appendChild(ownerOf(element).createCDATASection(text));
}

/** The place where the entries of a document go, after what is there. */
export function appendSeam(parent: Element): void {
  parent.appendChild(ownerOf(parent).createComment(seam));
}

function ownerOf(element: Element): Document {
  return element.ownerDocument ?? new Document();
}

/** The element as text, elements one a line. Throws when the tree is not well-formed XML. */
export function writeXml(root: Element): string {
  layOut(root, '\n');
  return serializeToWellFormedString(root);
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
