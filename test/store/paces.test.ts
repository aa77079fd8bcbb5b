import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPacer, type PaceKeeper } from '../../src/sources/pace.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { endTurn, takeTurn } from '../../src/store/paces.ts';

const now = Date.parse('2026-11-24T06:00:00Z');
const interval = 3000;

let folder: string;
let db: Database;
let other: Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-paces-'));
  db = await openDatabase(join(folder, 'broadsheet.db'));
  other = await openDatabase(join(folder, 'broadsheet.db'));
});

afterEach(async () => {
  await Promise.all([db.destroy(), other.destroy()]);
  rmSync(folder, { recursive: true });
});

describe('a turn with a group of hosts', () => {
  it('belongs to one process until it ends, and the next begins no sooner than the interval', async () => {
    expect(await takeTurn(db, 'arxiv.org', 'a', interval, now)).toBe(0);
    expect(await takeTurn(other, 'arxiv.org', 'b', interval, now + 10_000)).toBe(250);
    await endTurn(db, 'arxiv.org', 'a');
    expect(await takeTurn(other, 'arxiv.org', 'b', interval, now + 1000)).toBe(2000);
    expect(await takeTurn(other, 'arxiv.org', 'b', interval, now + 3000)).toBe(0);
  });

  it('is remembered over a restart', async () => {
    await takeTurn(db, 'arxiv.org', 'a', interval, now);
    await endTurn(db, 'arxiv.org', 'a');
    await db.destroy();
    db = await openDatabase(join(folder, 'broadsheet.db'));
    expect(await takeTurn(db, 'arxiv.org', 'c', interval, now + 1)).toBe(2999);
  });

  it('is free again a minute after its owner died', async () => {
    await takeTurn(db, 'arxiv.org', 'a', interval, now);
    expect(await takeTurn(other, 'arxiv.org', 'b', interval, now + 59_999)).toBe(250);
    expect(await takeTurn(other, 'arxiv.org', 'b', interval, now + 60_000)).toBe(0);
  });

  it('written by a clock that ran ahead does not hold for ever', async () => {
    await takeTurn(db, 'arxiv.org', 'a', interval, now + 365 * 86_400_000);
    expect(await takeTurn(other, 'arxiv.org', 'b', interval, now)).toBe(0);
  });

  it('is not ended by another', async () => {
    await takeTurn(db, 'arxiv.org', 'a', interval, now);
    await endTurn(other, 'arxiv.org', 'b');
    expect(await takeTurn(other, 'arxiv.org', 'b', interval, now + 10_000)).toBe(250);
  });

  it('keeps two processes apart: one request at a time, with the interval between two starts', async () => {
    const pace = { group: 'example.org', minIntervalMs: 60 };
    const taken: number[] = [];
    const keeper = (database: Database, owner: string): PaceKeeper => ({
      take: async ({ group, minIntervalMs }) => {
        const at = Date.now();
        const waitMs = await takeTurn(database, group, owner, minIntervalMs, at);
        if (waitMs === 0) taken.push(at);
        return waitMs;
      },
      release: ({ group }) => endTurn(database, group, owner),
    });
    let running = 0;
    const [first, second] = [createPacer(keeper(db, 'a')), createPacer(keeper(other, 'b'))];
    const never = new AbortController().signal;
    await Promise.all(
      [first, second, first, second].map((pacer) =>
        pacer(pace, never, async () => {
          running += 1;
          expect(running).toBe(1);
          await Promise.resolve();
          running -= 1;
        }),
      ),
    );
    const gaps = taken.slice(1).map((at, index) => at - (taken[index] ?? 0));
    expect(gaps).toHaveLength(3);
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(60);
  });
});
