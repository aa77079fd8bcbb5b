import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Listing } from '../../src/domain/listing.ts';
import { arxivMail } from '../../src/sources/arxiv-mail.ts';
import { readPaperFile } from '../../src/sources/file.ts';

/** Recordings of the real sources, beside the repository; they are not part of it. */
const data = new URL('../../../shared/data/arxiv/', import.meta.url).pathname;
const now = Date.parse('2026-11-24T06:00:00Z');

const only = async (path: string): Promise<Listing> => {
  const [listing, ...more] = await readPaperFile(join(data, path), now);
  if (!listing || more.length > 0) throw new Error('expected one listing');
  return listing;
};

const counted = ({ entries }: Listing): number[] =>
  ['new', 'cross-list', 'replacement', 'replacement-cross-list'].map(
    (kind) => entries.filter((entry) => entry.kind === kind).length,
  );

const names = (folder: string): string[] =>
  existsSync(join(data, folder))
    ? readdirSync(join(data, folder)).filter((name) => name !== 'index.json')
    : [];

describe.skipIf(!existsSync(data))('recordings of arXiv (skipped where ../shared/data is absent)', () => {
  test('the answers of the query API hold 119 papers in 16 answers, 64 of them different, and one error', async () => {
    const listings: Listing[] = [];
    const errors: unknown[] = [];
    for (const name of names('api')) {
      await only(`api/${name}`).then(
        (listing) => listings.push(listing),
        (thrown: unknown) => errors.push(thrown),
      );
    }
    const papers = listings.flatMap(({ entries }) => entries.map(({ paper }) => paper));
    expect(listings).toHaveLength(16);
    expect(papers).toHaveLength(119);
    expect(new Set(papers.map(({ id }) => id)).size).toBe(64);
    expect(listings.flatMap(({ dropped }) => dropped)).toEqual([]);
    expect(errors).toEqual([
      expect.objectContaining({
        code: 'reported',
        message: expect.stringContaining('incorrect id format for abc'),
      }),
    ]);
    for (const { version, abstract, authors, categories, submittedAt, title } of papers) {
      expect(version).toBeGreaterThan(0);
      expect(abstract).not.toMatch(/^\s|\n|\s$/);
      expect(title).not.toBe('');
      expect(authors.length).toBeGreaterThan(0);
      expect(categories.length).toBeGreaterThan(0);
      expect(submittedAt).toBeLessThan(now);
    }
    expect(papers.filter(({ id }) => id.includes('/')).map(({ id }) => id)).toEqual(
      expect.arrayContaining(['arxiv:astro-ph/0601001', 'arxiv:cs/0503050']),
    );
  });

  test.each([
    ['id_0000.0000_s0_m100_8b51d9633a68.xml', '2026-04-10', 0],
    ['id_0808.05394_s0_m100_7b0c7d0a7cdd.xml', '2026-04-10', 0],
    ['q_testing_s5_m15_bbcf6b23085b.xml', '2026-04-10', 15],
    ['id_astro-ph_0601001_s0_m100_3150dca9dc76.xml', '2026-05-11', 1],
  ])('the answer %s is of %s and holds %i papers', async (name, listDate, announced) => {
    expect(await only(`api/${name}`)).toMatchObject({ listDate, announced, dropped: [], quiet: false });
  });

  test('the paper titled 0 has its title, and authors keep their affiliations', async () => {
    const zero = await only('api/id_2104.12255v1_s0_m100_6ae69987ffe1.xml');
    expect(zero.entries[0]?.paper).toMatchObject({ id: 'arxiv:2104.12255', version: 1, title: '0' });
    const old = await only('api/id_astro-ph_0601001_s0_m100_3150dca9dc76.xml');
    expect(old.entries[0]?.paper.authors).toHaveLength(4);
    expect(old.entries[0]?.paper.authors[0]).toEqual({ name: 'Andrew Gould', affiliation: 'Ohio State' });
  });

  test.each([
    ['getrecord-sample.xml', '2018-08-16', [12, 0, 0, 0]],
    ['getrecord-sample0.xml', '2016-01-14', [1, 0, 0, 0]],
    ['getrecord-sample1.xml', '2015-12-29', [1, 0, 0, 0]],
    ['getrecord-sample10.xml', '2016-06-15', [1, 0, 0, 0]],
    ['getrecord-sample2.xml', '2016-03-04', [1, 0, 0, 0]],
    ['getrecord-sample3.xml', '2016-03-04', [1, 0, 0, 0]],
    ['getrecord-sample4.xml', '2016-03-22', [1, 0, 0, 0]],
    ['getrecord-sample6.xml', '2016-06-23', [1, 0, 0, 0]],
    ['getrecord-sample8.xml', '2016-06-27', [1, 0, 0, 0]],
    ['listrecords-2026-09-25.arXivRaw.cs-LG.xml', '2026-09-25', [1, 0, 1, 0]],
    ['listrecords-arxiv-physics-hep-th.xml', '2017-12-14', [0, 0, 3, 0]],
    ['listrecords-arxiv-single.xml', '2018-01-25', [0, 0, 1, 0]],
  ])('the OAI-PMH answer %s is of %s and has %j new, crossed, replaced', async (name, listDate, kinds) => {
    const listing = await only(`oai/${name}`);
    expect(listing).toMatchObject({ listDate, dropped: [], quiet: false });
    expect(counted(listing)).toEqual(kinds);
    for (const { paper } of listing.entries) {
      expect(paper.authors.map(({ name: who }) => who)).not.toContain(':');
      expect(paper.doi ?? '10.1/x').toMatch(/^10\.\d+\/\S*[^\s,;]$/);
    }
  });

  test('collaborations are authors, and a lone colon is nobody', async () => {
    const authors = async (name: string): Promise<string[]> =>
      (await only(`oai/${name}`)).entries[0]?.paper.authors.map((author) => author.name) ?? [];
    expect((await authors('getrecord-sample4.xml')).slice(0, 3)).toEqual([
      'Keck Array',
      'BICEP2 Collaborations',
      'P. Ade',
    ]);
    expect((await authors('getrecord-sample8.xml')).slice(0, 2)).toEqual([
      'Super-Kamiokande Collaboration',
      'K. Abe',
    ]);
  });

  test('arXivRaw tells the version', async () => {
    const { entries } = await only('oai/listrecords-2026-09-25.arXivRaw.cs-LG.xml');
    expect(entries.map(({ paper }) => [paper.id, paper.version, paper.authors.length])).toEqual([
      ['arxiv:2609.27532', 2, 10],
      ['arxiv:2609.28570', 1, 9],
    ]);
  });

  test.each([
    ['math.new.AG.txt', '2023-06-09', [0, 1, 1, 0]],
    ['q-fin.new.CP.txt', '2023-03-17', [1, 1, 0, 0]],
    ['q-fin.new.EC.txt', '2023-03-17', [4, 0, 0, 0]],
    ['q-fin.new.GN.txt', '2023-03-16', [1, 0, 4, 1]],
    ['q-fin.new.MF.txt', '2023-03-16', [2, 1, 1, 0]],
    ['q-fin.new.PM.txt', '2023-03-16', [2, 0, 1, 0]],
    ['q-fin.new.PR.txt', '2023-03-13', [1, 1, 1, 1]],
    ['q-fin.new.RM.txt', '2023-03-17', [1, 0, 2, 0]],
    ['q-fin.new.ST.txt', '2023-03-17', [6, 1, 1, 0]],
    ['q-fin.new.TR.txt', '2023-03-17', [1, 0, 0, 0]],
    ['q-fin.new.txt', '2023-03-17', [13, 0, 3, 0]],
  ])('the mail %s is of %s and has %j new, crossed, replaced', async (name, listDate, kinds) => {
    const listing = await only(`mail/${name}`);
    expect(listing).toMatchObject({ listDate, dropped: [], quiet: false });
    expect(counted(listing)).toEqual(kinds);
    for (const { kind, paper } of listing.entries) {
      const isReplaced = kind.startsWith('replacement');
      expect(paper.abstract === '').toBe(isReplaced);
      expect(paper.submittedAt === undefined).toBe(isReplaced);
      expect(paper.categories.length).toBeGreaterThan(0);
      expect(paper.authors.length).toBeGreaterThan(0);
      for (const author of paper.authors) expect(author.name).not.toMatch(/[\\{}~]|\band\b/);
      expect(`${paper.title} ${paper.abstract}`).not.toMatch(/\\['"`^]|\{\\/);
    }
  });

  test('the mails hold 53 entries, and as a source come oldest first', async () => {
    const paths = names('mail').map((name) => join(data, 'mail', name));
    const requests = await arxivMail({ name: 'mail', paths }).requests(now);
    expect(requests.map(({ listDate }) => listDate)).toEqual([
      '2023-03-13',
      ...Array.from({ length: 3 }, () => '2023-03-16'),
      ...Array.from({ length: 6 }, () => '2023-03-17'),
      '2023-06-09',
    ]);
    let announced = 0;
    for (const name of names('mail')) announced += (await only(`mail/${name}`)).announced;
    expect(announced).toBe(53);
  });
});
