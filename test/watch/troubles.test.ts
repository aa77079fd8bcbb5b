import { describe, expect, it } from 'vitest';
import { hourMs, minuteMs } from '../../src/domain/time.ts';
import type { WatchState } from '../../src/watch/state.ts';
import { findTroubles, mailShares } from '../../src/watch/troubles.ts';
import { bounds, now, wellState } from './watch-sample.ts';

const ids = (changes: Partial<WatchState>): readonly string[] =>
  findTroubles({ ...wellState, ...changes }, bounds, now).map(({ id }) => id);

const [digest] = wellState.digests;
const daily = digest ?? { key: 'daily' };

describe('an installation', () => {
  it('that is well has no trouble', () => {
    expect(ids({})).toEqual([]);
  });

  it('names each trouble with what was expected, what came and what to do, the critical ones first', () => {
    const found = findTroubles(
      {
        ...wellState,
        sources: [{ name: 'arxiv', state: 'failed', lastOkAt: now - 40 * hourMs, reason: 'no answer' }],
        digests: [{ key: 'daily', due: { at: now - 4 * hourMs, deadlineAt: now - 3 * hourMs } }],
        disk: { freeBytes: 1e6, totalBytes: 100e9 },
      },
      bounds,
      now,
    );
    expect(found.map(({ id, severity }) => [id, severity])).toEqual([
      ['edition late: daily', 'critical'],
      ['disk nearly full', 'critical'],
      ['source stale: arxiv', 'warning'],
    ]);
    expect(found[0]).toMatchObject({
      about: 'daily',
      expected: 'the edition of 2026-11-24T08:00:00Z by 2026-11-24T10:00:00Z',
      came: 'no edition yet',
    });
    expect(found[2]?.came).toBe('failed, last read well 2026-11-22T20:00:00Z: no answer');
    for (const { advice } of found) expect(advice.length).toBeGreaterThan(10);
  });
});

describe('a source', () => {
  it.each([
    ['failed for an hour', { state: 'failed', lastOkAt: now - hourMs }, []],
    ['failed for 36 hours', { state: 'failed', lastOkAt: now - 36 * hourMs }, ['source stale: arxiv']],
    ['stale for two days', { state: 'stale', lastOkAt: now - 48 * hourMs }, ['source stale: arxiv']],
    ['quiet over a long weekend', { state: 'quiet', lastOkAt: now - 90 * hourMs }, []],
    ['never read', { state: 'never read' }, []],
    ['never read well', { state: 'failed', askedAt: now - 40 * hourMs }, ['source stale: arxiv']],
  ] as const)('%s', (_, source, troubles) => {
    expect(ids({ sources: [{ name: 'arxiv', ...source }] })).toEqual(troubles);
  });
});

describe('an edition', () => {
  const due = (deadlineAt: number) => ({ due: { at: now - 5 * hourMs, deadlineAt } });
  it.each([
    ['that waits for its sources', due(now + minuteMs), []],
    ['that is overdue for a while', due(now - 59 * minuteMs), []],
    ['that is overdue for an hour', due(now - 60 * minuteMs), ['edition late: daily']],
    ['of which nothing comes any more', { missedAt: now - 20 * hourMs }, ['edition missed: daily']],
    ['that is due after another was missed', { missedAt: now - 24 * hourMs, ...due(now + minuteMs) }, []],
  ])('%s', (_, changes, troubles) => {
    expect(ids({ digests: [{ ...daily, ...changes }] })).toEqual(troubles);
  });
});

describe('mail', () => {
  const accepted = (count: number) => ({ state: 'accepted', reply: '2xx', count }) as const;
  const rejected = (count: number) => ({ state: 'rejected', reply: '5xx', count }) as const;
  it.each<[string, Partial<WatchState>, readonly string[]]>([
    ['that is due since a while', { queue: { open: 1, due: 1, oldestDueAt: now - hourMs, inDoubt: 0 } }, []],
    [
      'that is due since hours',
      { queue: { open: 9, due: 9, oldestDueAt: now - 3 * hourMs, inDoubt: 0 } },
      ['mail waits'],
    ],
    ['in doubt', { queue: { open: 0, due: 0, inDoubt: 2 } }, ['mail in doubt']],
    ['refused in one of ten', { deliveries: [accepted(900), rejected(100)] }, []],
    ['refused in more than one of ten', { deliveries: [accepted(899), rejected(101)] }, ['refusals']],
    ['refused, but of few', { deliveries: [accepted(9), rejected(40)], returned: {} }, []],
    ['that bounces', { returned: { hard: 40, soft: 10 } }, ['bounces']],
    ['that is called spam', { returned: { complaint: 3 } }, ['complaints']],
    ['for which we are refused, which tells of us', { returned: { policy: 400 } }, []],
  ])('%s', (_, changes, troubles) => {
    expect(ids(changes)).toEqual(troubles);
  });

  it('of a day without mails has no shares', () => {
    expect(mailShares({ deliveries: [], returned: { hard: 3 } })).toEqual({
      taken: 0,
      answered: 0,
      refusals: 0,
      bounces: 0,
      complaints: 0,
    });
  });
});

describe('the disk', () => {
  it.each([
    [5e9, 'none', []],
    [4.9e9, 'warning', ['disk nearly full']],
    [0.9e9, 'critical', ['disk nearly full']],
  ])('with %d bytes of 100 GB free: %s', (freeBytes, severity, troubles) => {
    const found = findTroubles({ ...wellState, disk: { freeBytes, totalBytes: 100e9 } }, bounds, now);
    expect(found.map(({ id }) => id)).toEqual(troubles);
    expect(found[0]?.severity ?? 'none').toBe(severity);
  });

  it('that is small counts by its bytes', () => {
    expect(ids({ disk: { freeBytes: 0.9e9, totalBytes: 10e9 } })).toEqual(['disk nearly full']);
  });
});
