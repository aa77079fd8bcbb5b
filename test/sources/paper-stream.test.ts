import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inPieces, streamedPapers } from '../../src/sources/paper-stream.ts';

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

async function items(path: string) {
  const listing = await streamedPapers(path, now, 'import');
  if (!listing) return undefined;
  const found = [];
  for await (const item of listing.items) found.push(item);
  return found;
}

const line = (id: string) => JSON.stringify({ id, title: `Kettles ${id}`, abstract: 'We é study.' });

describe('a long file of papers as JSON lines', () => {
  it.each([
    ['as text', (text: string) => Buffer.from(text)],
    ['packed', (text: string) => gzipSync(text)],
  ])('is read line by line, %s', async (_, packed) => {
    const text = `\n${line('2601.00001')}\r\n\n{"broken\n${line('2601.00002')}`;
    expect(await items(await file(packed(text)))).toEqual([
      expect.objectContaining({ sourceKey: '2601.00001' }),
      { key: 'line 4', reason: 'expected one JSON object on a line; got broken JSON' },
      expect.objectContaining({ sourceKey: '2601.00002' }),
    ]);
  });

  it('keeps letters that stand across two reads of the file', async () => {
    const many = Array.from({ length: 3_000 }, (_, at) => line(`2601.${String(at).padStart(5, '0')}`));
    const found = (await items(await file(many.join('\n')))) ?? [];
    expect(found).toHaveLength(3_000);
    expect(found.every((one) => 'paper' in one && one.paper.abstract === 'We é study.')).toBe(true);
  });

  it.each([
    ['recorded answers', '{"list_date":"2026-01-07","captured_at":"2026-01-07T08:00:00Z","response":[]}'],
    ['an array', '[]'],
    ['BibTeX', '@article{a, title={b}}'],
    ['nothing', ''],
  ])('is not what %s are', async (_, text) => {
    expect(await items(await file(text))).toBeUndefined();
  });

  it('is an error where it breaks off', async () => {
    const text = Array.from({ length: 30_000 }, (_, at) => line(String(at))).join('\n');
    const path = await file(gzipSync(text).subarray(0, -200));
    await expect(items(path)).rejects.toThrow(/breaks off at line \d+/);
  });

  it('is an error where it is not UTF-8', async () => {
    const path = await file(Buffer.concat([Buffer.from(`${line('1')}\n`), Buffer.from([0xff, 0xfe, 0x0a])]));
    await expect(items(path)).rejects.toThrow('Expected whole lines of UTF-8 text');
  });

  it('that is not there is named', async () => {
    await expect(streamedPapers(join(folder, 'none'), now, 'import')).rejects.toThrow('cannot be read');
  });

  it('comes in pieces that hold it all, in its order', async () => {
    const text = Array.from({ length: 7 }, (_, at) => line(`2601.0000${at}`)).join('\n');
    const listing = await streamedPapers(await file(text), now, 'import');
    if (!listing) throw new Error('no listing');
    const pieces: string[][] = [];
    for await (const piece of inPieces(listing, 3)) {
      const keys: string[] = [];
      for await (const item of piece.items) keys.push('paper' in item ? item.sourceKey : item.key);
      pieces.push(keys);
    }
    expect(pieces.map((keys) => keys.length)).toEqual([3, 3, 1]);
    expect(pieces.flat()).toEqual(Array.from({ length: 7 }, (_, at) => `2601.0000${at}`));
  });
});
