import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Listing, ListingEntry } from '../../src/domain/listing.ts';
import type { PaperRecord } from '../../src/domain/paper.ts';
import { hourMs } from '../../src/domain/time.ts';
import { storeListing } from '../../src/ingest/store-listing.ts';
import { candidatesFor } from '../../src/store/candidates.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { storeFacts } from '../../src/store/paper-facts.ts';
import { findPaper } from '../../src/store/papers.ts';
import { listing, listingEntry, paperRecord } from '../fixtures/papers.ts';

const start = Date.parse('2025-10-14T02:00:00Z');
let folder: string;
let db: Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-store-listing-'));
  db = await openDatabase(join(folder, 'broadsheet.db'));
});

afterEach(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true });
});

const store = (one: Listing) => storeListing(db, { requestKey: 'today', listing: one, validators: {} });

const candidates = async (now: number) =>
  (await candidatesFor(db, { digest: 'daily', earliestAt: 0, now })).map(({ paper }) => paper.id);

const journalPaper = (doi: string, change: Partial<PaperRecord> = {}): ListingEntry => {
  const links = { abstract: `https://doi.org/${doi}` };
  return listingEntry({ ...paperRecord(1, { doi, links, ...change }), id: `doi:${doi}` });
};

describe('a paper that sources know by different ids', () => {
  it('is new once when the arXiv paper names its DOI', async () => {
    await store(listing('arxiv', start, [listingEntry(paperRecord(1, { doi: '10.1234/a.1', version: 1 }))]));
    const report = await store(
      listing('journal', start + hourMs, [
        { ...journalPaper('10.1234/a.1'), signals: [{ kind: 'upvotes', value: 4 }] },
      ]),
    );
    expect(report).toMatchObject({ added: 0, revised: 0, unchanged: 1, signals: 1 });
    expect(await candidates(start + 2 * hourMs)).toEqual(['arxiv:2510.90001']);
    const again = await store(listing('journal', start + 2 * hourMs, [journalPaper('10.1234/a.1')]));
    expect(again).toMatchObject({ added: 0, unchanged: 1 });
  });

  it('keeps the id it was met under when arXiv comes second', async () => {
    await store(listing('journal', start, [journalPaper('10.1234/a.1')]));
    const report = await store(
      listing('arxiv', start + hourMs, [listingEntry(paperRecord(1, { doi: '10.1234/a.1', version: 1 }))]),
    );
    expect(report).toMatchObject({ added: 0, unchanged: 1 });
    // The feed of the next day has no DOI any more.
    const next = await store(listing('feed', start + 2 * hourMs, [listingEntry(paperRecord(1))]));
    expect(next).toMatchObject({ added: 0, unchanged: 1 });
    expect(await candidates(start + 3 * hourMs)).toEqual(['doi:10.1234/a.1']);
  });

  it('is a candidate once when both ids were stored before anyone knew', async () => {
    await store(listing('arxiv', start, [listingEntry(paperRecord(1))]));
    await store(listing('journal', start, [journalPaper('10.1234/a.1')]));
    expect(await candidates(start + hourMs)).toHaveLength(2);
    await store(listing('arxiv', start + hourMs, [listingEntry(paperRecord(1, { doi: '10.1234/a.1' }))]));
    expect(await candidates(start + 2 * hourMs)).toEqual(['arxiv:2510.90001']);
  });
});

describe('papers that turn out to be one, or not', () => {
  it('are two for two arXiv ids, also where the DOI of both was met first', async () => {
    await store(listing('journal', start, [journalPaper('10.1234/a.1')]));
    const named = (number: number, title: string) =>
      listingEntry(paperRecord(number, { doi: '10.1234/a.1', version: 1, title }));
    await store(listing('arxiv', start + 1, [named(1, 'The paper')]));
    const report = await store(listing('arxiv', start + 2, [named(2, 'Another paper entirely')]));
    expect(report).toMatchObject({ added: 1, revised: 0 });
    expect(await candidates(start + 3)).toEqual(['arxiv:2510.90002', 'doi:10.1234/a.1']);
    expect((await findPaper(db, 'doi:10.1234/a.1'))?.title).toBe('The paper');
  });

  it('keep their news and their votes', async () => {
    const replacement = (version: number, doi?: string) =>
      listingEntry(paperRecord(1, { version, ...(doi !== undefined && { doi }) }), { kind: 'replacement' });
    const voted = (value: number) => ({
      ...journalPaper('10.1234/a.1'),
      signals: [{ kind: 'upvotes' as const, value }],
    });
    await store(listing('arxiv', start, [replacement(2)]));
    await store(listing('journal', start + 1, [voted(9)]));
    expect(await candidates(start + 2)).toEqual(['doi:10.1234/a.1']);
    await store(listing('arxiv', start + 2, [replacement(3, '10.1234/a.1')]));
    expect(await candidates(start + 3)).toEqual(['arxiv:2510.90001']);
    await store(listing('journal', start + 3, [voted(50)]));
    const [candidate] = await candidatesFor(db, { digest: 'daily', earliestAt: 0, now: start + 4 });
    expect(candidate?.signals.map(({ value }) => value)).toEqual([9, 50]);
  });
});

describe('what several sources say of one change', () => {
  it('is one revision, though one of them comes a day later', async () => {
    const version = (number: number, abstract: string) => paperRecord(1, { version: number, abstract });
    await store(listing('feed', start, [listingEntry(version(1, 'Words.'))]));
    await store(listing('oai', start, [listingEntry(version(1, 'Words.'))]));
    const second = [listingEntry(version(2, 'Other words.'), { kind: 'replacement' })];
    expect((await store(listing('oai', start + hourMs, second))).revised).toBe(1);
    expect((await store(listing('feed', start + 25 * hourMs, second))).revised).toBe(0);
  });

  it('is seen again when it is taken back', async () => {
    const one = paperRecord(1, { comments: '12 pages' });
    const other = paperRecord(1, { title: 'A wrong title' });
    for (const [place, record] of [one, other, one].entries()) {
      await store(listing('feed', start + place * hourMs, [listingEntry(record)]));
    }
    expect((await findPaper(db, one.id))?.title).toBe(one.title);
  });

  it('brackets the age of a paper by when it became news, not by when it was first met', async () => {
    const read = (readAt: number, kind: 'new' | 'replacement') =>
      storeListing(db, {
        requestKey: 'today',
        listing: listing('oai', readAt, [listingEntry(paperRecord(1), { kind })]),
        validators: {},
        lastOkAt: readAt - hourMs,
      });
    await read(start, 'replacement');
    await read(start + 240 * hourMs, 'new');
    const now = start + 241 * hourMs;
    const [candidate] = await candidatesFor(db, { digest: 'daily', earliestAt: 0, now });
    expect((candidate?.seenAt ?? 0) - (candidate?.seenAfter ?? 0)).toBe(hourMs);
  });
});

describe('what was found out about a text', () => {
  it('is not kept for a paper that changed meanwhile', async () => {
    await store(listing('feed', start, [listingEntry(paperRecord(1))]));
    const query = { digest: 'daily', earliestAt: 0, now: start + hourMs, basis: 'rules' };
    const [before] = await candidatesFor(db, query);
    if (!before) throw new Error('no candidate');
    await store(listing('feed', start + 1, [listingEntry(paperRecord(1, { title: 'Another title' }))]));
    await storeFacts(db, 'rules', [{ paper: before.paper, facts: { matches: [] } }]);
    const [after] = await candidatesFor(db, query);
    expect(after?.facts).toBeUndefined();
    if (after) await storeFacts(db, 'rules', [{ paper: after.paper, facts: { matches: [] } }]);
    expect((await candidatesFor(db, query))[0]?.facts).toEqual({ matches: [] });
  });
});

describe('where the fields of a paper come from', () => {
  it('is kept for each of them', async () => {
    const code = 'https://github.com/invented/code';
    await store(
      listing('daily', start, [
        listingEntry(paperRecord(1, { organization: 'Example Lab', keywords: ['kettles'] })),
      ]),
    );
    await store(
      listing('arxiv', start + hourMs, [
        listingEntry(
          paperRecord(1, { version: 1, comments: '9 pages', links: { abstract: 'https://a.example', code } }),
        ),
      ]),
    );
    expect(await findPaper(db, 'arxiv:2510.90001')).toMatchObject({
      links: { abstract: 'https://a.example', code },
      comments: '9 pages',
      organization: 'Example Lab',
      origins: {
        text: 'arxiv',
        'abstract page': 'arxiv',
        code: 'arxiv',
        comments: 'arxiv',
        organization: 'daily',
        keywords: 'daily',
      },
    });
  });

  it('does not change with another source that tells the same field later', async () => {
    await store(listing('arxiv', start, [listingEntry(paperRecord(1, { version: 1, organization: 'A' }))]));
    await store(listing('daily', start, [listingEntry(paperRecord(1, { organization: 'B' }))]));
    expect((await findPaper(db, 'arxiv:2510.90001'))?.organization).toBe('A');
  });
});

describe('a paper that was taken back', () => {
  it('is no candidate from then on, and a revision', async () => {
    await store(listing('arxiv', start, [listingEntry(paperRecord(1, { version: 1 }))]));
    const report = await store(
      listing('arxiv', start + hourMs, [
        listingEntry(paperRecord(1, { version: 2, isWithdrawn: true }), { kind: 'replacement' }),
      ]),
    );
    expect(report.revised).toBe(1);
    expect(await candidates(start + hourMs)).toEqual([]);
    expect((await findPaper(db, 'arxiv:2510.90001'))?.withdrawnAt).toBe(start + hourMs);
  });

  it('can be named without an entry, and counts once', async () => {
    await store(listing('arxiv', start, [listingEntry(paperRecord(1))]));
    const withdrawn = ['arxiv:2510.90001', 'arxiv:2510.99999'];
    expect((await store(listing('arxiv', start + 1, [], { withdrawn }))).revised).toBe(1);
    expect((await store(listing('arxiv', start + 2, [], { withdrawn }))).revised).toBe(0);
    expect(await candidates(start + 3)).toEqual([]);
  });

  it('is so for every source, whoever has the text', async () => {
    await store(listing('feed', start, [listingEntry(paperRecord(1, { version: 1 }))]));
    await store(listing('pages', start, [listingEntry(paperRecord(1))]));
    const gone = listingEntry(paperRecord(1, { isWithdrawn: true }), { kind: 'replacement' });
    expect((await store(listing('pages', start + 1, [gone]))).revised).toBe(1);
    expect(await candidates(start + 2)).toEqual([]);
  });

  it('stays so when another source tells something else of it', async () => {
    await store(listing('daily', start, [listingEntry(paperRecord(1))]));
    await store(listing('oai', start + 1, [], { withdrawn: ['arxiv:2510.90001'] }));
    await store(listing('daily', start + 2, [listingEntry(paperRecord(1, { keywords: ['kettles'] }))]));
    expect(await candidates(start + 3)).toEqual([]);
  });

  it('is known by any of its ids', async () => {
    await store(listing('journal', start, [journalPaper('10.1234/a.1')]));
    await store(listing('arxiv', start, [listingEntry(paperRecord(1, { doi: '10.1234/a.1', version: 1 }))]));
    await store(listing('oai', start + 1, [], { withdrawn: ['arxiv:2510.90001'] }));
    expect(await candidates(start + 2)).toEqual([]);
  });

  it('comes back with a version that is not withdrawn', async () => {
    await store(listing('arxiv', start, [listingEntry(paperRecord(1, { version: 1, isWithdrawn: true }))]));
    await store(listing('arxiv', start + 1, [listingEntry(paperRecord(1, { version: 2 }))]));
    expect(await candidates(start + 2)).toEqual(['arxiv:2510.90001']);
  });
});

describe('a long listing', () => {
  const long = (readAt: number) =>
    listing(
      'dump',
      readAt,
      Array.from({ length: 5_000 }, (_, at) => listingEntry(paperRecord(at + 1))),
    );

  it('is compared in blocks and counted as one', async () => {
    expect(await store(long(start))).toMatchObject({ announced: 5_000, added: 5_000, unchanged: 0 });
    expect(await store(long(start + 1))).toMatchObject({ added: 0, revised: 0, unchanged: 5_000 });
  });

  it('names an entry of a paper that another one named by its other id', async () => {
    const both = [
      journalPaper('10.1234/a.1'),
      listingEntry(paperRecord(1, { doi: '10.1234/a.1', version: 1 })),
    ];
    const report = await store(listing('mixed', start, both));
    expect(report).toMatchObject({ announced: 2, added: 1 });
    expect(report.dropped).toEqual([
      { key: 'doi:10.1234/a.1', reason: expect.stringContaining('expected each paper once') },
    ]);
  });
});
