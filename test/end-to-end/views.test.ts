import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { allViews, trendingEntries } from '../../src/store/views.ts';
import { house, type House } from './house.ts';

const program = fileURLToPath(new URL('../../bin/broadsheet.js', import.meta.url));
const listings = fileURLToPath(new URL('../../sample/listings.jsonl', import.meta.url));
let home: House;

async function broadsheet(...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [program, ...args, '--quiet'], {
    cwd: home.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  if (code !== 0) throw new Error(`exit code ${String(code)}: ${stderr}`);
  return stdout;
}

async function stored() {
  await using db = await openDatabase(join(home.folder, 'data', 'broadsheet.db'));
  return { views: await allViews(db), entries: await trendingEntries(db, 100) };
}

beforeAll(async () => {
  home = await house({ sources: `  - { name: sample, type: file, paths: ["${listings}"] }\n` });
});

afterAll(() => home[Symbol.dispose]());

describe('the views of a Broadsheet', () => {
  it('are made with each edition, and never by a dry run', { timeout: 90_000 }, async () => {
    const first = '2026-11-13T02:30:00Z';
    await broadsheet('ingest', '--now', first);
    await broadsheet('edition', '--dry-run', '--now', first);
    expect(await stored()).toEqual({ views: [], entries: [] });
    await broadsheet('edition', '--now', first);
    const friday = await stored();
    expect(friday.views.map(({ kind, period }) => [kind, period])).toEqual([
      ['week', '2026-W46'],
      ['month', '2026-11'],
      ['trending', '2026-11-13'],
    ]);
    const { picks } = friday.views[0] ?? { picks: [] };
    expect(picks.length).toBeGreaterThan(20);
    const values = picks.map((pick) => pick.score.value);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    expect(friday.entries.length).toBeGreaterThan(2);

    await home.run(Date.parse('2026-11-17T02:30:00Z'));
    const tuesday = await stored();
    expect(tuesday.views.map(({ kind, period }) => [kind, period])).toEqual([
      ['week', '2026-W47'],
      ['week', '2026-W46'],
      ['month', '2026-11'],
      ['trending', '2026-11-17'],
    ]);
    expect(tuesday.views.map(({ madeAt }) => new Date(madeAt).toISOString().slice(0, 10))).toEqual(
      Array.from({ length: 4 }, () => '2026-11-17'),
    );
    const kept = new Set(tuesday.entries.map((entry) => JSON.stringify(entry)));
    expect(friday.entries.filter((entry) => !kept.has(JSON.stringify(entry)))).toEqual([]);
    expect(tuesday.entries.length).toBeGreaterThan(friday.entries.length);
  });
});
