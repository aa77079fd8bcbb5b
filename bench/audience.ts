/**
 * Freezing the audience of one edition: readers of 20 topics in 24 zones, from the store into the ledger, against a plain
 * bulk insert of the same rows into the same table with the same indices (500 rows a statement, 10,000 a commit). Each way
 * in a process of its own on fresh files, interleaved, medians; and the peak memory of each.
 * `node bench/audience.ts [--rows 200000] [--rounds 5]`.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { prepareDeliveries } from '../src/deliver/prepare.ts';
import type { Edition } from '../src/domain/edition.ts';
import { openDatabase } from '../src/store/database.ts';
import { createTokens } from '../src/subscribers/tokens.ts';
import { edition as sample } from './send/digest.ts';
import { median } from './timing.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { rows: { type: 'string', default: '200000' }, rounds: { type: 'string', default: '5' } },
});
const rows = Number(options.rows);
const rounds = Number(options.rounds);
/** Those of the units and the image in deploy/. */
const flags = ['--optimize-for-size', '--max-semi-space-size=1'];
const blockSize = 10_000;
const rowsPerInsert = 500;
const publishedAt = Date.parse('2026-11-24T02:30:00Z');
const tokens = createTokens('an invented secret, only for benchmarks');
const topics = Array.from({ length: 20 }, (_, at) => `topic-${at}`);
const zones = Intl.supportedValuesOf('timeZone')
  .filter((_, at) => at % 17 === 0)
  .slice(0, 24);
const [first] = sample.sections[0]?.picks ?? [];

const edition: Edition = {
  ...sample,
  publishedAt,
  topics: topics.map((key) => ({ key, name: key })),
  sections: topics.map((topic, at) => ({
    topic,
    name: topic,
    picks: first
      ? [{ ...first, topic, rank: at + 1, paper: { ...first.paper, id: `arxiv:2611.${10_000 + at}` } }]
      : [],
  })),
};

/** Readers of two topics in a row of twenty, nine of ten with an hour of their own. */
async function fill(path: string): Promise<number> {
  const db = await openDatabase(path);
  await db.destroy();
  using file = new DatabaseSync(path);
  file.exec('pragma synchronous = off; begin');
  file
    .prepare(
      'insert into editions (id, digest, edition_date, number, published_at, content) values (1, ?, ?, 1, ?, ?)',
    )
    .run(edition.digest, edition.editionDate, publishedAt, JSON.stringify(edition));
  const subscriber = file.prepare(
    `insert into subscribers (id, address, address_hash, name, zone, minute_of_day, follows, origin, created_at, changed_at, changed_by)
     values (?, ?, ?, ?, ?, ?, '{"authors":[],"labs":[],"words":[]}', 'import', 0, 0, 'import')`,
  );
  const subscription = file.prepare(
    `insert into subscriptions (subscriber_id, digest, state, topics, cadence, changed_at, changed_by)
     values (?, ?, 'confirmed', ?, 'every', 0, 'import')`,
  );
  for (let at = 1; at <= rows; at += 1) {
    const address = `reader.number.${at}@mail${at % 977}.example.net`;
    const hasHour = at % 10 !== 0;
    subscriber.run(
      at,
      address,
      tokens.addressHash(address),
      `Reader Number ${at}`,
      hasHour ? (zones[at % 24] ?? null) : null,
      hasHour ? 360 + (at % 4) * 30 : null,
    );
    subscription.run(at, edition.digest, JSON.stringify([topics[at % 20], topics[(at + 1) % 20]]));
  }
  file.exec('commit');
  return 0;
}

async function freeze(path: string): Promise<number> {
  const db = await openDatabase(path);
  const startedAt = performance.now();
  const audience = await prepareDeliveries({
    db,
    editionId: 1,
    edition,
    combined: () => Promise.reject(new Error('there is nothing to put together')),
    tokens,
    fromAddress: 'paper@example.org',
    now: publishedAt + 1000,
  });
  const ms = performance.now() - startedAt;
  await db.destroy();
  const prepared = audience.state === 'prepared' ? audience.audience.prepared : audience.state;
  if (prepared !== rows) throw new Error(`expected ${rows} rows, got ${prepared}`);
  return ms;
}

const columns = [
  'edition_id',
  'digest',
  'address',
  'address_hash',
  'name',
  'topics',
  'state',
  'attempts',
  'next_attempt_at',
  'lease_epoch',
  'message_id',
  'prepared_at',
  'domain_key',
  'due_at',
] as const;

function insertOf(count: number): string {
  const row = `(${columns.map(() => '?').join(', ')})`;
  const values = Array.from({ length: count }, () => row).join(', ');
  return `insert into deliveries (${columns.join(', ')}) values ${values}`;
}

/** The rows that a freeze made, taken out of its file block by block; only the inserting is timed. */
function bulkInsert(path: string, frozen: string): number {
  using from = new DatabaseSync(frozen, { readOnly: true });
  using to = new DatabaseSync(path, { enableForeignKeyConstraints: true });
  to.exec('pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536');
  const block = from.prepare(
    `select ${columns.join(', ')} from deliveries where id > ? and id <= ? order by id`,
  );
  const insert = to.prepare(insertOf(rowsPerInsert));
  let ms = 0;
  for (let after = 0; after < rows; after += blockSize) {
    const made = block.all(after, after + blockSize);
    const startedAt = performance.now();
    to.exec('begin immediate');
    for (let at = 0; at < made.length; at += rowsPerInsert) {
      const some = made.slice(at, at + rowsPerInsert);
      const statement = some.length === rowsPerInsert ? insert : to.prepare(insertOf(some.length));
      statement.run(...some.flatMap((row) => columns.map((column) => row[column] ?? null)));
    }
    to.exec('commit');
    ms += performance.now() - startedAt;
  }
  return ms;
}

interface Measured {
  readonly ms: number;
  readonly peakMb: number;
}

const [way, path = '', frozen = ''] = positionals;

async function measured(): Promise<void> {
  const ms =
    way === 'fill' ? await fill(path) : way === 'freeze' ? await freeze(path) : bulkInsert(path, frozen);
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(JSON.stringify({ ms, peakMb }));
}

function run(...given: readonly string[]): Measured {
  const output = execFileSync(
    process.execPath,
    [...flags, import.meta.filename, '--rows', `${rows}`, ...given],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  return JSON.parse(output) as Measured;
}

function compare(): void {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-bench-'));
  const file = (name: string): string => join(folder, `${name}.db`);
  try {
    run('fill', file('readers'));
    const freezes: Measured[] = [];
    const inserts: Measured[] = [];
    for (let round = 0; round < rounds; round += 1) {
      copyFileSync(file('readers'), file('frozen'));
      freezes.push(run('freeze', file('frozen')));
      copyFileSync(file('readers'), file('plain'));
      inserts.push(run('insert', file('plain'), file('frozen')));
      for (const name of ['frozen', 'plain']) {
        for (const end of ['', '-wal', '-shm']) rmSync(`${file(name)}${end}`, { force: true });
      }
    }
    const rate = (all: readonly Measured[]): string =>
      `${Math.round((rows / median(all.map(({ ms }) => ms))) * 1000).toLocaleString('en')} rows/s, ` +
      `peak ${Math.max(...all.map(({ peakMb }) => peakMb))} MB`;
    const ratios = freezes.map(({ ms }, at) => (inserts[at]?.ms ?? Number.NaN) / ms);
    const [low, high] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2));
    console.log(`${rows.toLocaleString('en')} readers, 20 topics, ${zones.length} zones, ${rounds} rounds`);
    console.log(`bulk insert  ${rate(inserts)}`);
    console.log(`freeze       ${rate(freezes)}`);
    console.log(`ratio        ${median(ratios).toFixed(2)} (${low}..${high}); the goal is 0.4 and 300 MB`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (way === undefined) compare();
else await measured();
