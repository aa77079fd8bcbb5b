import { createHmac, timingSafeEqual } from 'node:crypto';
import { addressKey } from '../domain/subscriber.ts';

/** What a link in a mail may do. The letter stands in the token. */
const actionLetters = { unsubscribe: 'u' } as const;

export type TokenAction = keyof typeof actionLetters;

/** The one subscription a token speaks of. */
export interface TokenSubject {
  readonly digest: string;
  readonly addressHash: string;
}

export interface Tokens {
  /** 22 characters that stand for the address: the same for every spelling of it, and useless without the secret. */
  addressHash(address: string): string;
  /** A token for one action on one subscription, of characters that need no escape in a URL. Valid for ever. */
  sign(action: TokenAction, subject: TokenSubject): string;
  /** The subscription, when the token was signed here for this action; otherwise undefined. */
  verify(token: string, action: TokenAction): TokenSubject | undefined;
  /** The left side of a Message-ID, 26 characters: the same whenever it is asked for the same edition and reader. */
  messageKey(edition: { readonly digest: string; readonly editionDate: string }, addressHash: string): string;
  /** A name for a delivery that only we can make, for the envelope sender: at most 28 of `a-z`, `0-9` and `-`. */
  deliveryToken(deliveryId: number): string;
  /** The delivery, when the token was made here; otherwise undefined. The case of letters does not count. */
  verifyDelivery(token: string): number | undefined;
}

const hashBytes = 16;
const macBytes = 12;
const tokenForm = /^([a-z2-7]{2})([a-z])\.([a-z0-9-]{1,40})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{16})$/;

/**
 * Hashes and signatures by HMAC-SHA256 (RFC 2104) under one secret, each purpose under a key of its own.
 * A token reads `<key id><action>.<digest>.<address hash>.<mac>` and holds no personal data; it is
 * 45 characters and the digest's key long. The key id tells which secret signed it.
 */
export function createTokens(secret: string): Tokens {
  const keyFor = (purpose: string): Buffer => hmac(secret, purpose);
  const addresses = keyFor('address');
  const actions = keyFor('action');
  const messages = keyFor('message');
  const deliveries = keyFor('delivery');
  const keyId = base32(keyFor('key id')).slice(0, 2);

  const deliveryToken = (deliveryId: number): string =>
    `${deliveryId.toString(36)}-${base32(hmac(deliveries, `${deliveryId}`)).slice(0, 16)}`;

  const mac = (action: TokenAction, { digest, addressHash }: TokenSubject): Buffer =>
    hmac(actions, `${action}\n${digest}\n${addressHash}`).subarray(0, macBytes);

  return {
    addressHash: (address) =>
      hmac(addresses, addressKey(address)).subarray(0, hashBytes).toString('base64url'),

    sign: (action, subject) =>
      `${keyId}${actionLetters[action]}.${subject.digest}.${subject.addressHash}.` +
      mac(action, subject).toString('base64url'),

    verify: (token, action) => {
      const [, id, letter, digest, addressHash, signature] = tokenForm.exec(token) ?? [];
      if (digest === undefined || addressHash === undefined || signature === undefined) return undefined;
      if (id !== keyId || letter !== actionLetters[action]) return undefined;
      const subject = { digest, addressHash };
      return timingSafeEqual(Buffer.from(signature, 'base64url'), mac(action, subject)) ? subject : undefined;
    },

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
