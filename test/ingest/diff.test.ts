import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PaperRecord } from '../../src/domain/paper.ts';
import { diffEntries } from '../../src/ingest/diff.ts';
import { fingerprint } from '../../src/ingest/fingerprint.ts';
import type { StoredPaper } from '../../src/store/papers.ts';
import { listingEntry, paperRecord } from '../fixtures/papers.ts';

const now = Date.parse('2025-10-14T02:00:00Z');

function known(
  record: PaperRecord,
  source: string | undefined,
  change: Partial<StoredPaper> = {},
): StoredPaper {
  return {
    paper: { ...record, firstSeenAt: now - 1000, firstSource: source ?? 'other', origins: {} },
    textSource: source ?? 'other',
    ...(source !== undefined && { said: fingerprint(record) }),
    isNews: true,
    ...change,
  };
}

function diff(entry: ReturnType<typeof listingEntry>, ...papers: readonly StoredPaper[]) {
  return diffEntries('feed', [entry], new Map(papers.map((one) => [one.paper.id, one])));
}

describe('the diff of a listing against what is known', () => {
  it('adds an unknown paper that is announced as new or cross-listed', () => {
    expect(diff(listingEntry(paperRecord(1))).added).toHaveLength(1);
    expect(diff(listingEntry(paperRecord(1), { kind: 'cross-list' })).added).toHaveLength(1);
  });

  it('counts an unknown paper that is announced as a replacement as revised, not as new', () => {
    const result = diff(listingEntry(paperRecord(1, { version: 3 }), { kind: 'replacement' }));
    expect(result.added).toEqual([]);
    expect(result.addedAsRevised).toHaveLength(1);
  });

  it('finds a paper unchanged when the source says the same again', () => {
    const record = paperRecord(1);
    expect(diff(listingEntry(record), known(record, 'feed'))).toMatchObject({
      added: [],
      revised: [],
      completed: [],
      unchanged: [{ entry: { paper: record }, isSaidNow: true }],
    });
  });

  it('does not take other white space or another Unicode form for a change', () => {
    const before = paperRecord(1, { title: 'Caf\u00e9 models', abstract: 'One two three.' });
    const after = paperRecord(1, { title: 'Cafe\u0301\n models', abstract: 'One\n two  three.' });
    expect(diff(listingEntry(after), known(before, 'feed')).unchanged).toHaveLength(1);
  });

  it('does not take a growing number of followers for a change', () => {
    const before = paperRecord(1, { submitterFollowers: 5 });
    const after = paperRecord(1, { submitterFollowers: 6 });
    expect(diff(listingEntry(after), known(before, 'feed')).unchanged).toHaveLength(1);
  });

  it.each([
    ['title', paperRecord(1, { title: 'Another title' }), ['title']],
    ['abstract', paperRecord(1, { abstract: 'Another abstract.' }), ['abstract']],
    ['authors', paperRecord(1, { authors: [{ name: 'Ada Example' }] }), ['authors']],
    ['version', paperRecord(1, { version: 2 }), ['version']],
    [
      'code',
      paperRecord(1, {
        links: { abstract: 'https://arxiv.org/abs/2510.90001', code: 'https://github.com/a/b' },
      }),
      ['code-added'],
    ],
    [
      'code that was there before',
      paperRecord(1, {
        links: { abstract: 'https://arxiv.org/abs/2510.90001', code: 'https://github.com/a/b' },
      }),
      ['code'],
      paperRecord(1, {
        links: { abstract: 'https://arxiv.org/abs/2510.90001', code: 'https://github.com/a/old' },
      }),
    ],
    [
      'remarks',
      paperRecord(1, { comments: '9 pages' }),
      ['comments'],
      paperRecord(1, { comments: '8 pages' }),
    ],
    ['withdrawn', paperRecord(1, { isWithdrawn: true }), ['withdrawn']],
    ['two fields', paperRecord(1, { title: 'X', version: 2 }), ['title', 'version']],
  ])('names the fields that changed: %s', (_, after, fields, before = paperRecord(1)) => {
    const [change] = diff(listingEntry(after, { kind: 'replacement' }), known(before, 'feed')).revised;
    expect(change?.fields).toEqual(fields);
  });

  it('takes a field that is not told this time for the same as before, and also the next time', () => {
    const record = paperRecord(1, { doi: '10.1234/a' });
    const { doi: _doi, ...silent } = paperRecord(1, { abstract: '' });
    const before = known(record, 'feed');
    expect(diff(listingEntry(silent), before).unchanged).toHaveLength(1);
    const [change] = diff(
      listingEntry({ ...silent, title: 'Another' }, { kind: 'replacement' }),
      before,
    ).revised;
    expect(change?.fields).toEqual(['title']);
    expect(change?.record.abstract).toBe(record.abstract);
    const after = known({ ...record, title: 'Another' }, 'feed', { said: change?.said ?? '' });
    expect(diff(listingEntry({ ...record, title: 'Another' }), after).unchanged).toHaveLength(1);
  });

  it('takes side facts that come later without calling it a revision', () => {
    const result = diff(
      listingEntry(paperRecord(1, { keywords: ['agents'] })),
      known(paperRecord(1), 'feed'),
    );
    expect(result.revised).toEqual([]);
    expect(result.completed[0]?.record.keywords).toEqual(['agents']);
  });

  it('does not call it a revision when another source spells the abstract differently', () => {
    const result = diff(
      listingEntry(paperRecord(1, { abstract: 'With $x^2$.', version: 1, categories: ['cs.CL'] })),
      known(paperRecord(1, { abstract: 'With x2.' }), undefined),
    );
    expect(result.revised).toEqual([]);
    // The source that tells versions has the better text.
    expect(result.completed[0]).toMatchObject({
      textSource: 'feed',
      isFirstInSource: true,
      record: { abstract: 'With $x^2$.', categories: ['cs.CL'], version: 1 },
    });
  });

  it('keeps the text of a source that tells versions against one that does not', () => {
    const result = diff(
      listingEntry(paperRecord(1, { abstract: 'With x2.', organization: 'Example Lab' })),
      known(paperRecord(1, { abstract: 'With $x^2$.', version: 1 }), undefined),
    );
    expect(result.completed[0]?.record).toMatchObject({
      abstract: 'With $x^2$.',
      version: 1,
      organization: 'Example Lab',
    });
    expect(result.completed[0]?.textSource).toBe('other');
  });

  it('tells a revision when another source names a higher version', () => {
    const result = diff(
      listingEntry(paperRecord(1, { version: 2 }), { kind: 'replacement' }),
      known(paperRecord(1, { version: 1 }), undefined),
    );
    expect(result.revised[0]).toMatchObject({ fields: ['version'], fromVersion: 1 });
  });

  it('does not take text that is told for the first time for a revision', () => {
    const { said = '' } = known(paperRecord(1, { abstract: '' }), 'feed');
    const result = diff(
      listingEntry(paperRecord(1)),
      known(paperRecord(1, { abstract: '' }), 'feed', { said }),
    );
    expect(result.revised).toEqual([]);
    expect(result.completed[0]?.record.abstract).not.toBe('');
  });

  it('does not take a remark that is told for the first time for a revision', () => {
    const result = diff(listingEntry(paperRecord(1, { comments: '9 pages' })), known(paperRecord(1), 'feed'));
    expect(result.revised).toEqual([]);
    expect(result.completed[0]?.record.comments).toBe('9 pages');
  });

  it('compares with what was said before remarks were known', () => {
    const record = paperRecord(1);
    const said = fingerprint(record).split(' ').slice(0, 8).join(' ');
    const result = diff(listingEntry({ ...record, title: 'Another' }), known(record, 'feed', { said }));
    expect(result.revised[0]?.fields).toEqual(['title']);
  });

  it('remembers the newer version when an older one comes late', () => {
    const newer = paperRecord(1, { version: 2, title: 'New title' });
    const late = diff(listingEntry(paperRecord(1, { version: 1 })), known(newer, 'feed'));
    expect(late.completed[0]?.said).toBe(fingerprint(newer));
  });

  it('does not go back to an older version', () => {
    const result = diff(
      listingEntry(paperRecord(1, { version: 1, title: 'Old title' })),
      known(paperRecord(1, { version: 2, title: 'New title' }), 'feed'),
    );
    expect(result.revised).toEqual([]);
    expect(result.completed[0]?.record).toMatchObject({ version: 2, title: 'New title' });
  });

  it('tells when a paper first met as a replacement is announced as news', () => {
    const record = paperRecord(1);
    const result = diff(listingEntry(record), known(record, 'feed', { isNews: false }));
    expect(result.completed[0]).toMatchObject({ becameNews: true, fields: [] });
  });

  it('does not touch a paper that the listing does not name', () => {
    const result = diffEntries('feed', [], new Map([['arxiv:2510.90001', known(paperRecord(1), 'feed')]]));
    expect(result).toEqual({ added: [], addedAsRevised: [], revised: [], completed: [], unchanged: [] });
  });

  it('puts every entry into exactly one group, and all into unchanged the second time', () => {
    const records = fc.uniqueArray(
      fc.record({
        number: fc.integer({ min: 1, max: 40 }),
        title: fc.string(),
        version: fc.constant(1),
      }),
      { selector: (one) => one.number, maxLength: 20 },
    );
    fc.assert(
      fc.property(records, records, (before, after) => {
        const made = (one: { number: number; title: string; version: number }) =>
          paperRecord(one.number, { title: `t${one.title}`, version: one.version });
        const papers = new Map(before.map(made).map((record) => [record.id, known(record, 'feed')]));
        const entries = after.map((one) => listingEntry(made(one)));
        const result = diffEntries('feed', entries, papers);
        const touched = [...result.added, ...result.addedAsRevised, ...result.revised, ...result.completed];
        expect(touched.length + result.unchanged.length).toBe(entries.length);
        for (const { entry, said } of touched) {
          papers.set(entry.paper.id, known(entry.paper, 'feed', { said }));
        }
        expect(diffEntries('feed', entries, papers).unchanged).toHaveLength(entries.length);
      }),
    );
  });
});
