import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, hourMs, isWeekend, utcMidnight } from '../../src/domain/time.ts';
import { openDatabase } from '../../src/store/database.ts';
import { houseConfig } from './house.ts';

const program = fileURLToPath(new URL('../../bin/broadsheet.js', import.meta.url));
const now = '2026-11-10T02:30:00Z';
const firstDate = '2026-08-31';
const listDays = 45;
let folder: string;

/** Invented lists, read at 8 and at 26 h: papers with more authors get more votes, and late ones catch up. */
function captureLines(): string {
  const lines: { readonly at: number; readonly line: string }[] = [];
  for (let day = 0, date = firstDate; day < listDays; date = addDays(date, 1)) {
    if (isWeekend(date)) continue;
    for (const hours of [8, 26]) {
      const at = utcMidnight(date) + hours * hourMs;
      const response = Array.from({ length: 8 }, (_, place) => {
        const authors = 1 + ((place * 5 + day) % 12);
        const listedHours = 1 + ((place * 3 + day) % 7);
        const end = 3 * authors + ((place * 7 + day * 3) % 5);
        const share = hours === 8 ? (8 - listedHours) / 10 : 1;
        return {
          paper: {
            id: `2609.${String(day * 10 + place).padStart(5, '0')}`,
            title: `Invented paper ${day} ${place}`,
            summary: 'An invented summary.',
            authors: Array.from({ length: authors }, (__, number) => ({ name: `Author ${number}` })),
            publishedAt: `${addDays(date, -2)}T00:00:00.000Z`,
            submittedOnDailyAt: new Date(utcMidnight(date) + listedHours * hourMs).toISOString(),
            upvotes: Math.round(end * share),
          },
          numComments: place % 3,
        };
      });
      lines.push({
        at,
        line: JSON.stringify({ list_date: date, captured_at: new Date(at).toISOString(), response }),
      });
    }
    day += 1;
  }
  return lines
    .toSorted((a, b) => a.at - b.at)
    .map(({ line }) => line)
    .join('\n');
}

async function broadsheet(...args: readonly string[]) {
  const child = spawn(process.execPath, [program, '--now', now, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { code: Number(code), stdout, stderr };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-backtest-'));
  writeFileSync(
    join(folder, 'broadsheet.yaml'),
    await houseConfig({ sources: '  - { name: saved, type: file, paths: [saved.jsonl] }\n' }),
  );
  writeFileSync(join(folder, 'lists.jsonl'), captureLines());
  const { code, stderr } = await broadsheet('import', 'lists.jsonl');
  if (code !== 0) throw new Error(`the import failed: ${stderr}`);
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('broadsheet backtest', () => {
  it(
    'replays what was imported and says what it shows, the same bytes every time',
    { timeout: 60_000 },
    async () => {
      const first = await broadsheet('backtest');
      expect(first).toMatchObject({ code: 0, stderr: '' });
      expect(first.stdout).toContain(`all days: ${listDays} days from ${firstDate}`);
      expect(first.stdout).toContain('weekend, no list: 16');
      expect(first.stdout).toContain('warning: 15 days are few');
      expect(first.stdout).not.toMatch(/NaN|undefined|Infinity/);
      expect((await broadsheet('backtest')).stdout).toBe(first.stdout);
    },
  );

  it('answers with one JSON document, and draws', { timeout: 60_000 }, async () => {
    const { code, stdout } = await broadsheet(
      'backtest',
      '--json',
      '--plot',
      'levels.svg',
      '--to',
      '2026-10-02',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      times: { sendFromHours: 7, sendToHours: 9, truthHours: 24, leastPapers: 4 },
      all: { days: 25, firstDate },
    });
    expect(readFileSync(join(folder, 'levels.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
  });

  it('fits constants and changes nothing', { timeout: 60_000 }, async () => {
    const path = join(folder, 'data', 'broadsheet.db');
    const rowsOf = async () => {
      await using db = await openDatabase(path);
      return [
        await db.selectFrom('papers').select('id').execute(),
        await db.selectFrom('signals').select(['paper_id', 'counted_at', 'value']).execute(),
      ];
    };
    const [config, rows] = [readFileSync(join(folder, 'broadsheet.yaml'), 'utf8'), await rowsOf()];
    const { code, stdout } = await broadsheet('backtest', '--fit');
    expect(code).toBe(0);
    expect(stdout).toMatch(/kappa +0\.300 +\d\.\d{3}\n/);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('nothing was changed');
    expect(readFileSync(join(folder, 'broadsheet.yaml'), 'utf8')).toBe(config);
    expect(rows[0]?.length).toBe(listDays * 8);
    expect(await rowsOf()).toEqual(rows);
  });

  it(
    'names days without a reading in the window, and says that there is nothing to say',
    { timeout: 60_000 },
    async () => {
      const { code, stdout } = await broadsheet('backtest', '--send', '0h-5h');
      expect(code).toBe(0);
      expect(stdout).toContain(`no reading from 0 to 5 h: ${listDays}`);
      expect(stdout.trimEnd().split('\n').at(-1)).toContain('no day could be replayed');
    },
  );

  it('has no fresh papers to test where no source without votes was read', { timeout: 60_000 }, async () => {
    const { code, stdout } = await broadsheet('backtest', '--task', 'coldstart');
    expect(code).toBe(0);
    expect(stdout).toContain('0 papers of lists without votes');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('no day could be tested');
  });

  it.each([
    [['--send', 'eight']],
    [['--send', '9h-5h']],
    [['--send', '25h', '--truth', '24h']],
    [['--least-papers', '0']],
    [['--task', 'warmstart']],
    [['--from', '2026-02-30']],
    [['--send', '0h-5h', '--plot', 'none.svg']],
  ])('answers wrong usage with exit code 2: %j', { timeout: 60_000 }, async (args) => {
    const { code, stderr } = await broadsheet('backtest', ...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/expected|Allowed choices|nothing to draw/);
  });
});
