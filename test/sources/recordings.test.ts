import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Listing } from '../../src/domain/listing.ts';
import { readPaperFile } from '../../src/sources/file.ts';

/** Recordings of the real sources, beside the repository; they are not part of it. */
const data = new URL('../../../shared/data/', import.meta.url).pathname;
const now = Date.parse('2026-11-24T06:00:00Z');

const only = async (path: string): Promise<Listing> => {
  const [listing, ...more] = await readPaperFile(join(data, path), now);
  if (!listing || more.length > 0) throw new Error('expected one listing');
  return listing;
};

const kinds = (listing: Listing): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { kind } of listing.entries) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

describe.skipIf(!existsSync(data))(
  'recordings of the real sources (skipped where ../shared/data is absent)',
  () => {
    test('the saved Daily Papers page holds 101 papers', async () => {
      const listing = await only('daily-papers-page.txt');
      expect(listing).toMatchObject({ announced: 101, dropped: [] });
      expect(new Set(listing.entries.map(({ paper }) => paper.id)).size).toBe(101);
    });

    test.each(['2025-01', '2025-03', '2025-10', '2026-05'])(
      'every item of the captures of %s is a paper, but for repeats',
      async (month) => {
        const listings = await readPaperFile(join(data, `hf/captures/${month}.jsonl.gz`), now);
        expect(listings.length).toBeGreaterThan(0);
        for (const listing of listings) {
          expect(listing.entries.length + listing.dropped.length).toBe(listing.announced);
          for (const { reason } of listing.dropped) expect(reason).toContain('came again');
          for (const { paper, listedAt, signals } of listing.entries) {
            expect(paper.id).toMatch(/^arxiv:\d{4}\.\d{5}$/);
            expect(paper.title).not.toMatch(/\s\s|\n/);
            expect(paper.links.code ?? 'https://github.com/a/b').toMatch(
              /^https:\/\/github\.com\/[^/\s]+\/[^/\s]+$/,
            );
            expect(signals[0]?.kind).toBe('upvotes');
            expect(new Date(listedAt ?? Date.parse(listing.listDate)).toISOString().slice(0, 10)).toBe(
              listing.listDate,
            );
          }
        }
      },
    );

    test.each([
      ['2025-10-14.at-20251014T0221Z.json', '2025-10-14'],
      ['2026-05-21.at-20260521T1053Z.json', '2026-05-21'],
    ])('the saved answer %s is the list of %s', async (name, listDate) => {
      expect(await only(`hf/sample_days/${name}`)).toMatchObject({ listDate, dropped: [], hasVotes: true });
    });

    test.each([
      [
        'rss/rebuilt-2026-04-20.cs.CV.xml',
        '2026-04-20',
        { new: 84, 'cross-list': 21, replacement: 59, 'replacement-cross-list': 7 },
      ],
      ['rss/rebuilt-2026-04-21.cs.CV.xml', '2026-04-21', announced('2026-04-21')],
      ['atom/rebuilt-2026-04-22.cs.CV.xml', '2026-04-22', announced('2026-04-22')],
    ])('%s is the listing of %s with all its entries', async (name, listDate, expected) => {
      const listing = await only(`arxiv/${name}`);
      expect(listing).toMatchObject({ listDate, dropped: [], quiet: false });
      expect(kinds(listing)).toEqual(expected);
      for (const { paper } of listing.entries) {
        expect(paper.abstract).not.toMatch(/^arXiv:|Announce Type/);
        expect(paper.authors.length).toBeGreaterThan(0);
      }
    });

    test.each([
      ['rss/rebuilt-2026-04-25.cs.CV.xml', '2026-04-25'],
      ['rss/recorded-2025-04-27.cs.empty-sunday.xml', '2025-04-27'],
      ['atom/rebuilt-2026-04-26.cs.CV.xml', '2026-04-26'],
    ])('%s of a weekend is quiet', async (name, listDate) => {
      expect(await only(`arxiv/${name}`)).toMatchObject({ listDate, announced: 0, quiet: true });
    });

    test.each(['cs.AI', 'cs.CL'])('the recorded feed of %s has three new papers', async (category) => {
      const listing = await only(`arxiv/rss/recorded-2026-04-27.${category}.first3.xml`);
      expect(listing).toMatchObject({ listDate: '2026-04-27', announced: 3, dropped: [] });
      expect(kinds(listing)).toEqual({ new: 3 });
    });

    test('the authors of a day are those that the query API gives', async () => {
      const listing = await only('arxiv/rss/rebuilt-2026-04-20.cs.CV.xml');
      const expected = new Map(
        recorded('2026-04-20').map((paper) => [`arxiv:${paper.arxiv_id}`, paper.authors]),
      );
      for (const { paper } of listing.entries) {
        expect(
          paper.authors.map(({ name, affiliation }) =>
            affiliation === undefined ? name : `${name} (${affiliation})`,
          ),
        ).toEqual(expected.get(paper.id));
      }
    });

    test('a month of arXiv metadata is JSON lines of papers', async () => {
      const name = readdirSync(join(data, 'arxiv/metadata')).toSorted()[0] ?? '';
      const listing = await only(`arxiv/metadata/${name}`);
      expect(listing.announced).toBeGreaterThan(1000);
      expect(listing.dropped).toEqual([]);
    });
  },
);

interface Announced {
  readonly arxiv_id: string;
  readonly announce_type: string;
  readonly authors: string[];
}

function recorded(date: string): Announced[] {
  const path = join(data, `arxiv/announced/cs.CV.${date}.json.gz`);
  if (!existsSync(path)) return [];
  const day: { papers: Announced[] } = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8'));
  return day.papers;
}

function announced(date: string): Record<string, number> {
  const names: Record<string, string> = {
    cross: 'cross-list',
    replace: 'replacement',
    'replace-cross': 'replacement-cross-list',
  };
  const counts: Record<string, number> = {};
  for (const { announce_type } of recorded(date)) {
    const kind = names[announce_type] ?? announce_type;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
