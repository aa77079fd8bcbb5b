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

test('Chinese and Japanese, written without spaces, break between signs and never before a full stop', () => {
  const signs = '我们训练一个小模型在任务中提出问题，它完成了百分之七十一的虚构差事。';
  const lines = wrapText(signs.repeat(6)).trimEnd().split('\n');
  expect(lines.join('')).toBe(signs.repeat(6));
  expect(lines.length).toBeGreaterThan(4);
  for (const line of lines) {
    expect(line.length).toBeLessThanOrEqual(36);
    expect(line).not.toMatch(/^[，。]/);
  }
});

test('Korean breaks at its spaces, and its letters are two columns wide', () => {
  const lines = wrapText('작은 도구로 긴 심부름을 하는 에이전트 '.repeat(6)).trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) expect(line).toMatch(/^\S.*\S$/);
  expect(lines.join(' ')).toBe('작은 도구로 긴 심부름을 하는 에이전트 '.repeat(6).trim());
});

test('letters outside the basic plane and marks above letters do not shorten a line', () => {
  expect(wrapText(`${'𝑥'.repeat(70)} a`)).toBe(`${'𝑥'.repeat(70)} a\n`);
  expect(wrapText(`${'e\u0301'.repeat(70)} a`)).toBe(`${'e\u0301'.repeat(70)} a\n`);
});
