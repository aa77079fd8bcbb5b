import { parse } from 'csv-parse/sync';
import { suggestion } from '../config/faults.ts';
import { keyOf, rowKeys, type RawRow, type RowFault } from './row.ts';

/** One record with the lines it stands on, from 1, both included. */
interface CsvRecord {
  readonly cells: readonly string[];
  readonly line: number;
  readonly lastLine: number;
}

/**
 * The rows of a CSV file (RFC 4180) with a header row; the delimiter is `,`, or `;` when the header has no
 * comma. Cells of `digests` and `topics` are lists with `;` or spaces between. An unknown column refuses the
 * whole file, for it may be the one that tells who unsubscribed.
 */
export function csvRows(
  text: string,
  file: string,
): { rows: readonly RawRow[]; faults: readonly RowFault[]; isCut?: boolean } {
  const { records, faults } = recordsOf(text, file);
  // A quote that is never closed swallows the rest of the file.
  const isCut = faults.length > 0;
  const [header, ...body] = records;
  if (!header) return { rows: [], faults };
  const columns = header.cells.map((cell) => keyOf(cell.toLowerCase()));
  const headerFaults = checkHeader(header, columns, file);
  if (headerFaults.length > 0) return { rows: [], faults: [...headerFaults, ...faults] };

  const rows: RawRow[] = [];
  for (const { cells, line, lastLine } of body) {
    if (lastLine > line) {
      const message = `expected a row on one line, got one to line ${lastLine}; a quote may not be closed`;
      faults.push({ file, line, message });
    } else if (cells.length !== columns.length) {
      const message = `expected ${columns.length} values (${columns.join(', ')}), got ${cells.length}; put a value with the delimiter in it in quotes`;
      faults.push({ file, line, message });
    } else {
      rows.push({ file, line, value: valueOf(columns, cells) });
    }
  }
  return { rows, faults, isCut };
}

function recordsOf(text: string, file: string): { records: CsvRecord[]; faults: RowFault[] } {
  const faults: RowFault[] = [];
  const records: CsvRecord[] = [];
  let nextLine = 1;
  const [firstLine = ''] = text.trimStart().split(/[\r\n]/, 1);
  parse(text, {
    delimiter: firstLine.includes(',') ? ',' : ';',
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    trim: true,
    skip_records_with_error: true,
    on_record: (cells: string[], { lines }) => {
      if (cells.some((cell) => cell !== '')) records.push({ cells, line: nextLine, lastLine: lines });
      nextLine = lines + 1;
      return undefined;
    },
    on_skip: () => {
      faults.push({
        file,
        line: nextLine,
        message: 'expected a closing quote, got the end of the file; nothing from this row on was used',
      });
      return undefined;
    },
  });
  return { records, faults };
}

function checkHeader({ cells, line }: CsvRecord, columns: readonly string[], file: string): RowFault[] {
  const faults = cells.flatMap((cell, index): RowFault[] => {
    const key = columns[index] ?? '';
    if (!rowKeys.includes(key)) {
      const message = `unknown column ${JSON.stringify(cell)}; ${suggestion(key, rowKeys)}; rename or remove it: nothing of this file was used`;
      return [{ file, line, message }];
    }
    if (columns.indexOf(key) === index) return [];
    return [
      { file, line, message: `the column ${key} stands twice; remove one: nothing of this file was used` },
    ];
  });
  if (columns.includes('address')) return faults;
  const message =
    'expected a header row with the column address or email; add it: nothing of this file was used';
  return [...faults, { file, line, message }];
}

/** Empty cells are left out. */
function valueOf(columns: readonly string[], cells: readonly string[]): Record<string, unknown> {
  const filled = columns
    .map((column, index) => [column, cells[index] ?? ''] as const)
    .filter(([, cell]) => cell !== '');
  return Object.fromEntries(
    filled.map(([column, cell]) => {
      if (column === 'digests' || column === 'topics') return [column, cell.split(/[\s;,]+/).filter(Boolean)];
      return [column, column === 'state' ? cell.toLowerCase() : cell];
    }),
  );
}
