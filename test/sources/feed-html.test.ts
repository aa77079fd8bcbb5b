import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { htmlToText, namedCharacter, plainText } from '../../src/sources/feed-html.ts';

const read = (html: string): string => plainText({ text: html, type: 'html' });

describe('the text of HTML', () => {
  test.each([
    ['plain', 'plain'],
    ['a &amp; b &lt; c', 'a & b < c'],
    ['caf&eacute; &#8212; &#x2014; &#150;', 'café — — –'],
    ['AT&T & co', 'AT&T & co'],
    ['?a=1&copy=2', '?a=1&copy=2'],
    ['for x <y we show', 'for x <y we show'],
    ['p < 0.05 and q > 1', 'p < 0.05 and q > 1'],
    ['<p>one</p><p>two</p>', 'one two'],
    ['one<br>two<br/>three', 'one two three'],
    ['<b>Deep</b>Teapots <i>in</i> <a href="x">vivo</a>', 'DeepTeapots in vivo'],
    ['a <think>b</think> c', 'a <think>b</think> c'],
    ['<picture of a man>', ''],
    ['a <jats:p>b</jats:p> <my-tag>c</my-tag>', 'a b c'],
    ['a<script>alert("</p>")</script>b<style>p{}</style>c', 'abc'],
    ['a<script>never closed', 'a'],
    ['a<!-- no -->b<!doctype html>c', 'abc'],
    ['10<sup>-3</sup> m<sup>2</sup> H<sub>2</sub>O', '10⁻³ m² H₂O'],
    ['x<sup>abc</sup>', 'xabc'],
    ['<math><mi>x</mi><mo>+</mo><mn>1</mn><annotation>x+1</annotation></math>', 'x+1'],
    ['a\u0000b\u0007c\uFFFEd', 'abcd'],
    ['lone \ud800 half', 'lone \ufffd half'],
    ['  a \n\t b  ', 'a b'],
    ['<a title="1 > 0">x</a>', 'x'],
    ['e\u0301', 'é'],
  ])('%j reads %j', (html, expected) => {
    expect(read(html)).toBe(expected);
  });

  test('of plain text is that text, tags and all', () => {
    expect(plainText({ text: 'a <b>b</b> &amp; c', type: 'text' })).toBe('a <b>b</b> &amp; c');
  });

  test('never fails, and escaped text comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        expect(htmlToText(text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/\r/g, '\n'))).toBe(
          text.replace(/\r/g, '\n'),
        );
        expect(() => htmlToText(text)).not.toThrow();
      }),
    );
  });

  test.each(['<div>', '<sup>', '</p>', '<', '&', '&#', '<a x=', '<script>', '<!--', '<b c'])(
    'is read in a moment when a million of %s stand in it',
    (piece) => {
      const start = performance.now();
      htmlToText(piece.repeat(1_000_000));
      expect(performance.now() - start).toBeLessThan(5000);
    },
  );
});

test.each([
  ['nbsp', '\u00a0'],
  ['eacute', 'é'],
  ['alpha', 'α'],
  ['nosuch', undefined],
  ['toString', undefined],
])('HTML names %s as %j', (name, expected) => {
  expect(namedCharacter(name)).toBe(expected);
});
