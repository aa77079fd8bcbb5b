import { basename } from 'node:path';
import { show } from '../config/faults.ts';
import { cadences, isAddress, noFollows, type Cadence, type Profile } from '../domain/subscriber.ts';
import type { Instant } from '../domain/time.ts';
import { unguarded } from './csv-cells.ts';
import type { CsvRecord } from './csv-records.ts';
import type { ExportFile, Said } from './exports-of-others.ts';
import type { Columns } from './import-columns.ts';
import { statedMoment } from './import-moment.ts';
import { profileIn, type At } from './import-profile.ts';
import { saidIn, saysNo } from './import-said.ts';

export interface ImportRow {
  readonly line: number;
  readonly address: string;
  readonly says: Said['says'];
  readonly bar?: string | undefined;
  readonly saidAt?: Instant | undefined;
  /** Keys of the digests it speaks of. */
  readonly digests: readonly string[];
  /** Undefined means all topics of the digest. */
  readonly topics?: readonly string[];
  readonly cadence: Cadence;
  readonly profile: Profile;
}

export interface ImportFault {
  readonly line: number;
  readonly message: string;
}

/** What a row is read with. */
export interface RowReading {
  readonly file: string;
  readonly columns: Columns;
  /** Topic keys by the digest's key. */
  readonly digests: ReadonlyMap<string, readonly string[]>;
  /** The digests of a row that names none. */
  readonly into: readonly string[];
  readonly now: Instant;
}

interface ReadRow {
  /** One; a row with topics makes one for each digest that has some of them. */
  readonly rows: readonly ImportRow[];
  readonly fault?: ImportFault;
}

/**
 * Reads a record: the rows it makes, and what is wrong with it. A faulty record makes no yes, but where a no stands in
 * it every good address in it counts as a no: better one mail too few.
 */
export function readRow(record: CsvRecord, reading: RowReading): ReadRow {
  const { columns } = reading;
  const at: At = (key) => {
    const index = columns.at[key];
    const cell = index === undefined ? '' : (record.cells[index] ?? '');
    return cell === '' ? cell : (columns.isOwn ? unguarded(cell) : cell).trim();
  };
  const read =
    shapeFault(record, columns.names.length) ??
    readCells(record.line, at, sayingOf(record, at, reading), reading);
  if (typeof read !== 'string') return { rows: read };
  return { rows: noesOf(record, reading), fault: { line: record.line, message: read } };
}

/** What is wrong with a record before its cells are looked at. */
function shapeFault({ cells, line, lastLine }: CsvRecord, length: number): string | undefined {
  if (lastLine > line && cells.some((cell) => /[\r\n][^\r\n]*@/.test(cell))) {
    return `expected a row on one line, got one to line ${lastLine}; a quote may not be closed`;
  }
  if (
    cells.length === length ||
    (cells.length > length && cells.slice(length).every((cell) => cell === ''))
  ) {
    return undefined;
  }
  return `expected ${length} values, got ${cells.length}; put a value with the delimiter in it in quotes`;
}

function readCells(
  line: number,
  at: At,
  said: Said | string,
  { digests: known, into, now }: RowReading,
): readonly ImportRow[] | string {
  const address = at('address').normalize('NFC');
  if (!isAddress(address)) {
    return `address: expected a mail address such as ada@example.org, got ${show(at('address'))}`;
  }
  if (typeof said === 'string') return said;
  const { says, bar, statedAt } = said;
  const named = keysIn(at('digest'));
  const unknownDigest = named.find((key) => !known.has(key));
  if (unknownDigest !== undefined) {
    return `digest: expected one of ${[...known.keys()].join(', ')}, got ${show(unknownDigest)}`;
  }
  const digests = named.length > 0 ? named : into;
  if (digests.length === 0) return 'digest: the row names none; say which one with --digest';
  const profile = profileIn(at);
  if (typeof profile === 'string') return profile;
  const cadence = cadences.find((one) => one === at('cadence')) ?? 'every';
  const saidAt = statedAt === undefined || statedAt === '' ? undefined : statedMoment(statedAt, now);
  const row: ImportRow = { line, address, says, bar, saidAt, digests, cadence, profile };
  const topics = keysIn(at('topics'));
  if (topics.length === 0) return [row];
  // A no is a no to all that the row names, whatever its topics are.
  const isNo = says === 'left' || bar !== undefined;
  const unknownTopic = topics.find((key) => !digests.some((digest) => known.get(digest)?.includes(key)));
  if (unknownTopic !== undefined && !isNo) {
    return `topics: ${show(unknownTopic)} is a topic of none of ${digests.join(', ')}`;
  }
  return digests.flatMap((digest) => {
    const own = topics.filter((topic) => known.get(digest)?.includes(topic));
    if (own.length > 0) return [{ ...row, digests: [digest], topics: own }];
    return isNo ? [{ ...row, digests: [digest] }] : [];
  });
}

function sayingOf(record: CsvRecord, at: At, reading: RowReading): Said | string {
  const { foreign, names, at: places } = reading.columns;
  if (!foreign || places.state !== undefined) return saidIn(at);
  const cell = (column: string): string => (record.cells[names.indexOf(column)] ?? '').trim();
  return (
    foreign.says(cell, exportFile(reading)) ??
    `expected a state that ${foreign.program} has, got ${show(cell('status') || cell('type') || cell('subscriber_type') || cell('email_disabled'))}`
  );
}

const noKeys: readonly string[] = [];

function keysIn(cell: string): readonly string[] {
  return cell === '' ? noKeys : cell.split(/[\s;,]+/).filter((key) => key !== '');
}

/** Every good address of a faulty record that says no, in whichever cell they stand; of all digests where it may name one. */
function noesOf({ cells, line }: CsvRecord, reading: RowReading): readonly ImportRow[] {
  const { digests: known, into, columns } = reading;
  const digests = columns.at.digest === undefined && into.length > 0 ? into : [...known.keys()];
  const words = cells.flatMap((cell) => cell.split(/[\r\n,;\t"]+/)).map((word) => word.trim());
  const ofFile = reading.columns.foreign?.says(() => '', exportFile(reading));
  const isNo = ofFile !== undefined && (ofFile.says === 'left' || ofFile.bar !== undefined);
  if (!isNo && !words.some(saysNo)) return [];
  const plain = { cadence: 'every', profile: { follows: noFollows, muted: [] } } as const;
  const addresses = cells.flatMap((cell) => cell.split(/[\s,;"<>]+/)).filter(isAddress);
  return addresses.map((address) => ({ line, address, says: 'left', digests, ...plain }));
}

function exportFile({ file, columns }: RowReading): ExportFile {
  return { name: basename(file), has: (column) => columns.names.includes(column) };
}
