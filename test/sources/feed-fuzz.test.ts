import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkFeed, contentTypes, mutated, mutations, seeds } from '../fuzz/feed-cases.ts';

test('no mutation of a feed crashes or hangs the reader (a part of test/fuzz/feed-fuzz.ts)', async () => {
  const counts = { read: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...seeds),
      mutations,
      contentTypes,
      async (seed, changes, contentType) => {
        counts[await checkFeed(mutated(seed, changes), contentType)] += 1;
      },
    ),
    { numRuns: 500 },
  );
  expect(counts.read).toBeGreaterThan(50);
  expect(counts.refused).toBeGreaterThan(0);
});
