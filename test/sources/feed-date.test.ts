import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { feedInstant } from '../../src/sources/feed-date.ts';

test.each([
  ['2026-01-13T05:00:00Z', '2026-01-13T05:00:00Z'],
  ['2026-01-13T00:00:00-05:00', '2026-01-13T05:00:00Z'],
  ['2026-01-13T05:00:00.25Z', '2026-01-13T05:00:00.250Z'],
  ['2026-01-13T05:00Z', '2026-01-13T05:00:00Z'],
  ['2026-01-13T05:00:00', '2026-01-13T05:00:00Z'],
  ['2026-01-13 05:00:00 +0100', '2026-01-13T04:00:00Z'],
  ['2026-01-13', '2026-01-13T00:00:00Z'],
  ['2026-01', '2026-01-01T00:00:00Z'],
  ['2026', '2026-01-01T00:00:00Z'],
  ['20260113', '2026-01-13T00:00:00Z'],
  ['Tue, 13 Jan 2026 00:00:00 -0500', '2026-01-13T05:00:00Z'],
  ['Tue, 13 Jan 2026 00:00:00 EST', '2026-01-13T05:00:00Z'],
  ['13 Jan 26 05:00 GMT', '2026-01-13T05:00:00Z'],
  ['Tue, 13 January 2026', '2026-01-13T00:00:00Z'],
  ['Wed, 24 Aug 2022 12:00:00 GMT+0200', '2022-08-24T10:00:00Z'],
  ['Fri, 05 Nov 99 01:00:00 GMT', '1999-11-05T01:00:00Z'],
  ['Tue, 13 Jan 2026 05:00:00 (UTC)', '2026-01-13T05:00:00Z'],
  ['Tue Jan 13 05:00:00 2026', '2026-01-13T05:00:00Z'],
  ['Jan 13, 2026', '2026-01-13T00:00:00Z'],
  ['  Tue, 13 Jan 2026 05:00:00 GMT\n', '2026-01-13T05:00:00Z'],
])('%j is %s', (text, expected) => {
  expect(feedInstant(text)).toBe(Date.parse(expected));
});

test.each([
  '',
  'yesterday',
  '0103-12-13T00:00:00Z',
  '1 Jan 0026 00:00:00 GMT',
  '13',
  '30 Feb 2026 05:00:00 GMT',
  '2026-02-30',
  '2026-13-01',
  'Tue, 13 Foo 2026 05:00:00 GMT',
  'Tue, 13 Jan 2026 25:00:00 GMT',
  'Tue, 13 Jan 2026 05:00:00 XYZ',
  '2026-01-13T05:00:00Z and more',
  `${'1'.repeat(100_000)} Jan 2026`,
])('%.40j is no date', (text) => {
  expect(feedInstant(text)).toBeUndefined();
});

test('what UTC writes in the form of mail is read as the same second, in any zone of the machine', () => {
  const at = fc.date({ min: new Date('1970-01-01'), max: new Date('2049-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(at, (date) => {
      expect(feedInstant(date.toUTCString())).toBe(Math.floor(date.getTime() / 1000) * 1000);
      expect(feedInstant(date.toISOString())).toBe(date.getTime());
    }),
  );
});
