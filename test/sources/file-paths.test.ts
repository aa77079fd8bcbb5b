import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileSource } from '../../src/sources/file.ts';
import { filesAt } from '../../src/sources/file-paths.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-paths-'));
  mkdirSync(join(folder, 'deep'));
  for (const name of ['b.bib', 'a.bib', 'deep/c.bib', 'd.jsonl']) writeFileSync(join(folder, name), '');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const names = async (...paths: readonly string[]) =>
  (await filesAt(paths.map((path) => join(folder, path)))).map((file) => file.slice(folder.length + 1));

describe('the files that paths name', () => {
  test.each([
    [['*.bib'], ['a.bib', 'b.bib']],
    [['**/*.bib'], ['a.bib', 'b.bib', 'deep/c.bib']],
    [
      ['[a-c].bib', 'd.jsonl'],
      ['a.bib', 'b.bib', 'd.jsonl'],
    ],
    [
      ['b.bib', '*.bib'],
      ['b.bib', 'a.bib'],
    ],
    [['*.txt'], ['*.txt']],
    [['missing.bib'], ['missing.bib']],
  ])('%j are %j', async (paths, expected) => {
    expect(await names(...paths)).toEqual(expected);
  });

  test('are looked for at each reading', async () => {
    const source = fileSource({ name: 'files', paths: [join(folder, '*.jsonl')] });
    const keys = async () => (await source.requests(0)).map(({ key }) => key.slice(key.lastIndexOf('/') + 1));
    expect(await keys()).toEqual(['d.jsonl']);
    writeFileSync(join(folder, 'e.jsonl'), '');
    expect(await keys()).toEqual(['d.jsonl', 'e.jsonl']);
  });
});
