import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseXmlDocument } from 'slimdom';
import { asError } from '../../src/errors.ts';

export interface DayFound {
  readonly faults: readonly string[];
  readonly accepted: number;
  readonly inDoubt: number;
}

/** What is not whole of a data folder in which one day was run to its end, and of the mails that the server took. */
export function faultsOf(
  folder: string,
  mails: readonly { readonly to: string }[],
  readers: readonly string[],
): DayFound {
  const data = join(folder, 'data');
  const faults = [...siteFaults(join(data, 'site')), ...strayFiles(data)];
  using database = new DatabaseSync(join(data, 'broadsheet.db'));
  const rowsOf = (sql: string) => database.prepare(sql).all();
  const expectSame = (what: string, expected: unknown, came: unknown): void => {
    const [right, is] = [expected, came].map((value) => JSON.stringify(value));
    if (right !== is) faults.push(`${what}: expected ${right}, got ${is}`);
  };
  expectSame('integrity_check', [{ integrity_check: 'ok' }], rowsOf('pragma integrity_check'));
  expectSame('foreign_key_check', [], rowsOf('pragma foreign_key_check'));
  expectSame(
    'editions',
    [{ digest: 'daily', edition_date: '2026-11-10', number: 1 }],
    rowsOf('select digest, edition_date, number from editions'),
  );
  const listings = rowsOf('select count(*) as n from papers')[0]?.['n'];
  if (listings === 0) faults.push('there are no papers');
  const deliveries = rowsOf('select address, state from deliveries order by address');
  expectSame(
    'deliveries',
    readers.toSorted(),
    deliveries.map((row) => row['address']),
  );
  for (const { address, state } of deliveries) {
    const taken = mails.filter(({ to }) => to === address).length;
    // A held mail may have been taken, and nobody knows.
    const isRight = state === 'accepted' ? taken === 1 : state === 'in_doubt' && taken <= 1;
    if (!isRight) faults.push(`${String(address)} is ${String(state)} and was mailed ${taken} times`);
  }
  const inState = (state: string): number => deliveries.filter((row) => row['state'] === state).length;
  return { faults, accepted: inState('accepted'), inDoubt: inState('in_doubt') };
}

/** Every file of the list is there, has the size that was noted, and can be parsed. */
function siteFaults(site: string): readonly string[] {
  const faults: string[] = [];
  const bases = JSON.parse(readFileSync(join(site, '.bases.json'), 'utf8')) as Readonly<
    Record<string, { readonly stamp?: { readonly size: number } }>
  >;
  const names = Object.entries(bases);
  if (names.length < 20) faults.push(`the site has ${names.length} files only`);
  for (const [name, { stamp }] of names) {
    const size = statSync(join(site, name), { throwIfNoEntry: false })?.size;
    if (size === undefined || (stamp && size !== stamp.size)) {
      faults.push(`${name}: expected ${stamp?.size ?? 'some'} bytes, got ${size ?? 'no file'}`);
    }
  }
  let feeds = 0;
  for (const name of readdirSync(site, { recursive: true }).map(String)) {
    const ending = extname(name);
    if (!['.xml', '.json', '.opml', '.html'].includes(ending) || name.startsWith('.')) continue;
    const source = readFileSync(join(site, name), 'utf8');
    try {
      if (ending === '.html') {
        if (!source.trimEnd().endsWith('</html>')) faults.push(`${name} is cut off`);
      } else if (ending === '.json') JSON.parse(source);
      else parseXmlDocument(source);
      if (name.startsWith('feeds')) feeds += 1;
    } catch (thrown) {
      faults.push(`${name}: ${asError(thrown).message}`);
    }
  }
  if (feeds < 3) faults.push(`expected feeds, got ${feeds}`);
  return faults;
}

function strayFiles(data: string): readonly string[] {
  return readdirSync(data, { recursive: true })
    .map(String)
    .filter((name) => /\.tmp$|-journal$|\.partial$/.test(name))
    .map((name) => `a temporary file is left: ${name}`);
}
