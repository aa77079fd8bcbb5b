import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { storeListing } from '../../../src/ingest/store-listing.ts';
import { severalDays, type DaysTask } from '../../../src/rank/backtest/several-days.ts';
import { readPaperFile } from '../../../src/sources/file.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { storedPast } from '../../../src/store/past.ts';
import { recordings } from './recorded-cold-start.ts';
import { times } from './past.ts';

/** Enough weeks for an interval; the figures of all of 2025 stand in the README of src/rank. */
const months = ['2025-03', '2025-04', '2025-05', '2025-06'];

describe.skipIf(!existsSync(recordings))(
  'orders over several days on recorded lists (skipped where ../shared/data is absent)',
  () => {
    test('are better than plain votes, and more than by chance', { timeout: 120_000 }, async () => {
      await using db = await openDatabase(':memory:');
      for (const month of months) {
        const file = new URL(`hf/captures/${month}.jsonl.gz`, recordings).pathname;
        for (const listing of await readPaperFile(file, Date.parse('2026-11-24T06:00:00Z'))) {
          await storeListing(db, { requestKey: `file=${file}`, listing, validators: {} });
        }
      }
      const past = await storedPast(db, { fromDate: '2025-03-14' });
      const differenceOf = (task: DaysTask, name: string) =>
        severalDays(past, task, times).table?.rows.find((row) => row.name === name)?.difference;
      const week = differenceOf('week', 'expected votes');
      expect(week?.n10.low).toBeGreaterThan(0);
      expect(week?.d.low).toBeGreaterThan(0);
      expect(differenceOf('week', 'gained in 48 h')?.n10.high).toBeLessThan(0);
      const trending = differenceOf('trending', 'gain against usual');
      expect(trending?.n5.mean).toBeGreaterThan(0);
      expect(trending?.d.low).toBeGreaterThan(0);
    });
  },
);
