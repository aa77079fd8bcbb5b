import { describe, expect, it } from 'vitest';
import { idsNamed, resolveEntries, type KnownIds } from '../../src/ingest/identity.ts';
import { listingEntry, paperRecord } from '../fixtures/papers.ts';

const links = { abstract: 'https://example.org' };
const arxiv = (number: number, doi?: string) =>
  listingEntry(paperRecord(number, doi === undefined ? {} : { doi }));
const journal = (doi: string) =>
  listingEntry({ ...paperRecord(0, { doi, links }), id: `doi:${doi.toLowerCase()}` });

function known(papers: readonly string[], aliases: Readonly<Record<string, string>> = {}): KnownIds {
  return { papers: new Set(papers), aliases: new Map(Object.entries(aliases)), arxivNames: new Map() };
}

function ids(resolved: ReturnType<typeof resolveEntries>): readonly string[] {
  return resolved.entries.map((entry) => entry.paper.id);
}

describe('which entries mean one paper', () => {
  it('knows a DOI as the arXiv paper that named it', () => {
    const resolved = resolveEntries(
      [journal('10.1234/A.1')],
      known(['arxiv:2510.90001'], { 'doi:10.1234/a.1': 'arxiv:2510.90001' }),
    );
    expect(ids(resolved)).toEqual(['arxiv:2510.90001']);
  });

  it('remembers the DOI of a new arXiv paper', () => {
    const resolved = resolveEntries([arxiv(1, '10.1234/a.1')], known([]));
    expect(ids(resolved)).toEqual(['arxiv:2510.90001']);
    expect([...resolved.newAliases]).toEqual([['doi:10.1234/a.1', 'arxiv:2510.90001']]);
  });

  it('keeps the id under which a paper was met first', () => {
    const resolved = resolveEntries([arxiv(1, '10.1234/a.1')], known(['doi:10.1234/a.1']));
    expect(ids(resolved)).toEqual(['doi:10.1234/a.1']);
    expect([...resolved.newAliases]).toEqual([['arxiv:2510.90001', 'doi:10.1234/a.1']]);
  });

  it('never takes two arXiv ids for one paper, whatever their DOI says', () => {
    const resolved = resolveEntries([arxiv(1, '10.1234/a.1'), arxiv(2, '10.1234/a.1')], known([]));
    expect(ids(resolved)).toEqual(['arxiv:2510.90001', 'arxiv:2510.90002']);
  });

  it('lets the arXiv id stand for both where both are papers already', () => {
    const resolved = resolveEntries(
      [arxiv(1, '10.1234/a.1'), journal('10.1234/a.1')],
      known(['arxiv:2510.90001', 'doi:10.1234/a.1']),
    );
    expect(ids(resolved)).toEqual(['arxiv:2510.90001']);
    expect([...resolved.newAliases]).toEqual([['doi:10.1234/a.1', 'arxiv:2510.90001']]);
  });

  it('takes a paper that a listing names by both its ids once', () => {
    expect(ids(resolveEntries([journal('10.1234/a.1'), arxiv(1, '10.1234/a.1')], known([])))).toEqual([
      'doi:10.1234/a.1',
    ]);
  });

  it("does not take arXiv's own DOI for another id", () => {
    const resolved = resolveEntries([arxiv(1, '10.48550/arXiv.2510.90001')], known([]));
    expect(resolved.newAliases.size).toBe(0);
    expect(idsNamed([arxiv(1, '10.48550/arXiv.2510.90001')])).toEqual(['arxiv:2510.90001']);
  });
});
