import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Listing, ListingAnswer, Validators } from '../../src/domain/listing.ts';
import { SourceError } from '../../src/errors.ts';
import { arxivMailListing } from '../../src/sources/arxiv-mail-text.ts';
import { arxivMail } from '../../src/sources/arxiv-mail.ts';
import { createHttpClient } from '../../src/sources/http.ts';

const now = Date.parse('2026-01-14T11:00:00Z');
const fixture = fileURLToPath(new URL('../fixtures/sources/arxiv-mail.txt', import.meta.url));
const text = readFileSync(fixture, 'utf8');
const listed = (mail: string): Listing => arxivMailListing(mail, 'mail', 'a mail', now);
const http = createHttpClient({ userAgent: 'test', allowedHosts: [], timeoutMs: 5000, maxBytes: 1000 });

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broadsheet-mails-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await http[Symbol.asyncDispose]();
});

const written = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

const read = (path: string, validators?: Validators, at = now): Promise<ListingAnswer> =>
  arxivMail({ name: 'mail', paths: [path] }).read(
    { key: `mail=${path}` },
    { now: at, http, signal: new AbortController().signal, ...(validators ? { validators } : {}) },
  );

describe('a listing mail', () => {
  test('has new papers, cross-lists and replacements of both, on the day of the mail in GMT', () => {
    const listing = listed(text);
    expect(listing).toMatchObject({
      source: 'mail',
      listDate: '2026-01-14',
      readAt: now,
      announced: 5,
      dropped: [],
      quiet: false,
      hasVotes: false,
    });
    expect(listing.entries.map(({ kind, sourceKey, paper }) => [kind, sourceKey, paper.id])).toEqual([
      ['new', 'arXiv:2601.05001', 'arxiv:2601.05001'],
      ['new', 'arXiv:2601.05002', 'arxiv:2601.05002'],
      ['cross-list', 'arXiv:2601.04003', 'arxiv:2601.04003'],
      ['replacement', 'arXiv:cs/0601001', 'arxiv:cs/0601001'],
      ['replacement-cross-list', 'arXiv:2512.00003', 'arxiv:2512.00003'],
    ]);
  });

  test('gives the whole paper, accents as letters and mathematics as it stands', () => {
    const [first, second, , replaced] = listed(text).entries;
    expect(first?.paper).toEqual({
      id: 'arxiv:2601.05001',
      title: 'On the Boiling of Lévy Kettles: a Title that Goes on for Longer than a Line',
      abstract:
        'We show i) that $\\alpha$ kettles cost \\$5, and ii) that Title: is no field here. ---- A second paragraph.',
      authors: [
        { name: 'Michał Invented', affiliation: 'Univ. A, Dept. B' },
        { name: 'Nicole Bäuerle' },
        { name: 'C. Fictional' },
      ],
      categories: ['cs.CL', 'cs.SD'],
      keywords: [],
      links: { abstract: 'https://arxiv.org/abs/2601.05001', pdf: 'https://arxiv.org/pdf/2601.05001' },
      doi: '10.5555/kettle.1',
      comments: '16 pages, 5 figures',
      submittedAt: Date.parse('2026-01-12T20:34:08Z'),
    });
    expect(second?.paper.title).toBe('0');
    expect(replaced?.paper).not.toHaveProperty('submittedAt');
    expect(replaced?.paper).toMatchObject({ title: 'An Old Kettle', abstract: '' });
  });

  test.each([
    ['Fri, 17 Mar 23 00:51:30 GMT', '2023-03-17'],
    ['Fri,  9 Jun 23 00:44:20 GMT', '2023-06-09'],
    ['Fri, 17 Mar 2023 00:51:30 GMT', '2023-03-17'],
    ['Mon, 3 Jan 00 00:51:30 GMT', '2000-01-03'],
    ['Wed, 1 Dec 99 00:51:30 GMT', '1999-12-01'],
    ['Thu, 16 Mar 23 20:51:30 -0400', '2023-03-17'],
  ])('of %s is the list of %s', (date, listDate) => {
    expect(listed(text.replace('Wed, 14 Jan 26 01:31:14 GMT', date)).listDate).toBe(listDate);
  });

  test('with line ends of the network, or without a count in its subject, is the same', () => {
    expect(listed(text.replaceAll('\n', '\r\n')).entries).toEqual(listed(text).entries);
    const blank = text.replace('2 new + 1 crosses received', 'Subj-class mailing');
    expect(listed(blank).entries).toEqual(listed(text).entries);
  });

  test.each([
    ['no title', 'Title: Kettles Across Fields', '', 'arXiv:2601.04003', 'title'],
    ['no end', '\\\\ ( https://arxiv.org/abs/2601.04003 ,  14kb)\n', '', 'arXiv:2601.04003', 'cut off'],
    ['an id of another form', 'arXiv:2601.04003 (', 'arXiv:nonsense (', 'arXiv:nonsense', 'arXiv id'],
    ['the id of another', 'arXiv:2601.04003 (', 'arXiv:2601.05001 (', 'arXiv:2601.05001', 'came again'],
  ])('drops only the entry with %s', (_, from, to, key, reason) => {
    const listing = listed(text.replace(from, to));
    expect(listing).toMatchObject({
      announced: 5,
      dropped: [{ key, reason: expect.stringContaining(reason) }],
    });
    expect(listing.entries).toHaveLength(4);
  });

  test.each([
    ['nothing', '', 'not-recognised', 'nothing'],
    ['a letter', 'Dear reader,', 'not-recognised', 'Dear reader,'],
    ['an HTML page', '<html></html>', 'not-recognised', '<html>'],
    ['cut off', text.slice(0, -400), 'malformed', '%%%---'],
    ['without a date', text.replace(/^Date:.*/, ''), 'malformed', 'date'],
    ['short of a new paper', text.replace('2 new', '3 new'), 'malformed', '3 new papers'],
  ])('that is %s is an error', (_, mail, code, message) => {
    const reading = (): Listing => listed(mail);
    expect(reading).toThrow(SourceError);
    expect(reading).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });

  test('however it is damaged, is read or is a SourceError', () => {
    fc.assert(
      fc.property(
        fc.nat(text.length),
        fc.nat(60),
        fc.string({ unit: fc.constantFrom(...Array.from('\\\n%-: {}$aZ1')) }),
        (at, cut, put) => {
          try {
            const listing = listed(text.slice(0, at) + put + text.slice(at + cut));
            expect(listing.entries.length + listing.dropped.length).toBe(listing.announced);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(SourceError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('mails as a source', () => {
  test('are read oldest first, not before their day, and the broken one is asked for to be reported', async () => {
    const dated = (day: string): string => text.replace('Wed, 14 Jan 26', day);
    const paths = [
      await written('b.txt', text),
      await written('a.txt', gzipSync(dated('Tue, 13 Jan 26'))),
      await written('later.txt', dated('Thu, 15 Jan 26')),
      await written('broken.txt', 'Dear reader,'),
      join(folder, 'missing.txt'),
    ];
    const requests = await arxivMail({ name: 'mail', paths }).requests(now);
    expect(requests).toEqual([
      { key: `mail=${paths[3]}` },
      { key: `mail=${paths[4]}` },
      { key: `mail=${paths[1]}`, listDate: '2026-01-13' },
      { key: `mail=${paths[0]}`, listDate: '2026-01-14' },
    ]);
    await expect(read(paths[3] ?? '')).rejects.toMatchObject({ code: 'not-recognised' });
    await expect(read(paths[4] ?? '')).rejects.toMatchObject({ code: 'unreachable' });
    expect(await read(paths[1] ?? '')).toMatchObject({ state: 'read', listing: { listDate: '2026-01-13' } });
  });

  test('one that says the same is unchanged, also tomorrow', async () => {
    const answer = await read(fixture);
    if (answer.state !== 'read') throw new Error('expected a listing');
    expect(await read(fixture, answer.validators, now + 86_400_000)).toEqual({ state: 'unchanged' });
  });

  test('a request for another file is an error', async () => {
    const source = arxivMail({ name: 'mail', paths: [fixture] });
    const context = { now, http, signal: new AbortController().signal };
    await expect(source.read({ key: 'mail=/etc/hosts' }, context)).rejects.toMatchObject({
      code: 'unreachable',
    });
  });
});
