import { describe, expect, it } from 'vitest';
import { limitsOf } from '../../src/deliver/limits.ts';

const config = {
  perMinute: 100,
  perDay: 5000,
  warmUp: { from: '2026-11-24', perDay: [50, 200, 9000] },
  domains: { google: { perMinute: 20 } },
  digests: { daily: { perDay: 1000 } },
};
const at = (time: string) => limitsOf(config, 'smtp', Date.parse(time));

describe('the limits of a day', () => {
  it.each([
    ['2026-11-20T12:00:00Z', 50],
    ['2026-11-24T00:00:00Z', 50],
    ['2026-11-24T23:59:59Z', 50],
    ['2026-11-25T00:00:00Z', 200],
    ['2026-11-26T00:00:00Z', 5000],
    ['2026-11-27T00:00:00Z', 5000],
    ['2027-11-27T00:00:00Z', 5000],
  ])('at %s let %d mails go', (time, perDay) => {
    expect(at(time)).toEqual({
      relays: { smtp: { perMinute: 100, perDay } },
      domains: { google: { perMinute: 20 } },
      digests: { daily: { perDay: 1000 } },
    });
  });

  it('are none after a warm-up without a limit behind it, and none when nothing is said', () => {
    const { warmUp } = config;
    const limits = limitsOf({ warmUp, domains: {}, digests: {} }, 'ses', Date.parse('2026-12-24T00:00:00Z'));
    expect(limits).toEqual({ relays: { ses: {} }, domains: {}, digests: {} });
    expect(limitsOf(undefined, 'ses', 0)).toEqual({ relays: {}, domains: {}, digests: {} });
  });
});
