import { SourceError } from '../errors.ts';
import { namedCharacter } from './feed-html.ts';

const maxEntityLength = 256;
const maxExpanded = 1_000_000;

/** The references of one XML document, with what its DOCTYPE declares. */
export interface Entities {
  /** Takes the declarations of a DOCTYPE. Throws `SourceError` `malformed` for one that can do harm. */
  declare(doctype: string): void;
  /** Text with its references decoded; what is no reference, such as a bare ampersand, stays as it stands. */
  decode(text: string): string;
}

/**
 * Decodes the references of XML and, as feeds use them undeclared, those of HTML, wherever they end with a semicolon.
 * A DOCTYPE may declare short entities of plain text. One with external or parameter entities, or entities made
 * of others, is refused, and so is a document whose own entities come to more than a million characters.
 */
export function createEntities(from: string): Entities {
  const declared = new Map<string, string>();
  let expanded = 0;

  return {
    declare(doctype) {
      const declaration = /<!ENTITY\s+(%\s*)?([^\s"'>]+)\s*(?:"([^"]*)"|'([^']*)'|([A-Z]+))?/gi;
      for (const [, percent, name = '', double, single] of doctype.matchAll(declaration)) {
        const value = double ?? single;
        if (percent !== undefined || value === undefined) {
          throw refusedFeed(`a DOCTYPE with the external or parameter entity "${name.slice(0, 40)}"`, from);
        }
        if (value.length > maxEntityLength || /[&%<]/.test(value.replace(/&#\w{1,8};/g, ''))) {
          throw refusedFeed(`a DOCTYPE whose entity "${name.slice(0, 40)}" is long or made of others`, from);
        }
        // XML 1.0 section 4.2: the first declaration binds.
        if (!declared.has(name)) declared.set(name, decodeNumbers(value));
      }
    },
    decode(text) {
      if (!text.includes('&')) return text;
      if (!/&(?!(?:amp|lt|gt|quot|apos);)/.test(text)) return decodeXml(text);
      return text.replace(/&(?:#(?:[0-9]{1,7}|[xX][0-9a-fA-F]{1,6})|[a-zA-Z][\w.-]{0,40});/g, (reference) => {
        if (reference.startsWith('&#')) return decodeNumbers(reference);
        const name = reference.slice(1, -1);
        const value = declared.get(name);
        if (value === undefined) return namedCharacter(name) ?? reference;
        expanded += value.length;
        if (expanded > maxExpanded) {
          throw refusedFeed(`entities that come to more than ${maxExpanded} characters`, from);
        }
        return value;
      });
    },
  };
}

/** The five names that XML knows, the ampersand last so that nothing is decoded twice. */
function decodeXml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}

const windows1252 = new TextDecoder('windows-1252');

/** Numeric references; 128 to 159 are what windows-1252 has there, as in HTML (13.2.5.80), for feeds mean that. */
function decodeNumbers(text: string): string {
  return text.replace(/&#(?:[xX]([0-9a-fA-F]{1,6})|([0-9]{1,7}));/g, (_, hex?: string, decimal?: string) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd';
    return code >= 128 && code < 160 ? windows1252.decode(Uint8Array.of(code)) : String.fromCodePoint(code);
  });
}

/** A document that no publisher of papers sends: refused as a whole, whatever else is in it. */
export function refusedFeed(what: string, from: string): SourceError {
  return new SourceError(
    'malformed',
    `Expected a feed from ${from}; got ${what}, which no feed needs and which can do harm: it is refused. Check the address.`,
  );
}
