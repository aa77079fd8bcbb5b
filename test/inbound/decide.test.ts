import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayMs, hourMs } from '../../src/domain/time.ts';
import { bounceScore, decide, scoreLimit, type PastReport } from '../../src/inbound/decide.ts';

const now = Date.parse('2026-11-24T06:00:00Z');
const daysAgo = (days: number, kind: string): PastReport => ({ kind, at: now - days * dayMs });
const action = (report: Parameters<typeof decide>[0], past: readonly PastReport[] = []) =>
  decide(report, past, now).action;

describe('one hard bounce', () => {
  it('ends all mail when the code says that the address or its domain is not there', () => {
    for (const status of ['5.1.1', '4.1.1', '5.1.10']) {
      expect(action({ kind: 'hard', reason: 'unknown user', status })).toBe('suppress all');
    }
    expect(action({ kind: 'hard', reason: 'unknown host', status: '5.1.2' })).toBe('suppress all');
  });

  it('is only noted without such a code', () => {
    expect(action({ kind: 'hard', reason: 'unknown user' })).toBe('note');
    expect(action({ kind: 'hard', reason: 'moved', status: '5.1.6' })).toBe('note');
  });
});

describe('a second hard bounce', () => {
  it('within 14 days ends all mail', () => {
    expect(action({ kind: 'hard' }, [daysAgo(14, 'hard')])).toBe('suppress all');
    expect(action({ kind: 'hard' }, [daysAgo(15, 'hard')])).toBe('note');
  });

  it('of the same day may be about the same mail', () => {
    expect(action({ kind: 'hard' }, [{ kind: 'hard', at: now - hourMs }])).toBe('note');
  });
});

describe('soft bounces', () => {
  it('end all mail after ten days of a daily paper, and not before', () => {
    const days = (count: number) => Array.from({ length: count }, (_, index) => daysAgo(index + 1, 'soft'));
    expect(action({ kind: 'soft' }, days(8))).toBe('note');
    expect(action({ kind: 'soft' }, days(9))).toBe('suppress all');
  });

  it('end all mail of a weekly paper too', () => {
    const weeks = Array.from({ length: 9 }, (_, index) => daysAgo((index + 1) * 7, 'soft'));
    expect(action({ kind: 'soft' }, weeks)).toBe('suppress all');
  });

  it('count once a day', () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ kind: 'soft', at: now - index * 1000 }));
    expect(bounceScore(many, now)).toBe(0.5);
  });

  it('are forgotten after a week without one', () => {
    const before = Array.from({ length: 9 }, (_, index) => daysAgo(index + 8, 'soft'));
    expect(action({ kind: 'soft' }, before)).toBe('note');
    expect(bounceScore([...before, daysAgo(0, 'soft')], now)).toBe(0.5);
  });
});

it('a complaint ends all mail, a wish to leave that of its digest, at once', () => {
  expect(decide({ kind: 'complaint' }, [], now)).toEqual({ action: 'suppress all', reason: 'complaint' });
  expect(decide({ kind: 'unsubscribe' }, [], now)).toEqual({
    action: 'suppress digest',
    reason: 'unsubscribed',
  });
});

it('no number of refusals for policy, delays or automatic replies ends anybody’s mail', () => {
  const kinds = ['policy', 'notice', 'auto-reply', 'unknown'] as const;
  const past = fc.array(fc.record({ kind: fc.constantFrom(...kinds), days: fc.nat(30) }), { maxLength: 60 });
  fc.assert(
    fc.property(fc.constantFrom(...kinds), past, (kind, before) => {
      const done = action(
        { kind, reason: 'blocked' },
        before.map((one) => daysAgo(one.days, one.kind)),
      );
      expect(done).toBe(kind === 'policy' ? 'alarm' : 'note');
    }),
  );
});

it('the score is never more than the days in the file, and what is to come does not count', () => {
  const report = fc.record({
    kind: fc.constantFrom('hard', 'soft', 'policy'),
    days: fc.integer({ min: -5, max: 100 }),
  });
  fc.assert(
    fc.property(fc.array(report, { maxLength: 100 }), (reports) => {
      const score = bounceScore(
        reports.map(({ kind, days }) => daysAgo(days, kind)),
        now,
      );
      const days = new Set(
        reports.filter((one) => one.days >= 0 && one.kind !== 'policy').map((one) => one.days),
      );
      expect(score).toBeLessThanOrEqual(days.size);
      expect(score).toBeGreaterThanOrEqual(0);
    }),
  );
  expect(scoreLimit).toBe(5);
});
