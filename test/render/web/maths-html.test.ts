import { assert, constantFrom, property, array, string, oneof } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mathsHtml } from '../../../src/render/web/maths-html.ts';
import { readPage } from './html-tree.ts';

describe('an abstract with formulas', () => {
  it.each([
    ['at $1.3\\times$ the tokens', 'at <math><mrow><mn>1.3</mn><mo>×</mo></mrow></math> the tokens'],
    ['$x^2$', '<math><msup><mi>x</mi><mn>2</mn></msup></math>'],
    ['\\(\\frac{a}{b}\\)', '<math><mfrac><mi>a</mi><mi>b</mi></mfrac></math>'],
    ['so $$a$$ holds', 'so <math display="block"><mi>a</mi></math> holds'],
  ])('%s has MathML', (text, html) => {
    expect(mathsHtml(text)).toBe(html);
  });

  it('keeps money, marks and tags of the text as text', () => {
    expect(mathsHtml('$5 and $10 for <think> & "x"')).toBe(
      '$5 and $10 for &lt;think&gt; &amp; &quot;x&quot;',
    );
  });

  it.each([
    ['\\color{red} y', 'y'],
    ['\\begin{pmatrix}a&b\\end{pmatrix}', 'b'],
    ['\\hat{x}', 'x'],
    ['\\href{javascript:alert(1)}{z}', 'z'],
    ['\\text{<b onclick=1>}', 'onclick'],
  ])('drops the addresses, styles and classes of $%s$', (tex, shown) => {
    const html = mathsHtml(`$${tex}$`);
    expect(html).toContain('<math');
    expect(html).toContain(shown);
    expect(html).not.toMatch(/href|style|class|<b|javascript/);
  });

  it('writes a formula that cannot be read by its signs', () => {
    expect(mathsHtml('the $\\frac{a$ case')).not.toContain('<math');
  });

  it('makes nothing but text and MathML of any text', () => {
    const piece = oneof(
      string({ unit: 'grapheme', maxLength: 8 }),
      constantFrom(
        '$',
        '$$',
        '\\(',
        '\\)',
        '\\text{',
        '}',
        '<',
        '"',
        '&',
        '\\frac',
        '{',
        '^',
        '_',
        '\\style',
        '\\href',
      ),
    );
    assert(
      property(array(piece, { maxLength: 20 }), (pieces) => {
        const { elements, errors } = readPage(
          `<!doctype html><title>x</title><p>${mathsHtml(pieces.join(''))}</p>`,
        );
        expect(errors).toEqual([]);
        const strange = elements.filter(
          ({ name, attributes }) =>
            !/^(?:html|head|title|body|p|math|m[a-z]+)$/.test(name) ||
            'style' in attributes ||
            'href' in attributes,
        );
        expect(strange).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
