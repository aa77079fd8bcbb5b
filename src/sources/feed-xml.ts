import { SourceError } from '../errors.ts';
import { createEntryBuilder, isEntryField, type EntryBuilder } from './feed-builder.ts';
import { refusedFeed } from './feed-entities.ts';
import { resolved, type FeedEnd, type FeedEntry } from './feed-entry.ts';
import { closeInside, openInside, startField, textInside, textOf, type OpenField } from './feed-field.ts';
import { isHtmlElement } from './feed-html.ts';
import { createFeedNames } from './feed-names.ts';
import { createXmlScanner } from './feed-scan.ts';

const maxDepth = 256;
const roots = new Set(['rss', 'rdf:rdf', 'rdf', 'feed', 'channel', 'entry']);

/**
 * The entries of an RSS (0.9x to 2.0), RDF or Atom (0.3, 1.0) document, each as soon as it is closed; nothing of it is
 * kept. Besides what the scanner reads as it was meant, tags may fail to match: an end tag closes what was left open in
 * it (`<br>` in a text), one that fits nothing is passed over. An entry that was never closed is not given,
 * and the end names the first fault that may have cost something; a document that is cut off has one.
 * Throws `SourceError`: `not-recognised` for another root, `malformed` for a document that can do harm (nesting, long
 * tags, entities), at once and whatever came before.
 */
export function* xmlEntries(
  pieces: Iterable<string>,
  address: string,
): Generator<FeedEntry, FeedEnd, undefined> {
  const names = createFeedNames();
  const scanner = createXmlScanner({ open, close, text }, address);
  const openNames: string[] = [];
  const ready: FeedEntry[] = [];
  const bases: { readonly depth: number; readonly base: string }[] = [];
  let isAtom = false;
  let hasRoot = false;
  let title = '';
  let fault: string | undefined;
  let builder: EntryBuilder | undefined;
  let entryDepth = 0;
  let field: OpenField | undefined;

  for (const piece of pieces) {
    scanner.push(piece);
    if (ready.length > 0) yield* ready.splice(0);
  }
  const inMiddleOf = scanner.end();
  yield* ready.splice(0);
  const unclosed = openNames.at(-1);
  if (inMiddleOf !== undefined) fault ??= `a document cut off in ${inMiddleOf}`;
  if (unclosed !== undefined) fault ??= `a document cut off before the end of <${shown(unclosed)}>`;
  if (!hasRoot) fault ??= 'XML without an element';
  return { title, ...(fault === undefined ? {} : { fault }) };

  function open(name: string, attributes: string, isEmpty: boolean): void {
    openNames.push(name);
    if (openNames.length > maxDepth) {
      throw refusedFeed(`elements nested more than ${maxDepth} deep`, address);
    }
    if (field) openInside(field, name, openNames.length);
    else openOutside(name, attributes, isEmpty);
    if (isEmpty) closeTop(true);
  }

  function openOutside(name: string, attributeText: string, isEmpty: boolean): void {
    const depth = openNames.length;
    if (attributeText.includes('xmlns')) names.open(depth, scanner.attributesOf(attributeText));
    if (attributeText.includes('xml:base')) {
      bases.push({ depth, base: resolved(scanner.attributesOf(attributeText)['xml:base'] ?? '', base()) });
    }
    const key = names.key(name);
    if (!hasRoot) {
      if (!roots.has(key)) throw notAFeed(name, address);
      hasRoot = true;
      isAtom = key === 'feed' || key === 'entry';
    }
    if (key === 'item' || key === 'entry') {
      openEntry(name, attributeText, isEmpty);
    } else if (builder) {
      if (depth === entryDepth + 1 && isEntryField(key)) {
        field = startField(key, depth, scanner.attributesOf(attributeText), base());
      }
    } else if (key === 'title' && title === '' && depth <= 3) {
      field = startField(key, depth, scanner.attributesOf(attributeText), base());
    }
  }

  function openEntry(name: string, attributeText: string, isEmpty: boolean): void {
    if (builder) {
      // Some write an empty <item/> into each item; any other shows that the end of the one before is missing.
      if (isEmpty || openNames.length > entryDepth + 1) return;
      fault ??= `an <${shown(name)}> without its end`;
    }
    entryDepth = openNames.length;
    const attributes = scanner.attributesOf(attributeText);
    const about = Object.keys(attributes).find((key) => key === 'about' || key.endsWith(':about'));
    builder = createEntryBuilder(about === undefined ? undefined : attributes[about]);
  }

  function close(name: string): void {
    const at = openNames.lastIndexOf(name);
    if (at === -1) {
      const isMarkup = isHtmlElement(name.toLowerCase());
      if (!isMarkup) fault ??= `an end tag </${shown(name)}> that fits no element`;
      // Most likely a misspelt end of the field itself: what follows is no part of it.
      if (!isMarkup && field?.depth === openNames.length) closeTop(true);
      return;
    }
    while (openNames.length > at) closeTop(openNames.length === at + 1);
  }

  /** Ends the innermost element; `isNamed` when its own end tag is there. */
  function closeTop(isNamed: boolean): void {
    const depth = openNames.length;
    const name = openNames.pop() ?? '';
    if (field && depth > field.depth) {
      closeInside(field, name, depth);
      return;
    }
    if (field) {
      const closed = textOf(field, isAtom);
      if (builder) builder.add(field, closed);
      else title = closed.text.trim();
      field = undefined;
    } else if (builder && depth === entryDepth) {
      if (isNamed) ready.push(builder.finish());
      else fault ??= `an <${shown(name)}> without its end`;
      builder = undefined;
    }
    if (bases.at(-1)?.depth === depth) bases.pop();
    names.close(depth);
  }

  function text(piece: string): void {
    if (field) textInside(field, piece);
  }

  function base(): string {
    return bases.at(-1)?.base ?? address;
  }
}

function shown(name: string): string {
  return name.slice(0, 40);
}

function notAFeed(root: string, address: string): SourceError {
  return new SourceError(
    'not-recognised',
    `Expected an RSS, RDF or Atom feed from ${address}; got ${/^html$/i.test(root) ? 'a web page' : 'XML'} with the root <${shown(root)}>. Check the address.`,
  );
}
