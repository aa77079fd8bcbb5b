import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterReturning,
  afterSlowDown,
  afterSuccess,
  afterTaking,
  allowed,
  freshAllowance,
  type AllowanceState,
  type Limit,
} from '../../src/deliver/allowance.ts';
import { dayMs, hourMs, minuteMs, secondMs } from '../../src/domain/time.ts';

const now = Date.parse('2026-11-24T02:30:00Z');
const limit: Limit = { perMinute: 60 };

/** Takes whatever is allowed, second by second. */
function spend(state: AllowanceState, of: Limit, fromAt: number, toAt: number): number {
  let held = state;
  let taken = 0;
  for (let at = fromAt; at <= toAt; at += secondMs) {
    const { count } = allowed(held, of, at);
    held = afterTaking(held, of, count, at);
    taken += count;
  }
  return taken;
}

describe('an allowance of 60 a minute', () => {
  it('lets a minute of it go at once and then one a second', () => {
    const fresh = freshAllowance(limit, now);
    expect(allowed(fresh, limit, now)).toEqual({ count: 60 });
    const empty = afterTaking(fresh, limit, 60, now);
    expect(allowed(empty, limit, now)).toEqual({ count: 0, askAgainAt: now + secondMs });
    expect(allowed(empty, limit, now + 3 * secondMs)).toEqual({ count: 3 });
  });

  it('gives no more than its rate over an hour, whatever was asked for', () => {
    expect(spend(freshAllowance(limit, now), limit, now, now + hourMs)).toBeLessThanOrEqual(60 * 60 + 60);
  });

  it('gives nothing for a clock that was set back', () => {
    const empty = afterTaking(freshAllowance(limit, now), limit, 60, now);
    expect(allowed(empty, limit, now - hourMs).count).toBe(0);
    const asked = afterTaking(empty, limit, 0, now - hourMs);
    expect(allowed(asked, limit, now - hourMs + secondMs)).toEqual({ count: 1 });
  });

  it('takes back what was not used', () => {
    const empty = afterTaking(freshAllowance(limit, now), limit, 60, now);
    expect(allowed(afterReturning(empty, limit, 4), limit, now)).toEqual({ count: 4 });
  });
});

describe('a quota of a day', () => {
  const daily: Limit = { perDay: 100 };
  it('ends with its number and begins again at midnight UTC', () => {
    const spent = afterTaking(freshAllowance(daily, now), daily, 100, now);
    const midnight = Date.parse('2026-11-25T00:00:00Z');
    expect(allowed(spent, daily, now)).toEqual({ count: 0, askAgainAt: midnight });
    expect(allowed(spent, daily, midnight)).toEqual({ count: 100 });
  });

  it('without any limit knows no end', () => {
    expect(allowed(freshAllowance({}, now), {}, now)).toEqual({ count: Infinity });
  });
});

describe('a server that asks for less', () => {
  it('is left alone for a minute, then gets half, and the whole again after five quiet minutes', () => {
    const slowed = afterSlowDown(freshAllowance(limit, now), limit, now);
    expect(allowed(slowed, limit, now + minuteMs - 1)).toEqual({ count: 0, askAgainAt: now + minuteMs });
    expect(allowed(slowed, limit, now + minuteMs)).toEqual({ count: 30 });
    expect(allowed(slowed, limit, now + 6 * minuteMs)).toEqual({ count: 60 });
  });

  it('is left alone for as long as it said, four hours at the most', () => {
    const fresh = freshAllowance({}, now);
    expect(allowed(afterSlowDown(fresh, {}, now, 10 * minuteMs), {}, now)).toEqual({
      count: 0,
      askAgainAt: now + 10 * minuteMs,
    });
    expect(allowed(afterSlowDown(fresh, {}, now, 2 * dayMs), {}, now).askAgainAt).toBe(now + 4 * hourMs);
  });

  it('that asks again and again is left alone for twice as long each time, up to an hour', () => {
    let state = freshAllowance({}, now);
    let at = now;
    const pauses = Array.from({ length: 8 }, () => {
      state = afterSlowDown(state, {}, at);
      const until = allowed(state, {}, at).askAgainAt ?? at;
      const pause = until - at;
      at = until;
      return pause / minuteMs;
    });
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    expect(afterSuccess(state).strikes).toBe(0);
  });

  it('says so once for all answers of one batch', () => {
    const once = afterSlowDown(freshAllowance(limit, now), limit, now);
    expect(afterSlowDown(once, limit, now + secondMs).strikes).toBe(1);
  });
});

describe('whatever happens', () => {
  const event = fc.oneof(
    fc.record({ kind: fc.constant('take' as const), wait: fc.integer({ min: -hourMs, max: hourMs }) }),
    fc.record({ kind: fc.constant('slow' as const), wait: fc.integer({ min: 0, max: hourMs }) }),
    fc.record({ kind: fc.constant('return' as const), wait: fc.integer({ min: 0, max: minuteMs }) }),
  );
  it('the numbers stay finite, and something can go again within a day', () => {
    fc.assert(
      fc.property(
        fc.record({
          perMinute: fc.integer({ min: 1, max: 100_000 }),
          perDay: fc.integer({ min: 1, max: 1_000_000 }),
        }),
        fc.array(event, { maxLength: 40 }),
        (rule, events) => {
          let at = now;
          let state = freshAllowance(rule, at);
          for (const { kind, wait } of events) {
            at += wait;
            if (kind === 'take') state = afterTaking(state, rule, allowed(state, rule, at).count, at);
            else if (kind === 'slow') state = afterSlowDown(state, rule, at);
            else state = afterReturning(state, rule, 1);
            expect(Object.values(state).every(Number.isFinite)).toBe(true);
          }
          expect(allowed(state, rule, Math.max(at, state.dayAt) + 2 * dayMs).count).toBeGreaterThan(0);
        },
      ),
    );
  });
});
