import { describe, expect, test } from 'vitest';
import { jsonAnswer, jsonArrayAnswer, reportedError } from '../../src/sources/json-answer.ts';
import { wrongJsonAnswers } from './wrong-answers.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a JSON answer', () => {
  test.each(['{"a":1}', '[]', '0', '""', 'null'])('is its value: %s', (text) => {
    expect(jsonAnswer(bytes(text), 'papers', 'here')).toEqual(JSON.parse(text));
  });

  test('may begin with a byte order mark', () => {
    expect(jsonAnswer(bytes('\uFEFF[1]'), 'papers', 'here')).toEqual([1]);
  });

  test.each(wrongJsonAnswers)('that should be an array and is %s is a named error', (_, body, code) => {
    expect(() => jsonArrayAnswer(bytes(body), 'an array of papers', 'https://example.org/x')).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringMatching(/^Expected an array of papers from https:\/\/example\.org\/x; got /),
      }),
    );
  });

  test.each([
    ['{"error":"Invalid query"}', 'Invalid query'],
    ['{"message":"Too many\\nrequests","code":"429"}', 'Too many requests'],
  ])('%s is what the source reports', (body, reason) => {
    expect(() => jsonArrayAnswer(bytes(body), 'papers', 'here')).toThrow(
      expect.objectContaining({ code: 'reported', message: expect.stringContaining(reason) }),
    );
  });

  test.each(['{}', '{"error":1}', '{"papers":[]}'])('%s is not recognised', (body) => {
    expect(() => jsonArrayAnswer(bytes(body), 'papers', 'here')).toThrow(
      expect.objectContaining({ code: 'not-recognised' }),
    );
  });
});

test('an error report is cut to what fits in a sentence', () => {
  expect(reportedError({ error: 'x'.repeat(1000) })).toHaveLength(120);
  expect(reportedError({ error: '', message: 'no' })).toBe('');
  expect(reportedError([])).toBeUndefined();
});
