import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { wrapText } from '../../../src/render/mail/wrap.ts';

test.each([
  ['one two three', 'one two\nthree\n'],
  ['  one two three', '  one\n  two\n  three\n'],
  ['a https://x.example/long b', 'a\nhttps://x.example/long\nb\n'],
  ['a\n\n\n\nb', 'a\n\nb\n'],
  ['\n\na\n\n', 'a\n'],
  ['one   two', 'one two\n'],
])('%j within 8 characters', (text, wrapped) => {
  expect(wrapText(text, 8)).toBe(wrapped);
});

test('no word is lost, added or cut, and no line with two words is too long', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,20}$/), { minLength: 1 }), (words) => {
      const wrapped = wrapText(words.join(' '), 16);
      expect(wrapped.split(/\s+/).filter(Boolean)).toEqual(words);
      const tooLong = wrapped.split('\n').filter((line) => line.includes(' ') && line.length > 16);
      expect(tooLong).toEqual([]);
    }),
  );
});
