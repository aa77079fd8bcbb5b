import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokens } from '../../src/subscribers/tokens.ts';

const tokens = createTokens('an invented secret');
const subject = { digest: 'daily', addressHash: tokens.addressHash('ada@example.org') };
const digests = fc.stringMatching(/^[a-z0-9]+(-[a-z0-9]+)*$/).filter((key) => key.length <= 40);
const addresses = fc.emailAddress();

describe('tokens', () => {
  it('verify every token they signed, for the subscription it was signed for', () => {
    fc.assert(
      fc.property(digests, addresses, (digest, address) => {
        const signed = { digest, addressHash: tokens.addressHash(address) };
        expect(tokens.verify(tokens.sign('unsubscribe', signed), 'unsubscribe')).toEqual(signed);
      }),
    );
  });

  it('refuse a token in which any one character was changed', () => {
    const token = tokens.sign('unsubscribe', subject);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
        fc.pre(token[at] !== character);
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        expect(tokens.verify(changed, 'unsubscribe')).toBeUndefined();
      }),
    );
  });

  it('refuse anything that is no token', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        expect(tokens.verify(text, 'unsubscribe')).toBeUndefined();
      }),
    );
  });

  it('refuse a token cut short or made longer', () => {
    const token = tokens.sign('unsubscribe', subject);
    expect(tokens.verify(token.slice(0, -1), 'unsubscribe')).toBeUndefined();
    expect(tokens.verify(`${token}A`, 'unsubscribe')).toBeUndefined();
    expect(tokens.verify(`${token}\n`, 'unsubscribe')).toBeUndefined();
  });

  it('refuse the tokens of another installation', () => {
    const others = createTokens('another secret');
    expect(tokens.verify(others.sign('unsubscribe', subject), 'unsubscribe')).toBeUndefined();
  });

  it('are short, need no escape in a URL and hold no address', () => {
    const token = tokens.sign('unsubscribe', subject);
    expect(`u/${token}`.length).toBeLessThan(60);
    expect(encodeURIComponent(token)).toBe(token);
    expect(token).not.toContain('ada');
  });

  it('are the same after a restart', () => {
    expect(createTokens('an invented secret').sign('unsubscribe', subject)).toBe(
      tokens.sign('unsubscribe', subject),
    );
  });
});

describe('the hash of an address', () => {
  it('is the same for every spelling of the address', () => {
    expect(tokens.addressHash(' Ada@Example.ORG ')).toBe(subject.addressHash);
    expect(tokens.addressHash('jose\u0301@example.org')).toBe(tokens.addressHash('jos\u00e9@example.org'));
  });

  it('differs for other addresses and other installations', () => {
    expect(tokens.addressHash('ada2@example.org')).not.toBe(subject.addressHash);
    expect(createTokens('another secret').addressHash('ada@example.org')).not.toBe(subject.addressHash);
  });
});

describe('the key of a message', () => {
  const edition = { digest: 'daily', editionDate: '2026-11-24' };
  const key = tokens.messageKey(edition, subject.addressHash);

  it('is 26 characters of base32 and always the same', () => {
    expect(key).toMatch(/^[a-z2-7]{26}$/);
    expect(tokens.messageKey({ ...edition }, subject.addressHash)).toBe(key);
  });

  it('differs by edition, digest and reader', () => {
    const other = tokens.addressHash('bo@example.org');
    const keys = [
      key,
      tokens.messageKey({ ...edition, editionDate: '2026-11-25' }, subject.addressHash),
      tokens.messageKey({ ...edition, digest: 'weekly' }, subject.addressHash),
      tokens.messageKey(edition, other),
    ];
    expect(new Set(keys).size).toBe(4);
  });
});
