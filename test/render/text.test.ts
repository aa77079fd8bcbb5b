import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  byline,
  cleanText,
  compactCount,
  cut,
  escapeHtml,
  escapeXml,
  firstSentences,
  isRightToLeft,
  paragraphHtml,
} from '../../src/render/text.ts';

describe('escaping', () => {
  it('holds in element content and in attributes of either quotes', () => {
    expect(escapeHtml(`<a title="x" class='y'>&amp;`)).toBe(
      '&lt;a title=&quot;x&quot; class=&#39;y&#39;&gt;&amp;amp;',
    );
  });

  it('drops in XML what XML cannot hold', () => {
    expect(escapeXml('a\u0000<\u000B\uFFFE')).toBe('a&lt;');
  });
});

describe('cleanText', () => {
  it.each([
    ['NUL, VT, ESC', 'a\u0000b\u000Bc\u001Bd', 'abcd'],
    ['DEL and C1', 'a\u007Fb\u0085c\u009Fd', 'abcd'],
    ['noncharacters', 'a\uFFFEb\uFFFFc\uFDD0d\u{1FFFE}e', 'abcde'],
    ['lone surrogates and U+FFFD', 'a\uD800b\uDC00c\uFFFDd', 'abcd'],
    ['line ends', 'a\r\nb\rc\nd\te', 'a\nb\nc\nd\te'],
    ['decomposed letters', 'e\u0301', '\u00E9'],
    ['emoji and Hebrew', '👩‍🔬 שלום', '👩‍🔬 שלום'],
  ])('%s', (_, text, expected) => {
    expect(cleanText(text)).toBe(expected);
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(cleanText(cleanText(text))).toBe(cleanText(text));
      }),
    );
  });
});

describe('cut', () => {
  it.each([
    ['short enough', 'abc', 3, 'abc'],
    ['at a word', 'one two three', 9, 'one two…'],
    ['a word that ends exactly there', 'one two three', 8, 'one two…'],
    ['without punctuation at the end', 'one two, three', 10, 'one two…'],
    ['inside one long word', 'abcdefghij', 5, 'abcd…'],
    ['not inside a surrogate pair', 'ab😀cd', 4, 'ab…'],
    ['not inside a family', 'ab👩‍👩‍👧‍👧cd', 8, 'ab…'],
    ['not inside a formula', 'cost $a + b + c$ here', 12, 'cost…'],
    ['not between letter and accent', 'abcx\u0301def', 5, 'abc…'],
    ['nothing', 'abc', 0, ''],
    ['one', 'abc', 1, '…'],
  ])('%s', (_, text, maxLength, expected) => {
    expect(cut(text, maxLength)).toBe(expected);
  });

  it('is never longer, always well-formed, and starts as the text does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.nat(60), (text, maxLength) => {
        const short = cut(text, maxLength);
        expect(short.length).toBeLessThanOrEqual(
          Math.max(text.length <= maxLength ? text.length : 0, maxLength),
        );
        expect(short.isWellFormed()).toBe(true);
        expect(text.startsWith(short.replace(/…$/, ''))).toBe(true);
      }),
    );
  });
});

describe('firstSentences', () => {
  it.each([
    ['two of three', 'One is. Two is. Three is.', 'One is. Two is.'],
    [
      'abbreviations',
      'Models, e.g. BERT, fail. See Fig. 3 of Smith et al. There. More.',
      'Models, e.g. BERT, fail. See Fig. 3 of Smith et al. There.',
    ],
    ['decimals', 'It gains 3.5 points. Version 2.0 is out. End.', 'It gains 3.5 points. Version 2.0 is out.'],
    ['initials', 'J. Doe and K. Roe agree. They do. No.', 'J. Doe and K. Roe agree. They do.'],
    ['questions and quotes', '“Who broke it?” We ask. Then we look.', '“Who broke it?” We ask.'],
    [
      'a lower-case word',
      'We use vs. them and approx. ten. Done. More.',
      'We use vs. them and approx. ten. Done.',
    ],
    ['Chinese', '第一句。第二句。第三句。', '第一句。第二句。'],
    ['one only', 'No end', 'No end'],
    ['nothing', '', ''],
  ])('%s', (_, text, expected) => {
    expect(firstSentences(text, 2, 500)).toBe(expected);
  });

  it('cuts a sentence that is too long', () => {
    expect(firstSentences(`${'word '.repeat(50)}end. Next.`, 2, 30)).toBe('word word word word word word…');
  });

  it('takes no long time over thousands of dots', () => {
    expect(firstSentences('.'.repeat(100_000), 2, 10)).toHaveLength(10);
  });
});

const names = (list: string) => list.split(' ').map((name) => ({ name }));

describe('byline', () => {
  const shown = { first: 3, last: 1 };

  it.each([
    ['nobody', [], 0, ''],
    ['one', names('Ada'), 1, 'Ada'],
    ['as many as are shown', names('A B C D'), 4, 'A, B, C, D'],
    ['one more', names('A B C D E'), 5, 'A, B, C … E (5 authors)'],
    ['shortened already', names('A B C Z'), 3303, 'A, B, C … Z (3303 authors)'],
    ['one of many', names('A'), 12, 'A (12 authors)'],
    ['two of many', names('A Z'), 12, 'A … Z (12 authors)'],
  ])('%s', (_, authors, count, expected) => {
    expect(byline(authors, count, shown)).toBe(expected);
  });

  it('can leave the last ones out', () => {
    expect(byline(names('A B C D'), 4, { first: 2, last: 0 })).toBe('A, B (4 authors)');
  });
});

describe('compactCount', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1k'],
    [1234, '1.2k'],
    [9949, '9.9k'],
    [9950, '10k'],
    [12_345, '12k'],
    [999_499, '999k'],
    [999_500, '1M'],
    [3_400_000, '3.4M'],
  ])('%i is %s', (count, expected) => {
    expect(compactCount(count)).toBe(expected);
  });
});

describe('direction and paragraphs', () => {
  it.each([
    ['Latin', 'A paper on שלום', false],
    ['Hebrew', '«שלום» a paper', true],
    ['Arabic after a number', '3 نماذج', true],
    ['no letters', '2026!', false],
  ])('%s', (_, text, expected) => {
    expect(isRightToLeft(text)).toBe(expected);
  });

  it('makes a paragraph of each block of text, escaped, with its direction', () => {
    expect(paragraphHtml('A literal <think>.\n\n \nנייר')).toBe(
      '<p>A literal &lt;think&gt;.</p>\n<p dir="rtl">נייר</p>',
    );
    expect(paragraphHtml(' \n ')).toBe('');
  });
});
