import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idsHash } from '../../src/ingest/ids-hash.ts';
import { listingEntry, paperRecord } from '../fixtures/papers.ts';

function hashOf(ids: readonly string[]): string {
  return idsHash({ entries: ids.map((id) => listingEntry(paperRecord(1, { id }))) });
}

describe('the hash of a set of papers', () => {
  it('is the same in any order', () => {
    const ids = fc.uniqueArray(fc.string(), { maxLength: 30 });
    fc.assert(
      fc.property(ids, (set) => {
        expect(hashOf(set)).toBe(hashOf(set.toReversed()));
      }),
    );
  });

  it('is another one for every other set among ids that are much alike', () => {
    const id = (number: number): string => `arxiv:2611.${String(number).padStart(5, '0')}`;
    const seen = new Set<string>();
    for (let one = 0; one < 400; one += 1) {
      seen.add(hashOf([id(one)]));
      for (let other = one + 1; other < 400; other += 1) seen.add(hashOf([id(one), id(other)]));
    }
    expect(seen.size).toBe(400 + (400 * 399) / 2);
  });

  it('is 22 characters, also of none', () => {
    expect(hashOf([])).toMatch(/^[\w-]{22}$/);
  });
});
