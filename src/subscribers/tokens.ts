import { createHmac, timingSafeEqual } from 'node:crypto';
import { addressKey } from '../domain/subscriber.ts';
import { secondMs, type Instant } from '../domain/time.ts';

/** What a link in a mail may do for ever. The letter stands in the token. */
const actionLetters = { unsubscribe: 'u', preferences: 'm' } as const;
/** What a link may do for some days only. */
const timedLetters = { confirm: 'c', 'change-address': 'a', export: 'x', erase: 'e' } as const;

export type TokenAction = keyof typeof actionLetters;
export type TimedAction = keyof typeof timedLetters;

/** In place of a digest's key in a token that speaks of all of them. */
export const noDigest = '-';

/** The one subscription a token speaks of, or with `noDigest` the one subscriber. */
export interface TokenSubject {
  readonly digest: string;
  readonly addressHash: string;
}

/** The one request that a link is the answer to. */
export interface TimedSubject {
  /** Names the request: at most 40 of `a-z`, `0-9` and `-`. */
  readonly request: string;
  readonly addressHash: string;
}

export type TimedVerdict = (TimedSubject & { readonly state: 'valid' | 'expired' }) | undefined;

export interface Tokens {
  /** 22 characters that stand for the address: the same for every spelling of it, and useless without the secret. */
  addressHash(address: string): string;
  /** A token for one action on one subscription, of characters that need no escape in a URL. Valid for ever. */
  sign(action: TokenAction, subject: TokenSubject): string;
  /** The subscription, when the token was signed here for this action; otherwise undefined. */
  verify(token: string, action: TokenAction): TokenSubject | undefined;
  /** A token that is good until an instant, to the second. */
  signTimed(action: TimedAction, subject: TimedSubject, expiresAt: Instant): string;
  /** The request, when the token was signed here for this action, and whether it is too late for it. */
  verifyTimed(token: string, action: TimedAction, now: Instant): TimedVerdict;
  /** A mark for the moment at which a form was shown, which only we can make. */
  stamp(now: Instant): string;
  /** The moment of a mark that was made here; otherwise undefined. */
  readStamp(mark: string): Instant | undefined;
  /** 22 characters that stand for a client's network address. */
  clientHash(client: string): string;
  /** The left side of a Message-ID, 26 characters: the same whenever it is asked for the same edition and reader. */
  messageKey(edition: { readonly digest: string; readonly editionDate: string }, addressHash: string): string;
  /** A name for a delivery that only we can make, for the envelope sender: at most 28 of `a-z`, `0-9` and `-`. */
  deliveryToken(deliveryId: number): string;
  /** The delivery, when the token was made here; otherwise undefined. The case of letters does not count. */
  verifyDelivery(token: string): number | undefined;
}

const hashBytes = 16;
const macBytes = 12;
const tokenForm =
  /^([a-z2-7]{2})([a-z])\.([a-z0-9-]{1,40})\.([A-Za-z0-9_-]{22})\.(?:([0-9a-z]{6,8})\.)?([A-Za-z0-9_-]{16})$/;
const stampForm = /^([0-9a-z]{6,8})\.([A-Za-z0-9_-]{16})$/;

/**
 * Hashes and signatures by HMAC-SHA256 (RFC 2104), each purpose under a key of its own.
 * A token reads `<key id><action>.<digest or request>.<address hash>.<mac>`, with the second of its end before the mac
 * where it has one, and holds no personal data; it is 45 characters and the digest's key long.
 *
 * Hashes, Message-IDs and names of deliveries are made with `secret`, which never changes: the list of suppressed
 * addresses lives by them. Links are signed with the newest of `rotated` (newest first), or with `secret` without any.
 * All of them verify, so that links of old mails go on working; the key id tells which one signed.
 */
export function createTokens(secret: string, rotated: readonly string[] = []): Tokens {
  const keyFor = (purpose: string): Buffer => hmac(secret, purpose);
  const addresses = keyFor('address');
  const clients = keyFor('client');
  const stamps = keyFor('stamp');
  const messages = keyFor('message');
  const deliveries = keyFor('delivery');
  const signers = [...rotated, secret].map(signerOf);
  const [newest = signerOf(secret)] = signers;

  const deliveryToken = (deliveryId: number): string =>
    `${deliveryId.toString(36)}-${base32(hmac(deliveries, `${deliveryId}`)).slice(0, 16)}`;

  /** What a token says, when one of our keys signed it. Two keys can share an id. */
  const read = (token: string, letter: string, action: string): Spoken | undefined => {
    const [, id, given, about, addressHash, expiry, signature] = tokenForm.exec(token) ?? [];
    if (given !== letter || about === undefined || addressHash === undefined || signature === undefined) {
      return undefined;
    }
    const spoken = { about, addressHash, ...(expiry !== undefined && { expiry }) };
    const isOurs = signers.some((one) => one.id === id && isSame(signature, one.mac(action, spoken)));
    return isOurs ? spoken : undefined;
  };

  const write = (letter: string, action: string, spoken: Spoken): string =>
    [
      `${newest.id}${letter}`,
      spoken.about,
      spoken.addressHash,
      ...(spoken.expiry === undefined ? [] : [spoken.expiry]),
      newest.mac(action, spoken).toString('base64url'),
    ].join('.');

  const stampMac = (seconds: string): Buffer => hmac(stamps, seconds).subarray(0, macBytes);

  return {
    addressHash: (address) =>
      hmac(addresses, addressKey(address)).subarray(0, hashBytes).toString('base64url'),

    sign: (action, { digest, addressHash }) =>
      write(actionLetters[action], action, { about: digest, addressHash }),

    verify: (token, action) => {
      const spoken = read(token, actionLetters[action], action);
      if (!spoken || spoken.expiry !== undefined) return undefined;
      return { digest: spoken.about, addressHash: spoken.addressHash };
    },

    signTimed: (action, { request, addressHash }, expiresAt) =>
      write(timedLetters[action], action, { about: request, addressHash, expiry: inSeconds(expiresAt) }),

    verifyTimed: (token, action, now) => {
      const spoken = read(token, timedLetters[action], action);
      if (spoken?.expiry === undefined) return undefined;
      const state = now < fromSeconds(spoken.expiry) ? 'valid' : 'expired';
      return { request: spoken.about, addressHash: spoken.addressHash, state };
    },

    stamp: (now) => {
      const seconds = inSeconds(now);
      return `${seconds}.${stampMac(seconds).toString('base64url')}`;
    },

    readStamp: (mark) => {
      const [, seconds, signature] = stampForm.exec(mark) ?? [];
      if (seconds === undefined || signature === undefined) return undefined;
      return isSame(signature, stampMac(seconds)) ? fromSeconds(seconds) : undefined;
    },

    clientHash: (client) => hmac(clients, client).subarray(0, hashBytes).toString('base64url'),

    messageKey: ({ digest, editionDate }, addressHash) =>
      base32(hmac(messages, `${digest}\n${editionDate}\n${addressHash}`)).slice(0, 26),

    deliveryToken,

    verifyDelivery: (token) => {
      const lower = token.toLowerCase();
      const [, digits] = /^([0-9a-z]{1,11})-[a-z2-7]{16}$/.exec(lower) ?? [];
      if (digits === undefined) return undefined;
      const deliveryId = Number.parseInt(digits, 36);
      const expected = Buffer.from(deliveryToken(deliveryId));
      const given = Buffer.from(lower);
      return given.length === expected.length && timingSafeEqual(given, expected) ? deliveryId : undefined;
    },
  };
}

/** What stands in a token before its mac. */
interface Spoken {
  readonly about: string;
  readonly addressHash: string;
  /** In whole seconds since 1970, base 36. */
  readonly expiry?: string;
}

function signerOf(secret: string) {
  const key = hmac(secret, 'action');
  return {
    id: base32(hmac(secret, 'key id')).slice(0, 2),
    mac: (action: string, { about, addressHash, expiry }: Spoken): Buffer =>
      hmac(key, [action, about, addressHash, ...(expiry === undefined ? [] : [expiry])].join('\n')).subarray(
        0,
        macBytes,
      ),
  };
}

/** Takes as long for any two. The signature has the length of a mac by its form. */
function isSame(signature: string, mac: Buffer): boolean {
  return timingSafeEqual(Buffer.from(signature, 'base64url'), mac);
}

function inSeconds(at: Instant): string {
  return Math.ceil(at / secondMs).toString(36);
}

function fromSeconds(text: string): Instant {
  return Number.parseInt(text, 36) * secondMs;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

const base32Letters = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648 section 6, in lower case and without padding: safe where letters lose their case. */
function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += base32Letters.charAt((held >> bits) & 31);
    }
  }
  return text;
}
