import { parse, type Parser } from 'csv-parse';
import { detectEncoding, utf8Chunks, type CsvEncoding } from './csv-encoding.ts';

/** One record with the lines it stands on, from 1, both included. */
export interface CsvRecord {
  readonly cells: readonly string[];
  readonly line: number;
  readonly lastLine: number;
}

/** What is wrong at a line of a file. */
export interface CsvFault {
  readonly line: number;
  readonly message: string;
}

/** Some records of a file, in its order, with how much of it has been read. */
export interface CsvPiece {
  readonly records: readonly CsvRecord[];
  readonly faults: readonly CsvFault[];
  readonly readBytes: number;
}

export interface CsvFile {
  readonly encoding: CsvEncoding;
  readonly delimiter: string;
  readonly pieces: AsyncIterable<CsvPiece>;
}

/** A longer record is taken for a quote that is never closed. */
const longestRecord = 256 * 1024;

/**
 * Opens a CSV file (RFC 4180) to be read piece by piece in constant memory. The delimiter is what the first line has
 * most of: comma, semicolon or tab. Empty lines are left out. Throws the error of the file system when it cannot be read.
 */
export async function openCsv(file: string, signal: AbortSignal): Promise<CsvFile> {
  const encoding = await detectEncoding(file, signal);
  const delimiter = delimiterOf(await firstLine(file, encoding, signal));
  return { encoding, delimiter, pieces: readPieces(file, encoding, delimiter, signal) };
}

async function* readPieces(
  file: string,
  encoding: CsvEncoding,
  delimiter: string,
  signal: AbortSignal,
): AsyncGenerator<CsvPiece> {
  let records: CsvRecord[] = [];
  let faults: CsvFault[] = [];
  let nextLine = 1;
  let parserLine = 0;
  let isCut = false;
  const parser = parse({
    bom: true,
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: longestRecord,
    skip_records_with_error: true,
    // Taking each record here and passing none on spares a step of the stream for each.
    on_record: (cells: string[], { lines }) => {
      // The parser counts a line end of two characters in quotes as two lines: counted anew where there is one.
      const lastLine = lines === parserLine + 1 ? nextLine : nextLine + lineEnds(cells);
      if (!isCut && (cells.length > 1 || cells[0] !== '')) records.push({ cells, line: nextLine, lastLine });
      parserLine = lines;
      nextLine = lastLine + 1;
      return undefined;
    },
    on_skip: () => {
      if (isCut) return undefined;
      isCut = true;
      faults.push({ line: nextLine, message: unclosed });
      return undefined;
    },
  });
  parser.resume();
  let readBytes = 0;
  for await (const { text, bytes } of utf8Chunks(file, encoding, signal)) {
    await written(parser, text);
    readBytes += bytes;
    yield { records, faults, readBytes };
    [records, faults] = [[], []];
    if (isCut) break;
  }
  if (!isCut) await ended(parser);
  yield { records, faults, readBytes };
}

function lineEnds(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + cell.split(/\r\n|\r|\n/).length - 1, 0);
}

const unclosed =
  'expected a closing quote, got none; nothing from this row on was used: close the quote and import the file again';

async function written(parser: Parser, text: Uint8Array | string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    parser.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

async function ended(parser: Parser): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    parser.once('error', reject);
    parser.once('end', resolve);
    parser.end();
  });
}

async function firstLine(file: string, encoding: CsvEncoding, signal: AbortSignal): Promise<string> {
  const decoder = new TextDecoder();
  for await (const { text } of utf8Chunks(file, encoding, signal)) {
    const read = typeof text === 'string' ? text : decoder.decode(text);
    return read.trimStart().split(/[\r\n]/, 1)[0] ?? '';
  }
  return '';
}

function delimiterOf(line: string): string {
  const plain = line.replaceAll(/"[^"]*"/g, '');
  const counted = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: plain.split(delimiter).length }));
  return counted.reduce((most, one) => (one.count > most.count ? one : most)).delimiter;
}
