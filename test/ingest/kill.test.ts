import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { storeListing } from '../../src/ingest/store-listing.ts';
import { openDatabase } from '../../src/store/database.ts';
import { numberedListing, papersInListing } from './numbered-listing.ts';

/** How often a storing process is killed; more by `BROADSHEET_KILLS=40`. */
const kills = Number(process.env['BROADSHEET_KILLS'] ?? 5);
const tables = ['papers', 'aliases', 'appearances', 'signals', 'revisions', 'listings'] as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-kill-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Moment = { readonly beforeEntry: number } | { readonly afterMs: number };

/** Inside the transaction for certain, or at any time, the commit and the time between two listings included. */
function randomMoment(round: number): Moment {
  return round % 2 === 0
    ? { beforeEntry: Math.floor(Math.random() * papersInListing) }
    : { afterMs: Math.random() * 800 };
}

/** Stores listings from `first` on in a process of its own and kills it dead at that moment. Resolves when it is gone. */
async function killedAt(path: string, first: number, moment: Moment): Promise<void> {
  const isHeld = 'beforeEntry' in moment;
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, 'store-child.ts'),
      path,
      `${first}`,
      ...(isHeld ? [`${moment.beforeEntry}`] : []),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const gone = once(child, 'exit');
  for await (const line of createInterface(child.stdout)) {
    if (line === 'held') child.kill('SIGKILL');
    if (line === `begun ${first}` && !isHeld) setTimeout(() => child.kill('SIGKILL'), moment.afterMs);
  }
  const [, signal] = await gone;
  if (signal !== 'SIGKILL') throw new Error(`the child ended by itself: ${signal}`);
}

/** Every row of the tables that a listing goes to, and what SQLite itself says of the file. */
function contentOf(path: string): { listings: number; faults: unknown[]; rows: string[] } {
  using file = new DatabaseSync(path);
  const faults = [
    ...file.prepare('pragma integrity_check').all(),
    ...file.prepare('pragma foreign_key_check').all(),
  ];
  const rows = tables.flatMap((table) =>
    file
      .prepare(`select * from ${table}`)
      .all()
      .map((row) => `${table} ${JSON.stringify(row)}`)
      .toSorted(),
  );
  return { listings: rows.filter((row) => row.startsWith('listings ')).length, faults, rows };
}

async function store(path: string, number: number): Promise<void> {
  const db = await openDatabase(path);
  await storeListing(db, numberedListing(number));
  await db.destroy();
}

it(
  `after ${kills} kills each listing is stored whole or not at all, and storing goes on`,
  { timeout: 20_000 + kills * 10_000 },
  async () => {
    const path = join(folder, 'killed.db');
    const reference = join(folder, 'reference.db');
    let stored = 0;
    let interrupted = 0;
    await store(path, stored);
    await store(reference, stored);
    stored += 1;
    for (let round = 0; round < kills; round += 1) {
      const moment = randomMoment(round);
      await killedAt(path, stored, moment);
      await (await openDatabase(path)).destroy();
      const found = contentOf(path);
      expect(found.faults).toEqual([{ integrity_check: 'ok' }]);
      // What was interrupted left no row; what was stored before the kill is all there.
      if (found.listings === stored) interrupted += 1;
      for (; stored < found.listings; stored += 1) await store(reference, stored);
      expect(found.rows, JSON.stringify(moment)).toEqual(contentOf(reference).rows);
    }
    expect(interrupted).toBeGreaterThanOrEqual(Math.ceil(kills / 2));
    await store(path, stored);
    await store(reference, stored);
    expect(contentOf(path)).toEqual(contentOf(reference));
    if (kills > 5)
      console.log(`${kills} kills: ${interrupted} inside a listing, ${stored + 1} listings stored`);
  },
);
