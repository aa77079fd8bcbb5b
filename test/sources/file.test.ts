import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Listing, ListingAnswer, Validators } from '../../src/domain/listing.ts';
import { fileSource, readPaperFile } from '../../src/sources/file.ts';
import { createHttpClient } from '../../src/sources/http.ts';

const now = Date.parse('2026-01-13T11:00:00Z');
const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/sources/${name}`, import.meta.url));
const http = createHttpClient({ userAgent: 'test', allowedHosts: [], timeoutMs: 5000, maxBytes: 1000 });

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broadsheet-sources-'));
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

const only = async (path: string, at = now): Promise<Listing> => {
  const [listing, ...more] = await readPaperFile(path, at);
  if (!listing || more.length > 0) throw new Error('expected one listing');
  return listing;
};

const read = (
  paths: readonly string[],
  key: string,
  validators?: Validators,
  at = now,
): Promise<ListingAnswer> =>
  fileSource({ name: 'files', paths }).read(
    { key },
    { now: at, http, signal: new AbortController().signal, ...(validators ? { validators } : {}) },
  );

describe('JSON lines of papers', () => {
  test('give each paper by its best id; what is no paper is dropped and says why', async () => {
    const listing = await only(fixture('papers.jsonl'));
    expect(listing).toMatchObject({
      source: 'import',
      listDate: '2026-01-13',
      readAt: now,
      announced: 11,
      hasVotes: false,
      quiet: false,
    });
    expect(
      listing.entries.map(({ paper }) => [paper.id, paper.version, paper.doi, paper.links.abstract]),
    ).toEqual([
      ['arxiv:2601.07001', 1, undefined, 'https://arxiv.org/abs/2601.07001'],
      ['arxiv:astro-ph/0601001', undefined, undefined, 'https://arxiv.org/abs/astro-ph/0601001'],
      ['doi:10.5555/kettle.7', undefined, '10.5555/KETTLE.7', 'https://doi.org/10.5555/KETTLE.7'],
      ['arxiv:2601.07002', undefined, undefined, 'https://arxiv.org/abs/2601.07002'],
      [expect.stringMatching(/^url:[0-9a-f]{32}$/), undefined, undefined, 'https://kettles.example.org/7'],
      [
        expect.stringMatching(/^url:/),
        undefined,
        undefined,
        'https://huggingface.co/papers?q=a%20kettle%20by%20its%20title',
      ],
    ]);
    expect(listing.dropped).toEqual([
      { key: '2601.07001v2', reason: expect.stringContaining('came again') },
      { key: '2601.07003', reason: expect.stringContaining('no abstract') },
      { key: '2601.07004', reason: expect.stringContaining('no title') },
      { key: 'line 11', reason: expect.stringContaining('broken JSON') },
      { key: 'line 12', reason: expect.stringContaining('object') },
    ]);
  });

  test('take authors and categories in either form, and dates with or without a time', async () => {
    const [first, second, third, , fifth] = (await only(fixture('papers.jsonl'))).entries.map(
      ({ paper }) => paper,
    );
    expect(first).toMatchObject({
      abstract: 'It boils.',
      authors: [{ name: 'Ada Invented' }, { name: 'Bo Made-Up' }],
      categories: ['cs.CL', 'cs.LG'],
      submittedAt: Date.parse('2026-01-12T10:00:00Z'),
    });
    expect(second).toMatchObject({
      title: '0',
      categories: ['astro-ph', 'hep-th'],
      submittedAt: Date.parse('2006-01-02T00:00:00Z'),
    });
    expect(third?.authors).toEqual([{ name: 'Ada Invented' }, { name: 'Bo Made-Up' }]);
    expect(fifth?.authors).toEqual([{ name: 'Cy Fictional' }]);
  });

  test('may also be one JSON array', async () => {
    const path = await written('papers.json', '[{"id":"2601.07001","title":"A","abstract":"B"},{"x":1}]');
    expect(await only(path)).toMatchObject({
      announced: 2,
      entries: [{ paper: { id: 'arxiv:2601.07001' } }],
      dropped: [{ key: 'line 2' }],
    });
  });
});

describe('BibTeX', () => {
  test('gives each entry by its best id; what is no paper is dropped and says why', async () => {
    const listing = await only(fixture('papers.bib'));
    expect(listing.entries.map(({ sourceKey, paper }) => [sourceKey, paper.id, paper.title])).toEqual([
      ['invented2026', 'arxiv:2601.06001', 'On the BERT of Gödel: x<y and more & <think>'],
      ['scholar2024', 'arxiv:2401.06002', 'Found by a Search'],
      ['page2023', expect.stringMatching(/^url:/), 'Only an Address'],
      ['nothing', expect.stringMatching(/^url:/), 'Only a Title'],
      ['abbreviated', 'arxiv:2601.06003', 'An Unknown Abbreviation'],
      ['doi2025', 'doi:10.5555/kettle_2025', 'The $1 Million Kettle'],
    ]);
    expect(listing.dropped).toEqual([
      { key: 'untitled', reason: expect.stringContaining('title') },
      { key: 'cut', reason: expect.stringContaining('Unterminated') },
    ]);
    expect(listing.hasVotes).toBe(false);
  });

  test('turns TeX into text, in names as in abstracts', async () => {
    const [first] = (await only(fixture('papers.bib'))).entries;
    expect(first?.paper).toMatchObject({
      version: 2,
      abstract: 'We show that 5% of kettles are loud — Štěpán said so.',
      authors: [
        { name: 'José García' },
        { name: 'The Kettle Collaboration' },
        { name: 'Ludwig van Made-Up' },
        { name: 'John Smith Jr.' },
      ],
      categories: ['cs.CL'],
      keywords: ['kettles', 'loud things'],
      submittedAt: Date.parse('2026-01-11T00:00:00Z'),
    });
  });
});

describe('a saved page', () => {
  test('gives its papers and none of its furniture', async () => {
    const listing = await only(fixture('page.txt'));
    expect(listing.entries.map(({ paper }) => paper.title)).toEqual([
      'A Short Title',
      'Do Kettles Need Words? A Longer Title that Ends with a Question',
    ]);
    expect(listing.entries[1]?.paper.abstract).toMatch(
      /^Kettles have been silent for long\. .* words and count .* none of them is kind\.$/,
    );
    expect(listing).toMatchObject({ announced: 2, dropped: [], hasVotes: false });
  });

  test('a paper is the same paper when the page is saved again', async () => {
    const [before, after] = [
      await only(fixture('page.txt')),
      await only(fixture('page.txt'), now + 86_400_000),
    ];
    expect(after.entries).toEqual(before.entries);
  });
});

describe('a saved answer of the Daily Papers API', () => {
  test('has votes, and the last day on which one of its papers was listed', async () => {
    expect(await only(fixture('daily-papers.json'))).toMatchObject({
      listDate: '2026-01-07',
      announced: 2,
      hasVotes: true,
    });
  });

  test.each([
    ['2025-10-14.saved.json', '2025-10-14'],
    ['saved-2025-13-40.json', '2026-01-13'],
    ['saved.json', '2026-01-13'],
  ])('without days in it has the day in its name, else today: %s', async (name, listDate) => {
    const path = await written(name, '[{"paper":{"id":"2601.09001","title":"A","summary":"B"}}]');
    expect(await only(path)).toMatchObject({ listDate });
  });

  test('may be empty', async () => {
    expect(await only(await written('2026-01-10.json', '[]'))).toMatchObject({
      announced: 0,
      quiet: true,
      hasVotes: true,
    });
  });
});

describe('recorded answers', () => {
  test('are a listing each, read at the time of their capture', async () => {
    const listings = await readPaperFile(fixture('captures.jsonl'), now);
    expect(
      listings.map(({ listDate, readAt, announced, quiet }) => [
        listDate,
        new Date(readAt).toISOString(),
        announced,
        quiet,
      ]),
    ).toEqual([
      ['2026-01-07', '2026-01-07T02:00:00.000Z', 1, false],
      ['2026-01-07', '2026-01-07T08:00:00.000Z', 2, false],
      ['2026-01-10', '2026-01-10T08:00:00.000Z', 0, true],
    ]);
  });

  test('are not there before they were captured', async () => {
    const at = Date.parse('2026-01-07T08:00:00Z');
    const path = fixture('captures.jsonl');
    expect(await readPaperFile(path, at)).toHaveLength(2);
    expect(await readPaperFile(path, at - 1)).toHaveLength(1);
    const source = fileSource({ name: 'files', paths: [path] });
    expect(await source.requests(at)).toEqual([
      { key: `file=${path}#1`, listDate: '2026-01-07' },
      { key: `file=${path}#2`, listDate: '2026-01-07' },
    ]);
    await expect(read([path], `file=${path}#3`, undefined, at)).rejects.toMatchObject({ code: 'malformed' });
  });

  test('may be packed', async () => {
    const path = await written('captures.bin', gzipSync(await readFile(fixture('captures.jsonl'))));
    expect(await readPaperFile(path, now)).toEqual(await readPaperFile(fixture('captures.jsonl'), now));
  });

  test.each([
    ['cut off', '{"list_date":"2026-01-07","respo'],
    ['without a time', '{"list_date":"2026-01-07","response":[]}'],
    [
      'with an impossible day',
      '{"list_date":"2026-02-30","captured_at":"2026-01-07T08:00:00Z","response":[]}',
    ],
  ])('of which one is %s are an error that names the line', async (_, line) => {
    const path = await written(
      'broken.jsonl',
      `${await readFile(fixture('captures.jsonl'), 'utf8')}${line}\n`,
    );
    await expect(readPaperFile(path, now)).rejects.toMatchObject({
      code: 'malformed',
      message: expect.stringContaining('line 4'),
    });
  });
});

describe('a saved arXiv feed', () => {
  test.each([
    ['arxiv-rss.xml', '2026-01-13', 4],
    ['arxiv-atom.xml', '2026-07-14', 1],
  ])('%s is the listing of its day', async (name, listDate, announced) => {
    expect(await only(fixture(name))).toMatchObject({ listDate, announced, hasVotes: false });
  });
});

describe('a saved answer of arXiv', () => {
  test.each([
    ['of the query API', 'arxiv-api.xml', '2026-01-09', 4, 0],
    ['of OAI-PMH', 'arxiv-oai.xml', '2026-01-13', 4, 1],
    ['as a listing mail', 'arxiv-mail.txt', '2026-01-14', 5, 0],
  ])('%s is a listing of its day', async (_, name, listDate, announced, dropped) => {
    const listing = await only(fixture(name));
    expect(listing).toMatchObject({ listDate, announced, readAt: now, quiet: false, hasVotes: false });
    expect(listing.dropped).toHaveLength(dropped);
  });

  test('without records is quiet', async () => {
    const path = await written(
      'none.xml',
      '<OAI-PMH><responseDate>2026-01-12T03:00:00Z</responseDate><error code="noRecordsMatch"/></OAI-PMH>',
    );
    expect(await only(path)).toMatchObject({ listDate: '2026-01-12', announced: 0, quiet: true });
  });

  test.each([
    [
      'an error of the query API',
      'arxiv-api.xml',
      '<id>http://arxiv.org/abs/',
      '<id>http://arxiv.org/api/errors#',
      'reported',
    ],
    ['half a mail', 'arxiv-mail.txt', /%%%---[^]*/, '', 'malformed'],
  ])('that is %s is an error', async (_, name, from, to, code) => {
    const path = await written(name, (await readFile(fixture(name), 'utf8')).replace(from, to));
    await expect(readPaperFile(path, now)).rejects.toMatchObject({ name: 'SourceError', code });
  });

  test('of which an abstract looks like BibTeX is a mail all the same', async () => {
    const mail = (await readFile(fixture('arxiv-mail.txt'), 'utf8')).replace('  Nothing.', '@article{x,');
    expect(await only(await written('bibtex.txt', mail))).toMatchObject({ announced: 5 });
  });
});

describe('files as a source', () => {
  test('one that cannot be read does not stop the others', async () => {
    const paths = [join(folder, 'missing.bib'), fixture('papers.bib')];
    const source = fileSource({ name: 'files', paths });
    const requests = await source.requests(now);
    expect(requests.map(({ key }) => key)).toEqual(paths.map((path) => `file=${path}`));
    await expect(read(paths, `file=${paths[0]}`)).rejects.toMatchObject({ code: 'unreachable' });
    expect(await read(paths, `file=${paths[1]}`)).toMatchObject({
      state: 'read',
      listing: { source: 'files' },
    });
  });

  test('one that says the same is unchanged, also tomorrow', async () => {
    const path = fixture('papers.bib');
    const answer = await read([path], `file=${path}`);
    if (answer.state !== 'read') throw new Error('expected a listing');
    expect(await read([path], `file=${path}`, answer.validators, now + 86_400_000)).toEqual({
      state: 'unchanged',
    });
  });

  test('one that was written again meanwhile is read again', async () => {
    const path = await written('growing.jsonl', '{"id":"2601.07001","title":"A","abstract":"B"}\n');
    const source = fileSource({ name: 'files', paths: [path] });
    const context = { now, http, signal: new AbortController().signal };
    expect(await source.read({ key: `file=${path}` }, context)).toMatchObject({ listing: { announced: 1 } });
    await written(
      'growing.jsonl',
      '{"id":"2601.07001","title":"A","abstract":"B"}\n{"id":"2601.07002","title":"A","abstract":"B"}\n',
    );
    expect(await source.read({ key: `file=${path}` }, context)).toMatchObject({ listing: { announced: 2 } });
  });
});

describe('a file of another kind is an error that says what came', () => {
  test.each([
    ['empty', '', 'not-recognised', 'an empty file'],
    ['a letter', 'Dear reader,\n\nhello.\n', 'not-recognised', 'Dear reader, hello.'],
    ['other JSON', '{"a":1}', 'not-recognised', '{"a":1}'],
    ['an array of numbers', '[1,2]', 'not-recognised', '[1,2]'],
    ['JSON over several lines', '{\n"title":"A"}', 'not-recognised', '{ "title":"A"}'],
    ['half an array', '[{"paper":{"id":"2601.0', 'malformed', 'cut off'],
    ['an HTML page', '<!doctype html><title>x</title>', 'not-recognised', '<!doctype html>'],
    ['a PDF', Buffer.from([0x25, 0x50, 0x44, 0x46, 0x2d, 0xff, 0xfe]), 'not-recognised', 'UTF-8'],
    ['half a packed file', gzipSync('{"title":"A"}').subarray(0, 15), 'malformed', 'gzip'],
  ])('%s', async (_, content, code, message) => {
    const path = await written('unknown', content);
    await expect(readPaperFile(path, now)).rejects.toMatchObject({
      name: 'SourceError',
      code,
      message: expect.stringContaining(message),
    });
  });

  test('and names the formats understood', async () => {
    const path = await written('letter.txt', 'Dear reader,');
    await expect(readPaperFile(path, now)).rejects.toThrow(
      /Daily Papers API.*arXiv RSS or Atom.*JSON lines.*BibTeX.*saved Daily Papers page/,
    );
  });
});
