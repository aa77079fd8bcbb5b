import { describe, expect, it } from 'vitest';
import { plottedUntil } from '../../src/domain/plotted.ts';
import { dayMs } from '../../src/domain/time.ts';
import { trending, views } from '../render/web/sample-inputs.ts';
import { editions } from '../render/web/sample-site.ts';

const [newest, before] = editions;
if (!newest || !before) throw new Error('the sample has two editions');
const rehearsal = 'arxiv:2611.11801';

describe('the counts of a paper', () => {
  it('are shown up to the newest edition, however much later sources were read', () => {
    expect(plottedUntil(editions, [], []).get(rehearsal)).toBe(newest.publishedAt);
    expect(plottedUntil([before], [], []).get(rehearsal)).toBe(before.publishedAt);
  });

  it('end 60 days after the last edition that picked it, so that its page stays as it is', () => {
    const later = { ...newest, sections: [], outside: [], publishedAt: newest.publishedAt + 90 * dayMs };
    expect(plottedUntil([later, ...editions], [], []).get(rehearsal)).toBe(newest.publishedAt + 60 * dayMs);
  });

  it('are told of papers that stand only in a list or once were trending', () => {
    const until = plottedUntil([], views, trending);
    expect(until.get('arxiv:2611.04404')).toBe(newest.publishedAt);
    expect(until.get('arxiv:2611.03303')).toBe(newest.publishedAt);
    expect(plottedUntil([], [], []).size).toBe(0);
  });
});
