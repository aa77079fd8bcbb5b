/**
 * Importing a CSV of subscribers into an empty database, as a ratio to a plain bulk insert of the same rows into the
 * same tables with the same indices: prepared statements, one transaction, with all hashes made before. Each part of
 * each round runs in a process of its own with a fresh database file, interleaved; medians.
 * `node bench/subscribers.ts [--rows 200000] [--rounds 5]`.
 */
import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDatabase } from '../src/store/database.ts';
import { importSubscribers } from '../src/subscribers/import.ts';
import { createTokens } from '../src/subscribers/tokens.ts';
import { median, timed } from './timing.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '5' },
    part: { type: 'string' },
    folder: { type: 'string', default: '' },
  },
});
const rows = Number(values.rows);
/** Those of the units and the image in deploy/. */
const flags = ['--optimize-for-size', '--max-semi-space-size=1'];
const now = Date.parse('2026-11-24T02:30:00Z');
const tokens = createTokens('an invented secret of the benchmark');
const csv = (folder: string): string => join(folder, 'readers.csv');

/** One of a million readers, each at one of 5,000 domains, in no order. */
function reader(at: number) {
  const number = (at * 7_919) % 1_000_003;
  return {
    address: `reader.${number}@mail${number % 5_000}.example.org`,
    name: `Reader Number ${number}`,
    saidAt: now - (number % 900_000) * 60_000,
  };
}

async function writeCsv(file: string): Promise<void> {
  const stream = createWriteStream(file);
  stream.write('email,name,state,saidAt\n');
  for (let at = 0; at < rows; at += 1) {
    const { address, name, saidAt } = reader(at);
    const isTaken = stream.write(`${address},${name},confirmed,${new Date(saidAt).toISOString()}\n`);
    if (!isTaken) await new Promise((resolve) => stream.once('drain', resolve));
  }
  stream.end();
  await finished(stream);
}

/** What SQLite needs for the rows themselves. */
async function insertPlainly(folder: string): Promise<number> {
  const file = join(folder, 'bench.db');
  await (await openDatabase(file)).destroy();
  const made = Array.from({ length: rows }, (_, at) => {
    const { address, name, saidAt } = reader(at);
    return { address, hash: tokens.addressHash(address), name, saidAt };
  });
  using db = new DatabaseSync(file);
  db.exec(
    'pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536; pragma foreign_keys = on',
  );
  const subscriber = db.prepare(
    `insert into subscribers (address, address_hash, name, follows, muted, origin, created_at, changed_at, changed_by)
    values (?, ?, ?, '{"authors":[],"labs":[],"words":[]}', '[]', 'import', ?, ?, 'import')`,
  );
  const subscription = db.prepare(
    `insert into subscriptions (subscriber_id, digest, state, cadence, changed_at, changed_by)
    values (?, 'daily', 'confirmed', 'every', ?, 'import')`,
  );
  const consent = db.prepare(
    `insert into consents (address_hash, digest, act, at, way, wording) values (?, 'daily', 'confirmed', ?, 'import', ?)`,
  );
  return timed(() => {
    db.exec('begin immediate');
    for (const [at, { address, hash, name, saidAt }] of made.entries()) {
      const { lastInsertRowid } = subscriber.run(address, hash, name, now, now);
      subscription.run(lastInsertRowid, now);
      consent.run(hash, saidAt, `${csv(folder)}:${at + 2}`);
    }
    db.exec('commit');
  });
}

async function importFile(folder: string): Promise<number> {
  await using db = await openDatabase(join(folder, 'bench.db'));
  let report: { readonly counts: { readonly subscribed: number } } | undefined;
  const took = await timed(async () => {
    report = await importSubscribers(db, tokens, csv(folder), {
      map: new Map(),
      digests: new Map([['daily', []]]),
      into: ['daily'],
      now,
      signal: AbortSignal.timeout(3_600_000),
      onFault: ({ line, message }) => {
        throw new Error(`${line}: ${message}`);
      },
    });
  });
  if (report?.counts.subscribed !== rows)
    throw new Error(`expected ${rows} subscriptions, got ${JSON.stringify(report)}`);
  return took;
}

/** A part in a process of its own: its milliseconds and, in bytes, the most memory it had. */
function measure(part: 'limit' | 'import', folder: string): { readonly ms: number; readonly rss: number } {
  for (const side of ['', '-wal', '-shm']) rmSync(join(folder, `bench.db${side}`), { force: true });
  const given = [fileURLToPath(import.meta.url), '--part', part, '--rows', `${rows}`, '--folder', folder];
  const [ms = 0, rss = 0] = execFileSync(process.execPath, [...flags, ...given], { encoding: 'utf8' })
    .trim()
    .split(' ')
    .map(Number);
  return { ms, rss };
}

if (values.part !== undefined) {
  const ms = await (values.part === 'limit' ? insertPlainly(values.folder) : importFile(values.folder));
  console.log(`${ms} ${process.resourceUsage().maxRSS * 1024}`);
} else {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-bench-'));
  try {
    await writeCsv(csv(folder));
    const rounds = Array.from({ length: Number(values.rounds) }, () => ({
      limit: measure('limit', folder),
      import: measure('import', folder),
    }));
    const limit = median(rounds.map((round) => round.limit.ms));
    const imported = median(rounds.map((round) => round.import.ms));
    const rate = (ms: number): string => `${Math.round((rows / ms) * 1000).toLocaleString('en')} rows/s`;
    const peak = Math.max(...rounds.map((round) => round.import.rss));
    console.log(`${rows.toLocaleString('en')} subscribers, ${rounds.length} rounds`);
    console.log(`limit (bulk insert)  ${rate(limit)}`);
    console.log(`import               ${rate(imported)}, ${(limit / imported).toFixed(2)} of the limit`);
    console.log(`peak memory          ${Math.round(peak / 1024 / 1024)} MB`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
