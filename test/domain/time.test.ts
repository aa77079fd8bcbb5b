import { describe, expect, it } from 'vitest';
import {
  addDays,
  calendarDate,
  formatInstant,
  isCalendarDate,
  longDate,
  parseInstant,
  shortDate,
} from '../../src/domain/time.ts';

describe('an instant', () => {
  it.each([
    ['2026-11-24T02:30:00Z', '2026-11-24T02:30:00Z'],
    ['2026-11-24T02:30Z', '2026-11-24T02:30:00Z'],
    ['2026-11-24T02:30:00.999Z', '2026-11-24T02:30:00Z'],
    ['2026-11-24T02:30:00+02:00', '2026-11-24T00:30:00Z'],
  ])('of %s is %s', (text, expected) => {
    expect(formatInstant(parseInstant(text) ?? 0)).toBe(expected);
  });

  it.each([
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-24',
    'yesterday',
    '2026-11-24T02:30:00',
    '2026-11-24T25:00:00Z',
  ])('is not read from %s', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });
});

describe('a calendar day', () => {
  it('is that of the zone', () => {
    const at = Date.parse('2026-11-24T02:30:00Z');
    expect(calendarDate(at, 'America/New_York')).toBe('2026-11-23');
    expect(calendarDate(at, 'Asia/Tokyo')).toBe('2026-11-24');
  });

  it.each([
    ['2026-02-28', 1, '2026-03-01'],
    ['2024-02-28', 1, '2024-02-29'],
    ['2026-01-01', -1, '2025-12-31'],
  ])('%s plus %i is %s', (date, days, expected) => {
    expect(addDays(date, days)).toBe(expected);
  });

  it('must exist', () => {
    expect(isCalendarDate('2026-02-29')).toBe(false);
    expect(isCalendarDate('2024-02-29')).toBe(true);
  });

  it('is written in English on every machine', () => {
    expect(longDate('2026-11-24')).toBe('Tuesday, 24 November 2026');
    expect(shortDate('2026-11-24')).toBe('Tue 24 Nov');
  });
});
