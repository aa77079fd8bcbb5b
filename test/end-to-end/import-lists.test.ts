import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
const listDays = 44;
const papersADay = 40;
let folder: string;

const dates = Array.from({ length: 80 }, (_, day) => addDays('2026-08-03', day))
  .filter((date) => !isWeekend(date))
  .slice(0, listDays);
const idOf = (day: number, place: number): string =>
  `2608.${String(day * papersADay + place).padStart(5, '0')}`;
const titleOf = (place: number): string => `On ${place % 8 === 0 ? 'kettles' : 'teapots'} and what they do`;

/** Lists without votes: people vote for kettles only, of which each list has five. */
function listLines(): readonly string[] {
  return dates.flatMap((listed_on, day) =>
    Array.from({ length: papersADay }, (_, place) =>
      JSON.stringify({
        listed_on,
        id: idOf(day, place),
        title: titleOf(place),
        summary: 'An invented summary.',
        authors: [`Author ${place % 7}`],
        categories: ['cs.CL'],
      }),
    ),
  );
}

/** What a source with votes listed of them, recorded at the end of each day. */
function answerLines(): readonly string[] {
  return dates.map((list_date, day) =>
    JSON.stringify({
      list_date,
      captured_at: new Date(utcMidnight(list_date) + 26 * hourMs).toISOString(),
      response: Array.from({ length: papersADay / 8 }, (_, place) => ({
        paper: {
          id: idOf(day, place * 8),
          title: titleOf(0),
          summary: 'An invented summary.',
          authors: [{ name: `Author ${place}` }],
          publishedAt: `${list_date}T00:00:00.000Z`,
          upvotes: 10 + place,
        },
        numComments: 0,
      })),
    }),
  );
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
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-import-lists-'));
  writeFileSync(
    join(folder, 'broadsheet.yaml'),
    await houseConfig({ sources: '  - { name: saved, type: file, paths: [saved.jsonl] }\n' }),
  );
  writeFileSync(join(folder, 'lists.jsonl'), listLines().join('\n'));
  writeFileSync(join(folder, 'answers.jsonl'), answerLines().join('\n'));
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('an import of lists without votes and of recorded answers with votes', () => {
  it('is enough to test the cold start, and no old list is news of today', { timeout: 60_000 }, async () => {
    const imported = await broadsheet('import', 'lists.jsonl', 'answers.jsonl');
    expect(imported).toMatchObject({ code: 0, stderr: '' });
    expect(imported.stdout).toContain(
      `lists.jsonl: ${listDays * papersADay} papers, ${listDays * papersADay} new`,
    );
    expect(imported.stdout).toContain(`answers.jsonl: ${listDays * 5} papers, 0 new`);

    const { code, stdout } = await broadsheet('backtest', '--task', 'coldstart');
    expect(code).toBe(0);
    expect(stdout).toContain(
      `${listDays * papersADay} papers of lists without votes, ${listDays * 5} of them listed`,
    );
    expect(stdout).toContain(`fold ${dates[40]} to ${dates[43]}: 4 days, learned from 1600 papers before`);
    expect(stdout).toMatch(/^learned +1\.000/m);

    await using db = await openDatabase(join(folder, 'data', 'broadsheet.db'));
    const { latest } = await db
      .selectFrom('papers')
      .select((select) => select.fn.max('first_seen_at').as('latest'))
      .executeTakeFirstOrThrow();
    expect(latest).toBe(utcMidnight(dates.at(-1) ?? '') + 24 * hourMs);
    expect((await broadsheet('import', 'lists.jsonl')).stdout).toContain(
      `0 new, 0 revised, ${listDays * papersADay} known`,
    );
  });
});
