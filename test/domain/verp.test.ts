import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verpAddress, verpToken } from '../../src/domain/verp.ts';

const base = 'Bounces@example.org';

describe('a return path of its own', () => {
  it('names its token in the local part', () => {
    expect(verpAddress('k2-abc', base)).toBe('Bounces+k2-abc@example.org');
  });

  it('gives its token back, whatever became of its letters', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9-]{1,28}$/), fc.boolean(), (token, isUpper) => {
        const address = verpAddress(token, base);
        expect(verpToken(isUpper ? address.toUpperCase() : ` ${address}`, base)).toBe(token);
      }),
    );
  });

  it.each([
    'bounces@example.org',
    'bounces+@example.org',
    'bounces+a@example.net',
    'x+a@example.org',
    '',
    'bounces+a b@example.org',
  ])('is not "%s"', (address) => {
    expect(verpToken(address, base)).toBeUndefined();
  });

  it('takes no token that a server could change', () => {
    for (const token of ['', 'A', 'a@b', 'a\r\n']) expect(() => verpAddress(token, base)).toThrow(RangeError);
  });
});
