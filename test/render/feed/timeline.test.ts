import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayMs, secondMs } from '../../../src/domain/time.ts';
import { timelineOf, type Timeline } from '../../../src/render/feed/timeline.ts';
import { sampleEdition } from '../edition-sample.ts';
import { editionBefore } from './feed-sample.ts';
import { material } from './feed-site.ts';

const timesOf = ({ picked }: Timeline): ReadonlyMap<string, number> =>
  new Map(picked.map(({ pick, publishedAt }) => [pick.paper.id, publishedAt]));

describe('the timeline', () => {
  it('gives everything a second of its own', () => {
    const { editions, trending } = material({ days: 9, picks: 6 });
    const timeline = timelineOf(editions, trending);
    const times = [
      ...[...timeline.ofPaper.values()].flat().map(({ publishedAt }) => publishedAt),
      ...[...timeline.changes.values()].flat().map(({ changedAt }) => changedAt),
      ...timeline.trending.map(({ publishedAt }) => publishedAt),
    ];
    expect(times.length).toBeGreaterThan(70);
    expect(new Set(times).size).toBe(times.length);
    expect(times.filter((at) => at % secondMs !== 0)).toEqual([]);
  });

  it('keeps the time of what was there, whatever comes seconds later', () => {
    const other = { ...editionBefore(2, 30), digest: 'weekly' };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40_000 }), (laterMs) => {
        const first = timesOf(timelineOf([sampleEdition]));
        const both = timesOf(
          timelineOf([{ ...other, publishedAt: sampleEdition.publishedAt + laterMs }, sampleEdition]),
        );
        for (const [id, at] of first) expect(both.get(id)).toBe(at);
        expect(new Set(both.values()).size).toBe(both.size);
        expect(Math.max(...both.values())).toBeLessThan(sampleEdition.publishedAt + laterMs + 1);
      }),
    );
  });

  it('counts whole seconds, for nothing finer is written', () => {
    const edition = { ...editionBefore(0, 2), publishedAt: sampleEdition.publishedAt + 999 };
    expect([...timesOf(timelineOf([edition])).values()]).toEqual([
      sampleEdition.publishedAt - secondMs,
      sampleEdition.publishedAt - 2 * secondMs,
    ]);
  });

  it('tells of no change of a paper that was never picked, or that it has since the pick', () => {
    const update = {
      id: 'arxiv:2611.10000',
      topics: [],
      version: 1,
      title: 'x',
      url: '',
      fields: ['version'] as const,
    };
    const later = { ...editionBefore(0, 1), publishedAt: sampleEdition.publishedAt + dayMs };
    const told = (version: number, id = update.id) =>
      timelineOf([editionBefore(1, 1), { ...later, updated: [{ ...update, id, version }] }]).changes.get(id);
    expect(told(1)).toBeUndefined();
    expect(told(2, 'arxiv:2611.99999')).toBeUndefined();
    expect(told(2)).toHaveLength(1);
  });
});
