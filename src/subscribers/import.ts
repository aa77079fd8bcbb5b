import type { Instant } from '../domain/time.ts';
import type { Database } from '../store/database.ts';
import { standingsOf, storeImportBlock } from '../store/subscriber-import.ts';
import { openCsv, type CsvRecord } from './csv-records.ts';
import { readHeader, type ColumnMap, type Columns } from './import-columns.ts';
import { noCounts, planImport, type HashedRow, type ImportCounts } from './import-plan.ts';
import { readRow, type ImportFault, type ImportRow } from './import-row.ts';
import type { Tokens } from './tokens.ts';

export interface ImportOptions {
  readonly map: ColumnMap;
  /** Topic keys by the key of each digest there is. */
  readonly digests: ReadonlyMap<string, readonly string[]>;
  /** The digests of rows that name none. */
  readonly into: readonly string[];
  readonly now: Instant;
  readonly signal: AbortSignal;
  /** Told of every fault, in the order of the file. */
  readonly onFault: (fault: ImportFault) => void;
  /** Told how much of the file has been taken in. */
  readonly onProgress?: (readBytes: number) => void;
}

export interface ImportReport {
  readonly file: string;
  readonly encoding: string;
  readonly delimiter: string;
  /** The program that wrote it, where that is known. */
  readonly program?: string;
  readonly note?: string;
  /** What the columns were taken for: `name in the file` by key. */
  readonly columns: Readonly<Record<string, string>>;
  readonly unused: readonly string[];
  /** Records after the header, faulty ones among them. */
  readonly rows: number;
  readonly faults: number;
  readonly counts: ImportCounts;
  /** The first rows as they were understood. */
  readonly first: readonly ImportRow[];
}

/** So many rows are stored in a part of a second, and meanwhile nobody else can write. */
const rowsPerBlock = 10_000;
const rowsToShow = 10;

/**
 * Takes a CSV file in, block by block, each in one transaction; memory does not grow with the file. A no in it ends
 * subscriptions and keeps mail out, a yes of somebody unknown begins one with its proof of consent, and whoever left,
 * bounced, complained or was erased stays out. Running it again changes nothing, and finishes what was broken off.
 * A header that cannot be understood is a fault of line 1, with nothing stored. Throws the error of the file system.
 */
export async function importSubscribers(
  db: Database,
  tokens: Pick<Tokens, 'addressHash'>,
  file: string,
  options: ImportOptions,
): Promise<ImportReport> {
  const { now, signal, into, onFault, onProgress } = options;
  const { encoding, delimiter, pieces } = await openCsv(file, signal);
  const counts = noCounts();
  const first: ImportRow[] = [];
  let columns: Columns | undefined;
  let header: readonly string[] = [];
  let [rows, faults] = [0, 0];
  let waiting: HashedRow[] = [];

  const fault = (line: number, message: string): void => {
    faults += 1;
    onFault({ line, message });
  };
  const take = (record: CsvRecord, known: Columns): void => {
    rows += 1;
    const read = readRow(record, { file, columns: known, digests: options.digests, into, now });
    if (read.fault) fault(read.fault.line, read.fault.message);
    for (const row of read.rows) {
      if (first.length < rowsToShow) first.push(row);
      waiting.push({ row, addressHash: tokens.addressHash(row.address) });
    }
  };
  const store = async (): Promise<void> => {
    const block = waiting;
    waiting = [];
    addCounts(counts, await storeRows(db, block, file, now));
  };

  reading: for await (const piece of pieces) {
    signal.throwIfAborted();
    for (const record of piece.records) {
      if (columns) take(record, columns);
      else {
        const read = digestsOf(readHeader(record.cells, options.map), into);
        if (typeof read === 'string') {
          fault(record.line, `${read}; nothing of this file was used`);
          break reading;
        }
        columns = read;
        header = record.cells;
      }
      if (waiting.length >= rowsPerBlock) await store();
    }
    for (const { line, message } of piece.faults) fault(line, message);
    onProgress?.(piece.readBytes);
  }
  if (waiting.length > 0) await store();
  if (!columns && faults === 0) fault(1, 'expected a header row, got an empty file');
  const { program, note } = columns?.foreign ?? {};
  return {
    file,
    encoding,
    delimiter,
    ...(program !== undefined && { program }),
    ...(note !== undefined && { note }),
    columns: Object.fromEntries(
      Object.entries(columns?.at ?? {}).map(([key, at]) => [key, header[at] ?? '']),
    ),
    unused: columns?.unused ?? [],
    rows,
    faults,
    counts,
    first,
  };
}

/** The columns, or the text of a fault where neither they nor the command line say which digests are meant. */
function digestsOf(columns: Columns | string, into: readonly string[]): Columns | string {
  if (typeof columns === 'string' || columns.at.digest !== undefined || into.length > 0) return columns;
  return 'expected a column of digests, got none; say which digests are meant with --digest';
}

/** Looks the addresses up, decides and stores, all in one transaction, so that nobody's no comes in between. */
async function storeRows(
  db: Database,
  rows: readonly HashedRow[],
  file: string,
  now: Instant,
): Promise<ImportCounts> {
  const hashes = [...new Set(rows.map(({ addressHash }) => addressHash))];
  return db.transaction().execute(async (transaction) => {
    const standings = await standingsOf(transaction, hashes);
    const { block, counts } = planImport(rows, standings, file, now);
    const ids = new Map<string, number>();
    for (const [hash, { subscriberId }] of standings) {
      if (subscriberId !== undefined) ids.set(hash, subscriberId);
    }
    await storeImportBlock(transaction, block, ids, now);
    return counts;
  });
}

function addCounts(sum: ImportCounts, more: ImportCounts): void {
  for (const key of Object.keys(noCounts())) {
    if (isCount(key, sum)) sum[key] += more[key];
  }
}

function isCount(key: string, counts: ImportCounts): key is keyof ImportCounts {
  return key in counts;
}
