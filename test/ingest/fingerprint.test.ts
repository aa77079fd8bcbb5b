import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PaperRecord } from '../../src/domain/paper.ts';
import { contentHash, fingerprint } from '../../src/ingest/fingerprint.ts';
import { paperRecord } from '../fixtures/papers.ts';

const few = fc.constantFrom('', 'a', 'b', ' a  b', 'a b', 'a\nb', 'é', 'e\u0301');
const records: fc.Arbitrary<PaperRecord> = fc
  .record({
    title: few,
    abstract: few,
    authors: fc.array(
      few.map((name) => ({ name })),
      { maxLength: 2 },
    ),
    categories: fc.subarray(['cs.CL', 'cs.LG']),
    keywords: fc.subarray(['x', 'y']),
    version: fc.constantFrom(1, 2),
    doi: fc.constantFrom('10.1/a', '10.1/b'),
    comments: few,
    code: fc.option(fc.constantFrom('https://c.example', 'https://d.example'), { nil: undefined }),
  })
  .map(({ code, ...change }) =>
    paperRecord(1, {
      ...change,
      links: { abstract: 'https://a.example', ...(code !== undefined && { code }) },
    }),
  );

describe('what a source says, as hashes', () => {
  it('has the same one hash exactly when it has the same hash of every field', () => {
    fc.assert(
      fc.property(records, records, (one, other) => {
        expect(contentHash(one) === contentHash(other)).toBe(fingerprint(one) === fingerprint(other));
      }),
      { numRuns: 2_000 },
    );
  });

  it('does not mix up the ends of two fields', () => {
    expect(contentHash(paperRecord(1, { title: 'a', abstract: 'bc' }))).not.toBe(
      contentHash(paperRecord(1, { title: 'ab', abstract: 'c' })),
    );
  });

  it('is 11 characters', () => {
    expect(contentHash(paperRecord(1))).toMatch(/^[\w-]{11}$/);
  });
});
