import { expect, it } from 'vitest';
import { fuzz } from '../fuzz/cases.ts';
import { parsers } from '../fuzz/parsers.ts';

/** For each parser; `test/fuzz/parser-fuzz.ts` does a hundred thousand. */
const cases = 150;

it.each(parsers)('no mutation of a document crashes or hangs the parser $name', async (parser) => {
  const { counts, failure } = await fuzz(parser, { cases, seed: Date.now() % 1_000_000_000 });
  expect(failure).toBeUndefined();
  expect(counts.read + counts.refused).toBe(cases);
  // Where nothing or everything were refused, only the doors would have been tried.
  expect(counts.read).toBeGreaterThan(0);
});
