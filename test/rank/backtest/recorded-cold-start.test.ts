import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { coldStart } from '../../../src/rank/backtest/cold-start.ts';
import { recordedColdPapers, recordedFolds, recordings } from './recorded-cold-start.ts';

describe.skipIf(!existsSync(recordings))(
  'the cold start on recorded lists (skipped where ../shared/data is absent)',
  () => {
    test('finds what people will vote for far better than hot keywords', { timeout: 300_000 }, () => {
      const papers = recordedColdPapers();
      const result = coldStart(papers, recordedFolds);
      expect(result).toMatchObject({ papers: 43_386, listed: 3545, days: 112 });
      const [learned, words] = ['learned', 'hot keywords'].map((name) =>
        result.results.find((one) => one.name === name),
      );
      expect(learned?.level.auc.mean).toBeGreaterThanOrEqual(0.88);
      expect(learned?.level.n10.mean).toBeGreaterThanOrEqual(0.56);
      expect(learned?.level.p10.mean).toBeGreaterThanOrEqual(0.53);
      expect(words?.level.auc.mean).toBeLessThan(0.75);
      expect(learned?.difference?.n10.low).toBeGreaterThan(0.2);
    });
  },
);
