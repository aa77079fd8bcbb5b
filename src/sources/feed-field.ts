import type { FeedText } from './feed-entry.ts';

/** A field of an entry while it is read: its text, and what stands in it. */
export interface OpenField {
  readonly key: string;
  readonly depth: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** For a relative address in it. */
  readonly base: string;
  /** The text so far: HTML once there was an element in it. */
  text: string;
  hasMarkup: boolean;
  /** The element directly in a person that is being read, else empty. */
  part: string;
  /** The texts of the elements directly in a person, by their names. */
  readonly parts: Map<string, string>;
}

export function startField(
  key: string,
  depth: number,
  attributes: Readonly<Record<string, string>>,
  base: string,
): OpenField {
  return { key, depth, attributes, base, text: '', hasMarkup: false, part: '', parts: new Map() };
}

export function textInside(field: OpenField, text: string): void {
  if (field.part !== '') field.parts.set(field.part, (field.parts.get(field.part) ?? '') + text);
  else field.text += field.hasMarkup ? escaped(text) : text;
}

/** An element in a field is markup of its text, or a part of a person (RFC 4287 section 3.2). */
export function openInside(field: OpenField, name: string, depth: number): void {
  if (field.key === 'author' || field.key === 'dc:creator') {
    if (depth === field.depth + 1) field.part = localName(name).toLowerCase();
    return;
  }
  if (!field.hasMarkup) field.text = escaped(field.text);
  field.hasMarkup = true;
  field.text += `<${localName(name)}>`;
}

export function closeInside(field: OpenField, name: string, depth: number): void {
  if (field.hasMarkup) field.text += `</${localName(name)}>`;
  else if (depth === field.depth + 1) field.part = '';
}

/** RFC 4287 section 3.1.1, Atom 0.3's `mode`, and RSS, whose texts are HTML by custom. */
export function textOf(field: OpenField, isAtom: boolean): FeedText {
  const { text, hasMarkup, attributes } = field;
  if (attributes['mode'] === 'base64') {
    return { text: Buffer.from(text, 'base64').toString('utf8'), type: 'html' };
  }
  if (hasMarkup) return { text, type: 'html' };
  const type = attributes['type'] ?? (isAtom ? 'text' : 'html');
  return { text, type: /html|xml/i.test(type) ? 'html' : 'text' };
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}
