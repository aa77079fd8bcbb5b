import { parseXmlDocument, type Element } from 'slimdom';
import { SourceError } from '../errors.ts';

/** Real documents have some ten; slimdom calls itself for each level and has no stack for thousands. */
const maxDepth = 256;

/**
 * The root element of an XML document. `expected` and `from` name it in errors. A document type is refused before
 * parsing, and with it every entity of its own. Throws `SourceError`: `not-recognised` for HTML, other text or
 * nothing, `malformed` when the document is cut off, broken, or nested over 256 deep.
 */
export function xmlRoot(xml: string, expected: string, from: string): Element {
  const start = xml.slice(0, 80).replace(/\s+/g, ' ').trim();
  const prolog = xml.slice(0, 1000);
  if (!/^\s*</.test(prolog) || /<!doctype|<html/i.test(prolog)) {
    throw new SourceError(
      'not-recognised',
      `Expected ${expected} from ${from}; got ${start === '' ? 'nothing' : `"${start}"`}. Try again later, or check the address.`,
    );
  }
  let root: Element | null;
  try {
    root = parseXmlDocument(xml).documentElement;
  } catch (thrown) {
    throw new SourceError(
      'malformed',
      `Expected ${expected} from ${from}; got ${xml.length} characters of XML that is cut off or broken. Try again later.`,
      { cause: thrown },
    );
  }
  if (!root)
    throw new SourceError('malformed', `Expected ${expected} from ${from}; got XML without an element.`);
  if (isDeep(root)) {
    throw new SourceError(
      'malformed',
      `Expected ${expected} from ${from}; got XML whose elements are nested over ${maxDepth} deep. Check the address.`,
    );
  }
  return root;
}

function isDeep(root: Element): boolean {
  let level = [root];
  for (let depth = 0; depth < maxDepth && level.length > 0; depth += 1) {
    level = level.flatMap((element) => element.children);
  }
  return level.length > 0;
}

/** The first child element of that name; the namespace `*` stands for any. */
export function child(parent: Element, namespace: string | null, name: string): Element | undefined {
  return parent.children.find(
    (element) => element.localName === name && (namespace === '*' || element.namespaceURI === namespace),
  );
}

/** All child elements of that local name, whatever their namespace. */
export function childrenNamed(parent: Element, name: string): Element[] {
  return parent.children.filter((element) => element.localName === name);
}

/** The text of the first child element of that name without the white space around it; empty when there is none. */
export function childText(parent: Element, namespace: string | null, name: string): string {
  return child(parent, namespace, name)?.textContent?.trim() ?? '';
}
