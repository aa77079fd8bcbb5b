import { describe, expect, it } from 'vitest';
import { statedMoment } from '../../src/subscribers/import-moment.ts';

const now = Date.parse('2026-11-24T02:30:00Z');

describe('a moment in a file', () => {
  it.each([
    ['2024-02-29', '2024-02-29T00:00:00Z'],
    ['2024-03-05 10:00:00', '2024-03-05T10:00:00Z'],
    ['2024-03-05T10:00:00.123+02:00', '2024-03-05T08:00:00Z'],
    ['2024-03-05 10:00:00 +0000 UTC', '2024-03-05T10:00:00Z'],
  ])('%s is %s', (text, instant) => expect(statedMoment(text, now)).toBe(Date.parse(instant)));

  it.each([
    '2023-02-29',
    '2024-13-05',
    '2024-00-05',
    '2024-03-05 24:10',
    '2024-03-05 10:75',
    '1970-01-01',
    '2027-01-01',
  ])('%s is none', (text) => expect(statedMoment(text, now)).toBeUndefined());
});
