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

describe('tokens for some days', () => {
  const now = Date.parse('2026-11-24T06:00:00Z');
  const timed = { request: 'k3', addressHash: subject.addressHash };
  const token = tokens.signTimed('confirm', timed, now + 1_000);

  it('are valid until their second, and known as expired from then on', () => {
    expect(tokens.verifyTimed(token, 'confirm', now)).toEqual({ ...timed, state: 'valid' });
    expect(tokens.verifyTimed(token, 'confirm', now + 1_000)).toEqual({ ...timed, state: 'expired' });
  });

  it('do not live longer with another end, and serve no other action', () => {
    const end = token.split('.')[3] ?? '';
    const later = (Number.parseInt(end, 36) + 86_400).toString(36);
    expect(tokens.verifyTimed(token.replace(end, later), 'confirm', now)).toBeUndefined();
    expect(tokens.verifyTimed(token.replace(`.${end}`, ''), 'confirm', now)).toBeUndefined();
    for (const action of ['change-address', 'export', 'erase'] as const) {
      expect(tokens.verifyTimed(token, action, now)).toBeUndefined();
      const letter = tokens.signTimed(action, timed, now).charAt(2);
      expect(tokens.verifyTimed(token.slice(0, 2) + letter + token.slice(3), action, now)).toBeUndefined();
    }
    expect(tokens.verify(token, 'unsubscribe')).toBeUndefined();
    expect(tokens.verify(token, 'preferences')).toBeUndefined();
  });
});

describe('forgery', () => {
  it('has no success in 100,000 altered tokens of every action', () => {
    const now = Date.parse('2026-11-24T06:00:00Z');
    const asked = { request: 'k3', addressHash: subject.addressHash };
    const signed = [
      ...(['unsubscribe', 'preferences'] as const).map((action) => tokens.sign(action, subject)),
      ...(['confirm', 'change-address', 'export', 'erase'] as const).map((action) =>
        tokens.signTimed(action, asked, now + 1_000),
      ),
    ];
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';
    let seed = 20_261_124;
    const next = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const real = new Set(signed);
    let tried = 0;
    let accepted = 0;
    while (tried < 100_000) {
      const characters = (signed[tried % signed.length] ?? '').split('');
      for (let changes = 1 + next(3); changes > 0; changes -= 1) {
        characters[next(characters.length)] = letters.charAt(next(letters.length));
      }
      const token = characters.join('');
      if (real.has(token)) continue;
      tried += 1;
      const verdicts = [
        tokens.verify(token, 'unsubscribe'),
        tokens.verify(token, 'preferences'),
        tokens.verifyTimed(token, 'confirm', now),
        tokens.verifyTimed(token, 'change-address', now),
        tokens.verifyTimed(token, 'export', now),
        tokens.verifyTimed(token, 'erase', now),
      ];
      accepted += verdicts.filter((verdict) => verdict !== undefined).length;
    }
    expect(accepted).toBe(0);
  }, 60_000);
});

describe('a new key', () => {
  const rotated = createTokens('an invented secret', ['the newest', 'one between']);

  it('signs, while links of every older one go on working', () => {
    const between = createTokens('an invented secret', ['one between']);
    for (const older of [tokens, between]) {
      expect(rotated.verify(older.sign('unsubscribe', subject), 'unsubscribe')).toEqual(subject);
    }
    const token = rotated.sign('unsubscribe', subject);
    expect(rotated.verify(token, 'unsubscribe')).toEqual(subject);
    expect(between.verify(token, 'unsubscribe')).toBeUndefined();
  });

  it('changes no hash of an address, no Message-ID and no name of a delivery', () => {
    const edition = { digest: 'daily', editionDate: '2026-11-24' };
    expect(rotated.addressHash('ada@example.org')).toBe(subject.addressHash);
    expect(rotated.messageKey(edition, subject.addressHash)).toBe(
      tokens.messageKey(edition, subject.addressHash),
    );
    expect(rotated.verifyDelivery(tokens.deliveryToken(7))).toBe(7);
  });
});

describe('a stamp', () => {
  const now = Date.parse('2026-11-24T06:00:00Z');

  it('tells its moment, and nobody else can make one', () => {
    const mark = tokens.stamp(now);
    expect(tokens.readStamp(mark)).toBe(now);
    expect(tokens.readStamp(createTokens('another secret').stamp(now))).toBeUndefined();
    expect(tokens.readStamp(mark.slice(1))).toBeUndefined();
    expect(tokens.readStamp('')).toBeUndefined();
  });
});
