import { describe, expect, test } from 'vitest';
import type { Gainer } from '../../src/rank/trend.ts';
import { findTrends } from '../../src/rank/trend.ts';

function gainer(id: string, gained: number, topics: readonly string[] = [], hours = 24): Gainer {
  return { id, gain: { gained, hours }, topics };
}

describe('a trend', () => {
  test('places a paper among all candidates, equal gains equally', () => {
    const trends = findTrends([gainer('a', 5), gainer('b', 1), gainer('c', 5), gainer('d', -2)]);
    expect(trends.get('a')).toEqual({
      trend: { gained: 5, hours: 24, percentile: 1 },
      within: undefined,
      place: 1,
      of: 4,
    });
    expect(trends.get('c')).toEqual(trends.get('a'));
    expect(trends.get('b')).toMatchObject({ trend: { percentile: 0.5 }, place: 3 });
    expect(trends.get('d')).toMatchObject({ trend: { percentile: 0.25 }, place: 4 });
  });

  test('compares within the best topic from 20 counted papers on, so that a quiet field has its own best', () => {
    const loud = Array.from({ length: 60 }, (_, place) => gainer(`loud${place}`, 100 + place, ['llm']));
    const quiet = Array.from({ length: 20 }, (_, place) => gainer(`quiet${place}`, place, ['maths', 'llm']));
    const trends = findTrends([...loud, ...quiet]);
    expect(trends.get('quiet19')).toMatchObject({ within: 'maths', place: 1, of: 20 });
    expect(trends.get('loud59')).toMatchObject({ within: 'llm', place: 1, of: 80 });
    const fewer = findTrends([...loud, ...quiet.slice(1)]);
    expect(fewer.get('quiet19')).toMatchObject({ within: undefined, place: 61, of: 79 });
  });

  test('is unknown for papers nobody counted, or for less than an hour, and they are not compared with', () => {
    const trends = findTrends([
      { id: 'uncounted', gain: undefined, topics: [] },
      gainer('young', 0, [], 0.9),
      gainer('a', 3, [], 1),
    ]);
    expect([...trends.keys()]).toEqual(['a']);
    expect(trends.get('a')).toMatchObject({ of: 1, trend: { hours: 1, percentile: 1 } });
  });
});
