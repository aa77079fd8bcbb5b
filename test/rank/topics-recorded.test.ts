import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { exampleConfig, parseConfig } from '../../src/config/config.ts';
import type { PaperRecord } from '../../src/domain/paper.ts';
import { parseInstant } from '../../src/domain/time.ts';
import { findFollowUps } from '../../src/rank/follow-up.ts';
import { checkTopics } from '../../src/rank/topic-check.ts';
import { readPaperFile } from '../../src/sources/file.ts';

/** Real recordings, which are not part of the project. */
const captures = fileURLToPath(new URL('../../../shared/data/hf/captures/', import.meta.url));
const isThere = existsSync(captures);
if (!isThere) console.warn('skipped: the recorded data is not beside the project');

async function recordedPapers(): Promise<readonly PaperRecord[]> {
  const papers = new Map<string, PaperRecord>();
  const now = parseInstant('2026-11-24T00:00:00Z') ?? 0;
  for (const file of readdirSync(captures).toSorted()) {
    for (const listing of await readPaperFile(`${captures}${file}`, now)) {
      for (const { paper } of listing.entries) papers.set(paper.id, paper);
    }
  }
  return [...papers.values()];
}

describe.skipIf(!isThere)('on the recorded lists', { timeout: 120_000 }, () => {
  let papers: readonly PaperRecord[] = [];

  beforeAll(async () => {
    papers = await recordedPapers();
  }, 60_000);

  it('the fourteen topics agree with the keywords of the source, and leave few papers out', async () => {
    const text = `${await exampleConfig()}\ntopicSets: [more-machine-learning]\n`;
    const { topics } = parseConfig(text, 'broadsheet.yaml', {});
    const check = checkTopics(topics, papers);
    expect(topics.length).toBe(14);
    expect(check.keywords?.papers).toBeGreaterThan(6000);
    expect(check.keywords?.f1).toBeGreaterThan(0.76);
    expect(check.uncovered.length / check.papers).toBeLessThan(0.055);
    for (const topic of check.topics) {
      expect(topic.agreement?.f1, topic.key).toBeGreaterThan(0.6);
      expect(topic.rules.filter((rule) => rule.papers === 0)).toEqual([]);
      expect(topic.overlaps[0]?.jaccard, topic.key).toBeLessThan(0.4);
    }
  });

  it('some forty papers go on from an earlier one, and none is the same under another id', () => {
    const found = findFollowUps(papers, []);
    expect(found.size).toBeGreaterThan(30);
    expect(found.size).toBeLessThan(50);
    expect([...found.values()].filter((one) => one.isPossibleDuplicate)).toEqual([]);
    expect(found.get('arxiv:2509.13305')).toMatchObject({ of: 'arxiv:2507.02592' });
    expect(found.get('arxiv:2509.13305')?.cosine).toBeCloseTo(0.87, 2);
  });
});
