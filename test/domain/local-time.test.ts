import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextMinuteOfDay } from '../../src/domain/local-time.ts';
import { dayMs, formatInstant, hourMs } from '../../src/domain/time.ts';

const at = (since: string, zone: string, clock: string): string => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return formatInstant(nextMinuteOfDay(Date.parse(since), zone, hours * 60 + minutes));
};

describe('the next time a clock shows an hour', () => {
  it.each([
    ['later on the same day', '2026-11-24T02:30:00Z', 'America/New_York', '07:00', '2026-11-24T12:00:00Z'],
    [
      'is at once when it shows it now',
      '2026-11-24T12:00:00Z',
      'America/New_York',
      '07:00',
      '2026-11-24T12:00:00Z',
    ],
    [
      'tomorrow when it has passed',
      '2026-11-24T12:00:01Z',
      'America/New_York',
      '07:00',
      '2026-11-25T12:00:00Z',
    ],
    ['half an hour off the others', '2026-11-24T02:30:00Z', 'Asia/Kolkata', '07:00', '2026-11-25T01:30:00Z'],
    [
      'the first minute after a gap',
      '2026-03-29T00:00:00Z',
      'Europe/Berlin',
      '02:30',
      '2026-03-29T01:00:00Z',
    ],
    ['the first of a doubled hour', '2026-10-24T22:00:00Z', 'Europe/Berlin', '02:30', '2026-10-25T00:30:00Z'],
    [
      'the day after when only the second of a doubled hour is left',
      '2026-10-25T01:00:00Z',
      'Europe/Berlin',
      '02:30',
      '2026-10-26T01:30:00Z',
    ],
    [
      'after half an hour of summer time',
      '2026-10-03T14:00:00Z',
      'Australia/Lord_Howe',
      '02:10',
      '2026-10-03T15:30:00Z',
    ],
  ])('%s', (_case, since, zone, clock, expected) => {
    expect(at(since, zone, clock)).toBe(expected);
  });

  it('is within a day and the hour that summer time adds, in every zone', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
        fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2028-01-01') }),
        fc.integer({ min: 0, max: 1439 }),
        (zone, since, minute) => {
          const next = nextMinuteOfDay(since, zone, minute);
          expect(next).toBeGreaterThanOrEqual(since);
          expect(next - since).toBeLessThanOrEqual(dayMs + 2 * hourMs);
        },
      ),
    );
  });
});
