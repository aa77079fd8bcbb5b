import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Listing } from '../../src/domain/listing.ts';
import { isPaperLines, paperPieces } from '../../src/sources/paper-stream.ts';

const now = Date.parse('2026-11-24T06:00:00Z');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paper-stream-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function file(bytes: string | Uint8Array): Promise<string> {
  const path = join(folder, 'papers.jsonl');
  await writeFile(path, bytes);
  return path;
}

async function pieces(path: string, size = 10_000): Promise<readonly Listing[]> {
  const found: Listing[] = [];
  for await (const piece of paperPieces(path, now, 'import', size)) found.push(piece);
  return found;
}

const line = (id: string) => JSON.stringify({ id, title: `Kettles ${id}`, abstract: 'We é study.' });

describe('a long file of papers as JSON lines', () => {
  it.each([
    ['as text', (text: string) => Buffer.from(text)],
    ['packed', (text: string) => gzipSync(text)],
  ])('is read line by line, %s', async (_, packed) => {
    const text = `\n${line('2601.00001')}\r\n\n{"broken\n${line('2601.00002')}`;
    const path = await file(packed(text));
    expect(await isPaperLines(path)).toBe(true);
    const [listing] = await pieces(path);
    expect(listing).toMatchObject({ announced: 3, listDate: '2026-11-24' });
    expect(listing?.entries.map((entry) => entry.sourceKey)).toEqual(['2601.00001', '2601.00002']);
    expect(listing?.dropped).toEqual([
      { key: 'line 4', reason: 'expected one JSON object on a line; got broken JSON' },
    ]);
  });

  it('keeps letters that stand across two reads of the file', async () => {
    const many = Array.from({ length: 3_000 }, (_, at) => line(`2601.${String(at).padStart(5, '0')}`));
    const [listing] = await pieces(await file(many.join('\n')));
    expect(listing?.entries).toHaveLength(3_000);
    expect(new Set(listing?.entries.map(({ paper }) => paper.abstract))).toEqual(new Set(['We é study.']));
  });

  it('with the days of their lists is a listing of each day, read when it was over', async () => {
    const dated = (id: string, said: object): string => JSON.stringify({ ...JSON.parse(line(id)), ...said });
    const path = await file(
      [
        dated('2601.00001', { listed_on: '2026-11-20' }),
        dated('2601.00002', { list_date: '2026-11-19' }),
        dated('2601.00003', { listed_on: '2026-11-20' }),
        dated('2601.00004', { listed_on: '2026-11-24' }),
        dated('2601.00005', { listed_on: 'on a Monday' }),
        dated('2601.00006', { listed_on: '2027-02-01' }),
        line('2601.00007'),
      ].join('\n'),
    );
    const listings = (await pieces(path)).map(({ source, listDate, readAt, entries, hasVotes }) => [
      source,
      listDate,
      new Date(readAt).toISOString().slice(0, 13),
      entries.map((entry) => entry.sourceKey.slice(-1)).join(' '),
      hasVotes,
    ]);
    expect(listings).toEqual([
      // No day, or one that nobody can know yet: as if announced now.
      ['import', '2026-11-24', '2026-11-24T06', '5 6 7', false],
      ['import-lists', '2026-11-19', '2026-11-20T00', '2', false],
      ['import-lists', '2026-11-20', '2026-11-21T00', '1 3', false],
      ['import-lists', '2026-11-24', '2026-11-24T06', '4', false],
    ]);
  });

  it.each([
    ['recorded answers', '{"list_date":"2026-01-07","captured_at":"2026-01-07T08:00:00Z","response":[]}'],
    ['an array', '[]'],
    ['BibTeX', '@article{a, title={b}}'],
    ['nothing', ''],
  ])('is not what %s are', async (_, text) => {
    expect(await isPaperLines(await file(text))).toBe(false);
  });

  it('is an error where it breaks off', async () => {
    const text = Array.from({ length: 30_000 }, (_, at) => line(String(at))).join('\n');
    const path = await file(gzipSync(text).subarray(0, -200));
    await expect(pieces(path)).rejects.toThrow(/breaks off at line \d+/);
  });

  it('is an error where it is not UTF-8', async () => {
    const path = await file(Buffer.concat([Buffer.from(`${line('1')}\n`), Buffer.from([0xff, 0xfe, 0x0a])]));
    await expect(pieces(path)).rejects.toThrow('Expected whole lines of UTF-8 text');
  });

  it('that is not there is named', async () => {
    await expect(isPaperLines(join(folder, 'none'))).rejects.toThrow('cannot be read');
  });

  it('comes in pieces that hold it all, in its order', async () => {
    const text = Array.from({ length: 7 }, (_, at) => line(`2601.0000${at}`)).join('\n');
    const found = await pieces(await file(text), 3);
    expect(found.map(({ entries }) => entries.length)).toEqual([3, 3, 1]);
    expect(found.flatMap(({ entries }) => entries.map((entry) => entry.sourceKey))).toEqual(
      Array.from({ length: 7 }, (_, at) => `2601.0000${at}`),
    );
  });

  it('has the day in its name', async () => {
    const path = join(folder, 'papers-2026-01-09.jsonl');
    await writeFile(path, line('2601.00001'));
    expect((await pieces(path))[0]?.listDate).toBe('2026-01-09');
  });
});
