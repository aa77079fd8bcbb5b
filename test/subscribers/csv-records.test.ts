import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvLine, unguarded } from '../../src/subscribers/csv-cells.ts';
import { openCsv } from '../../src/subscribers/csv-records.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-csv-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function read(bytes: Uint8Array | string) {
  const file = join(folder, 'file.csv');
  writeFileSync(file, bytes);
  const { encoding, delimiter, pieces } = await openCsv(file, new AbortController().signal);
  const records: { readonly cells: readonly string[]; readonly line: number }[] = [];
  const faults: { readonly line: number; readonly message: string }[] = [];
  for await (const piece of pieces) {
    records.push(...piece.records);
    faults.push(...piece.faults);
  }
  return {
    encoding,
    delimiter,
    faults,
    lines: records.map(({ line }) => line),
    cells: records.map(({ cells }) => cells),
  };
}

const text = 'email,name\nada@example.org,Åda “Ö”\n';
const expected = [
  ['email', 'name'],
  ['ada@example.org', 'Åda “Ö”'],
];

function utf16(written: string, isBigEndian: boolean): Buffer {
  const bytes = Buffer.from(written, 'utf16le');
  return isBigEndian ? bytes.swap16() : bytes;
}

describe('a CSV file', () => {
  it.each([
    ['UTF-8', Buffer.from(text), 'utf-8'],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`), 'utf-8'],
    ['UTF-16LE with a mark', utf16(`\uFEFF${text}`, false), 'utf-16le'],
    ['UTF-16BE with a mark', utf16(`\uFEFF${text}`, true), 'utf-16be'],
    ['UTF-16LE without', utf16(text, false), 'utf-16le'],
    ['UTF-16BE without', utf16(text, true), 'utf-16be'],
    [
      'windows-1252',
      Buffer.from(text.split('').map((one) => ({ '“': 0x93, '”': 0x94 })[one] ?? one.charCodeAt(0))),
      'windows-1252',
    ],
  ])('is read in %s', async (_, bytes, encoding) => {
    const found = await read(bytes);
    expect(found.encoding).toBe(encoding);
    expect(found.cells).toEqual(expected);
  });

  it('loses no row to a byte of windows-1252 far behind', async () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => `reader${at}@example.org,Reader\n`).join('');
    const found = await read(
      Buffer.concat([Buffer.from(`email,name\n${rows}last@example.org,`), Buffer.from([0xe9, 0x0a])]),
    );
    expect(found.encoding).toBe('windows-1252');
    expect(found.cells).toHaveLength(20_002);
    expect(found.cells.at(-1)).toEqual(['last@example.org', 'é']);
  });

  it.each([',', ';', '\t'])('may have %j between its values, and others in its quotes', async (delimiter) => {
    const found = await read(`"a,;\tb"${delimiter}c\r\n1${delimiter}2\r3${delimiter}4`);
    expect(found.delimiter).toBe(delimiter);
    expect(found.cells).toEqual([
      ['a,;\tb', 'c'],
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  it('counts lines as an editor does, over empty lines and values on several', async () => {
    expect((await read('a,b\r\n\r\n"1\r\n2",3\r\n4,5\r\n')).lines).toEqual([1, 3, 5]);
  });

  it('keeps the rows before a quote that is never closed, and says where it is', async () => {
    for (const rest of ['x\n'.repeat(10), 'x\n'.repeat(300_000)]) {
      const found = await read(`a,b\n1,2\n"3,4\n${rest}`);
      expect(found.cells).toEqual([
        ['a', 'b'],
        ['1', '2'],
      ]);
      expect(found.faults).toEqual([{ line: 3, message: expect.stringContaining('closing quote') }]);
    }
  });

  it('gives back every value that was written, and none that a spreadsheet takes for a formula', async () => {
    const value = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }).filter((one) => one.isWellFormed() && !one.includes('\0')),
      fc.constantFrom(
        '=1+1',
        '+49',
        '-1',
        '@a',
        '\ta',
        '\ra',
        "'=x",
        "''+y",
        "'",
        ' a ',
        'a;b',
        'a\r\nb',
        '"',
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 5 }),
        async (rows) => {
          const lines = [['a', 'b', 'c'], ...rows].map(csvLine);
          const { cells } = await read(lines.join(''));
          for (const cell of cells.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
          const kept = rows.filter((row) => row.join('') !== '' || row.length > 1);
          expect(cells.slice(1).map((row) => row.map(unguarded))).toEqual(kept);
        },
      ),
      { numRuns: 30 },
    );
  });
});
