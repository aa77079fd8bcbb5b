import { describe, expect, it } from 'vitest';
import { collect } from '../../src/sources/collect.ts';
import { arxivRecord } from '../../src/sources/arxiv-record.ts';

const record = (abstract: string, comments: string) =>
  arxivRecord({
    id: '2601.05001',
    title: 'Kettles',
    abstract,
    authors: [],
    categories: ['cs.CL'],
    doi: '',
    comments,
  });

describe('a paper that arXiv keeps although it was withdrawn', () => {
  it.each([
    ['We study kettles.', 'This paper has been withdrawn by the authors due to an error in equation 1'],
    ['We study kettles.', 'This submission is withdrawn'],
    ['We study kettles.', 'Withdrawn: the data of section 3 are wrong'],
    ['This paper has been withdrawn by the author.', ''],
    ['The article was withdrawn for legal reasons.', '4 pages'],
  ])('is known by its abstract "%s" or its remark "%s"', (abstract, comments) => {
    expect(record(abstract, comments).isWithdrawn).toBe(true);
  });

  it.each([
    ['We study why papers are withdrawn.', '9 pages'],
    ['This paper studies notices. A paper has been withdrawn each day.', ''],
    ['We study kettles.', 'Extends 2501.00001, which has been withdrawn'],
    ['We study kettles.', ''],
  ])('is not every paper that speaks of it: "%s", "%s"', (abstract, comments) => {
    expect(record(abstract, comments).isWithdrawn).toBeUndefined();
  });

  it('stands apart from entries and from what could not be read', () => {
    const item = { key: 'oai:arXiv.org:2601.05003', reason: 'withdrawn', withdrawn: 'arxiv:2601.05003' };
    expect(collect([item])).toEqual({
      announced: 0,
      entries: [],
      dropped: [],
      withdrawn: ['arxiv:2601.05003'],
    });
  });
});
