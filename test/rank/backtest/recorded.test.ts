import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StoredPast } from '../../../src/domain/past.ts';
import { storeListing } from '../../../src/ingest/store-listing.ts';
import { earlyTrending } from '../../../src/rank/backtest/early-trending.ts';
import type { Measures } from '../../../src/rank/backtest/metrics.ts';
import { replayDays, type ReplayTimes } from '../../../src/rank/backtest/replay.ts';
import type { FormulaResult, Table } from '../../../src/rank/backtest/table.ts';
import { readPaperFile } from '../../../src/sources/file.ts';
import { openDatabase, type Database } from '../../../src/store/database.ts';
import { storedPast } from '../../../src/store/past.ts';

/** Real recordings, which are not part of the project. */
const captures = new URL('../../../../shared/data/hf/captures/', import.meta.url);
const months = Array.from({ length: 9 }, (_, place) => `2025-${String(place + 3).padStart(2, '0')}`);
const after = Date.parse('2026-11-24T06:00:00Z');
const ndcg = 0.003;
const others = 0.01;

let db: Database | undefined;
let past: StoredPast = { readings: [], listings: [] };

beforeAll(async () => {
  if (!existsSync(captures)) return;
  db = await openDatabase(':memory:');
  for (const month of months) {
    const file = new URL(`${month}.jsonl.gz`, captures).pathname;
    for (const listing of await readPaperFile(file, after)) {
      await storeListing(db, { requestKey: `file=${file}`, listing, validators: {} });
    }
  }
  past = await storedPast(db, { fromDate: '2025-03-14', toDate: '2025-11-28' });
}, 180_000);

afterAll(async () => {
  await db?.destroy();
});

const replay = (times: Pick<ReplayTimes, 'sendFromHours' | 'sendToHours' | 'leastPapers'>) =>
  earlyTrending(replayDays(past, { ...times, truthHours: 24 }));

function rowOf(table: Table | undefined, name: string): FormulaResult {
  const row = table?.rows.find((one) => one.name === name);
  if (!row) throw new Error(`expected a row ${name}`);
  return row;
}

type Figures = Partial<Record<keyof Measures, number>>;

function expectNear(found: (measure: keyof Measures) => number | undefined, figures: Figures): void {
  for (const measure of ['n5', 'n10', 'p3', 'd', 'a10'] as const) {
    const figure = figures[measure];
    if (figure === undefined) continue;
    const bar = measure.startsWith('n') || measure.startsWith('a') ? ndcg : others;
    expect(
      Math.abs((found(measure) ?? Infinity) - figure),
      `${measure} ${found(measure)}`,
    ).toBeLessThanOrEqual(bar);
  }
}

describe.skipIf(!existsSync(captures))(
  'the backtest on recorded lists (skipped where ../shared/data is absent)',
  () => {
    test('gives the figures measured before on the lists of 7 to 9 h', { timeout: 180_000 }, () => {
      const { all, learned, skipped } = replay({ sendFromHours: 7, sendToHours: 9, leastPapers: 4 });
      expect(all).toMatchObject({ days: 181, firstDate: '2025-03-14', lastDate: '2025-11-28' });
      expect(all?.papersPerDay).toBeCloseTo(16.3, 1);
      expect(learned?.days).toBe(151);
      expect(skipped).toHaveLength(79);
      const levels: Readonly<Record<string, Figures>> = {
        // Its places were drawn once in those measurements; here they are expected values.
        random: { n5: 0.693, n10: 0.776, d: -0.001 },
        newest: { n5: 0.645, n10: 0.745, p3: 0.201, d: -0.083 },
        comments: { n5: 0.752, n10: 0.811, p3: 0.331, d: 0.095 },
        'GitHub stars': { n5: 0.774, n10: 0.826, p3: 0.375, d: 0.133 },
        'raw votes': { n5: 0.9601, n10: 0.9678, p3: 0.789, d: 0.723 },
        'votes an hour': { n5: 0.9611, n10: 0.9692, p3: 0.738, d: 0.72 },
        'Hacker News': { n5: 0.9589, n10: 0.9683, p3: 0.729, d: 0.713 },
        'Reddit hot': { n5: 0.9609, n10: 0.9697, p3: 0.755, d: 0.721 },
      };
      for (const [name, figures] of Object.entries(levels)) {
        expectNear((measure) => rowOf(all, name).level[measure].mean, figures);
      }
      expectNear((measure) => rowOf(learned, 'raw votes').level[measure].mean, {
        n5: 0.9589,
        d: 0.724,
        p3: 0.795,
        a10: 0.894,
      });
      const differences: Readonly<Record<string, Figures>> = {
        'ln(u+2) - 0.3 ln(a)': { n5: 0.0024, d: 0.019, p3: -0.003 },
        'EV, kappa 0': { n5: 0.0016, d: 0.012, p3: -0.01 },
        EV0: { n5: 0.0033, d: 0.016, p3: -0.007 },
        'EV, static prior': { n5: 0.0032, d: 0.026, p3: -0.012 },
        'EV, text prior': { n5: 0.0044, d: 0.023, p3: -0.003 },
        'EV, text + static': { n5: 0.0031, d: 0.028, p3: -0.007 },
      };
      for (const [name, figures] of Object.entries(differences)) {
        expectNear((measure) => rowOf(learned, name).difference?.[measure].mean, figures);
      }
      // The part that matters: better than the votes, and more than by chance.
      expect(rowOf(learned, 'EV, text + static').difference?.n5.low).toBeGreaterThan(0);
      expect(rowOf(learned, 'EV, text + static').difference?.d.low).toBeGreaterThan(0);
    });

    test('gives the figures measured before on the lists of up to 5 h', { timeout: 120_000 }, () => {
      const { learned } = replay({ sendFromHours: 0, sendToHours: 5, leastPapers: 3 });
      expectNear((measure) => rowOf(learned, 'raw votes').level[measure].mean, {
        n5: 0.9299,
        d: 0.418,
        p3: 0.705,
      });
      const differences: Readonly<Record<string, Figures>> = {
        'ln(u+2) - 0.3 ln(a)': { n5: 0.0015, d: 0.034, p3: 0.005 },
        'EV, kappa 0': { n5: 0.0015, d: 0.034, p3: 0.005 },
        EV0: { n5: 0.0015, d: 0.034, p3: 0.005 },
        'EV, static prior': { n5: 0.0131, d: 0.058, p3: 0.026 },
      };
      for (const [name, figures] of Object.entries(differences)) {
        expectNear((measure) => rowOf(learned, name).difference?.[measure].mean, figures);
      }
      const { difference } = rowOf(learned, 'EV, text + static');
      for (const measure of ['n5', 'n10', 'p3', 'd'] as const) {
        expect(difference?.[measure].low).toBeGreaterThan(0);
      }
    });
  },
);
