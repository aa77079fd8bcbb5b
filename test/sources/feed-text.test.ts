import { expect, test } from 'vitest';
import { feedPieces } from '../../src/sources/feed-text.ts';

const latin = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const utf16be = (text: string): Uint8Array => Buffer.from(text, 'utf16le').swap16();
const utf32 = (text: string, isLittle: boolean): Uint8Array => {
  const bytes = Buffer.alloc(text.length * 4);
  for (let at = 0; at < text.length; at += 1) {
    if (isLittle) bytes.writeUInt32LE(text.charCodeAt(at), at * 4);
    else bytes.writeUInt32BE(text.charCodeAt(at), at * 4);
  }
  return bytes;
};
const xml = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?><a>é</a>`;

test.each([
  ['nothing said', utf8('<a>é</a>'), undefined, 'utf-8'],
  ['the declaration', latin(xml('iso-8859-1')), undefined, 'windows-1252'],
  ['HTTP over the declaration', latin(xml('utf-8')), 'text/xml; charset=ISO-8859-1', 'windows-1252'],
  ['HTTP in quotes', latin('<a>é</a>'), 'text/xml;charset="windows-1252"', 'windows-1252'],
  ['UTF-8 that HTTP calls Latin-1', utf8(xml('utf-8')), 'text/xml; charset=iso-8859-1', 'utf-8'],
  ['Latin-1 that calls itself UTF-8', latin(xml('utf-8')), undefined, 'windows-1252'],
  ['Latin-1 that says nothing', latin('<a>é</a>'), undefined, 'windows-1252'],
  ['a name that nobody knows', utf8(xml('bogus')), 'text/xml; charset=none', 'utf-8'],
  ['UTF-16 in single bytes', utf8(xml('utf-16')), undefined, 'utf-8'],
  ['a mark of UTF-8', utf8(`\ufeff${xml('iso-8859-1')}`), 'text/xml; charset=iso-8859-1', 'utf-8'],
  ['a mark of UTF-16, little', Buffer.from('\ufeff<a>é</a>', 'utf16le'), undefined, 'utf-16le'],
  ['a mark of UTF-16, big', utf16be('\ufeff<a>é</a>'), undefined, 'utf-16be'],
  ['UTF-16 without a mark', utf16be('<a>é</a>'), undefined, 'utf-16be'],
  ['UTF-32 with a mark', utf32('\ufeff<a>é</a>', true), undefined, 'utf-32le'],
  ['UTF-32 without a mark', utf32('<a>é</a>', false), undefined, 'utf-32be'],
])('with %s the text comes out right', (_, body, contentType, charset) => {
  const pieces = feedPieces(body, contentType);
  expect(pieces.charset).toBe(charset);
  expect([...pieces].join('')).toMatch(/^(?:<\?xml.*\?>)?<a>é<\/a>$/);
});

test('a broken sequence costs one character', () => {
  const body = Buffer.concat([utf8('<a>é ü ö'), Buffer.of(0xff), utf8('</a>')]);
  expect([...feedPieces(body, undefined)].join('')).toBe('<a>é ü ö\ufffd</a>');
});

test('a character on the edge of two pieces stays whole', () => {
  const text = `<a>${'é'.repeat(100_000)}</a>`;
  const pieces = [...feedPieces(utf8(text), undefined)];
  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.join('')).toBe(text);
});
