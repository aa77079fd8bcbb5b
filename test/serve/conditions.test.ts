import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseEncoding, isUnchanged } from '../../src/serve/conditions.ts';

const current = { etag: '"abc-gzip"', modifiedAt: Date.parse('2026-11-24T02:30:05.250Z') };

describe('a conditional request', () => {
  it.each([
    ['the same tag', '"abc-gzip"', true],
    ['the same tag, weak', 'W/"abc-gzip"', true],
    ['a list with it', '"x", W/"abc-gzip" ,"y"', true],
    ['any', '*', true],
    ['any, with space', ' * ', true],
    ['another tag', '"abc"', false],
    ['a tag with a comma that holds it', '"x,abc-gzip"', false],
    ['no quotes', 'abc-gzip', false],
    ['nothing', '', false],
  ])('with If-None-Match: %s', (_, ifNoneMatch, unchanged) => {
    expect(isUnchanged({ ifNoneMatch, ifModifiedSince: undefined }, current)).toBe(unchanged);
    // It outranks the date, whatever the date says.
    for (const ifModifiedSince of [
      'Tue, 24 Nov 2026 03:00:00 GMT',
      'Mon, 23 Nov 2026 03:00:00 GMT',
      'nonsense',
    ]) {
      expect(isUnchanged({ ifNoneMatch, ifModifiedSince }, current)).toBe(unchanged);
    }
  });

  it.each([
    ['the same second', 'Tue, 24 Nov 2026 02:30:05 GMT', true],
    ['later', 'Tue, 24 Nov 2026 02:30:06 GMT', true],
    ['earlier', 'Tue, 24 Nov 2026 02:30:04 GMT', false],
    ['later, as RFC 850 wrote it', 'Tuesday, 24-Nov-26 02:30:06 GMT', true],
    ['later, as asctime writes it', 'Tue Nov 24 02:30:06 2026', true],
    ['no date', 'yesterday', false],
    ['no date, though a year is in it', 'garbage 2099', false],
    ['a date in another form', '2099-01-01T00:00:00Z', false],
    ['two dates', 'Tue, 24 Nov 2026 03:00:00 GMT, Tue, 24 Nov 2026 03:00:00 GMT', false],
    ['nothing', '', false],
  ])('with If-Modified-Since: %s', (_, ifModifiedSince, unchanged) => {
    expect(isUnchanged({ ifNoneMatch: undefined, ifModifiedSince }, current)).toBe(unchanged);
  });

  it('without a condition is answered in full', () => {
    expect(isUnchanged({ ifNoneMatch: undefined, ifModifiedSince: undefined }, current)).toBe(false);
  });
});

describe('the encoding', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['br', 'br'],
    ['gzip, br', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['GZIP', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.5, gzip;q=0.8', 'gzip'],
    ['gzip;q=0', 'identity'],
    ['gzip;q=0.000, br; q=0', 'identity'],
    ['identity', 'identity'],
    ['identity, gzip;q=0.5', 'identity'],
    ['*', 'br'],
    ['*;q=0', 'identity'],
    ['br;q=0, *', 'gzip'],
    ['deflate, zstd', 'identity'],
    ['gzip;q=nonsense', 'identity'],
    ['gzip;q=2', 'identity'],
  ])('for "%s" is %s', (header, encoding) => {
    expect(chooseEncoding(header)).toBe(encoding);
  });

  it('is always one of the three', () => {
    assert(
      property(string(), (header) => {
        expect(['br', 'gzip', 'identity']).toContain(chooseEncoding(header));
      }),
    );
  });
});
