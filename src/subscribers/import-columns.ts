import { suggestion } from '../config/faults.ts';
import { recogniseExport, type ForeignExport } from './exports-of-others.ts';

/** What a column can hold; `-` leaves one out. */
export const importKeys = [
  'address',
  'name',
  'first',
  'last',
  'digest',
  'topics',
  'state',
  'saidAt',
  'noMail',
  'cadence',
  'language',
  'hour',
  'zone',
  'pausedUntil',
  'authors',
  'labs',
  'words',
  'muted',
  'origin',
] as const;

export type ImportKey = (typeof importKeys)[number];

/** The columns that an export of ours has, in this order. */
export const exportKeys = importKeys.filter((key) => key !== 'first' && key !== 'last');

/** Where the keys stand in a row. */
export interface Columns {
  readonly at: Partial<Record<ImportKey, number>>;
  /** The program that wrote the file, when its header says so. */
  readonly foreign?: ForeignExport;
  /** Whether it is one of our own exports. */
  readonly isOwn: boolean;
  /** Names in lower case, in their order. */
  readonly names: readonly string[];
  /** What is left out, as the header has it. */
  readonly unused: readonly string[];
}

/** Which column is which, in words of the command line: `E-Mail=address`, `Phone=-`, and `*=-` for all others. */
export type ColumnMap = ReadonlyMap<string, ImportKey | '-'>;

const spellings: Readonly<Record<string, ImportKey>> = {
  email: 'address',
  'e-mail': 'address',
  'email address': 'address',
  'e-mail address': 'address',
  email_address: 'address',
  mail: 'address',
  'full name': 'name',
  full_name: 'name',
  'first name': 'first',
  first_name: 'first',
  firstname: 'first',
  'last name': 'last',
  last_name: 'last',
  lastname: 'last',
  digests: 'digest',
  topic: 'topics',
  status: 'state',
};

/** Reads `column=key` pairs; an unknown key is the text of a fault. */
export function readColumnMap(pairs: readonly string[]): ColumnMap | string {
  const map = new Map<string, ImportKey | '-'>();
  for (const pair of pairs) {
    const cut = pair.lastIndexOf('=');
    const [column, word] = [pair.slice(0, cut).trim().toLowerCase(), pair.slice(cut + 1).trim()];
    const key = word === '-' ? word : importKeys.find((one) => one === (spellings[word] ?? word));
    if (cut < 1 || key === undefined) {
      return `expected COLUMN=KEY in --map, such as "E-Mail=address" or "Phone=-", got ${JSON.stringify(pair)}; ${suggestion(word, importKeys)}`;
    }
    map.set(column, key);
  }
  return map;
}

/**
 * What the columns of a header are, or the text of a fault. A column that nobody named refuses the file, for it may be
 * the one that says who left; of a program whose exports we know, others are left out.
 */
export function readHeader(cells: readonly string[], map: ColumnMap): Columns | string {
  const names = cells.map((cell) => cell.trim().toLowerCase());
  const foreign = recogniseExport(names);
  const at: Partial<Record<ImportKey, number>> = {};
  const unused: string[] = [];
  const unknown: string[] = [];
  for (const [index, name] of names.entries()) {
    const key = map.get(name) ?? (foreign ? foreignKey(foreign, name) : ownKey(name)) ?? map.get('*');
    if (key === undefined && name !== '') unknown.push(cells[index] ?? '');
    if (key === undefined || key === '-' || key === 'origin') {
      if (key !== 'origin') unused.push(cells[index] ?? '');
    } else if (at[key] === undefined) {
      at[key] = index;
    } else {
      return `two columns are ${key}: ${JSON.stringify(cells[at[key]])} and ${JSON.stringify(cells[index])}; leave one out with --map "${cells[index]}=-"`;
    }
  }
  const absent = [...map.keys()].filter((name) => name !== '*' && !names.includes(name));
  if (absent.length > 0) {
    return `--map names the column ${JSON.stringify(absent[0])}, which the file does not have; its columns: ${cells.join(', ')}`;
  }
  if (at.address === undefined) {
    return `expected a header row with a column of addresses, got ${cells.join(', ')}; name it with --map "COLUMN=address"`;
  }
  if (unknown.length > 0) {
    const first = unknown[0] ?? '';
    return `the column${unknown.length > 1 ? 's' : ''} ${unknown.join(', ')} may say who left; say what it is with --map "${first}=state", or leave it out with "${first}=-" ("*=-" for all)`;
  }
  const isOwn = !foreign && exportKeys.every((key) => names.includes(key.toLowerCase()));
  return { at, ...(foreign && { foreign }), isOwn, names, unused };
}

function ownKey(name: string): ImportKey | undefined {
  return (
    importKeys.find((key) => key.toLowerCase() === name) ??
    (Object.hasOwn(spellings, name) ? spellings[name] : undefined)
  );
}

function foreignKey(foreign: ForeignExport, name: string): ImportKey | '-' {
  return importKeys.find((key) => key === foreign.columns[name]) ?? '-';
}
