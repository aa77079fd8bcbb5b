import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { asError } from '../errors.ts';

/** A private key that can sign mail, tried out. */
export interface DkimKey {
  /** RFC 8301 wants at least RSA 1024, and 2048 from who signs; RFC 8463 adds Ed25519. */
  readonly algorithm: 'rsa-sha256' | 'ed25519-sha256';
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const leastRsaBits = 1024;
const howTo = 'make one with "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048"';

/**
 * Reads a private key in PEM and signs something with it. A key that cannot sign mail is a `fault`: what was
 * expected, what came and what to do. No fault quotes the key.
 */
export function readDkimKey(pem: string): { readonly key: DkimKey } | { readonly fault: string } {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch (error) {
    const got = /PUBLIC KEY-----/.test(pem)
      ? 'a public key'
      : /ENCRYPTED/.test(pem)
        ? 'one that is encrypted'
        : `something that cannot be read (${asError(error).message})`;
    return { fault: `expected a private key in PEM, not encrypted, got ${got}; ${howTo}` };
  }
  const type = privateKey.asymmetricKeyType;
  if (type !== 'rsa' && type !== 'ed25519') {
    return { fault: `expected an RSA or Ed25519 key, got one of type ${type ?? 'unknown'}; ${howTo}` };
  }
  const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (type === 'rsa' && bits < leastRsaBits) {
    return {
      fault: `expected an RSA key of 2048 bits (at least ${leastRsaBits}), got one of ${bits}; ${howTo}`,
    };
  }
  try {
    const publicKey = createPublicKey(privateKey);
    const digest = type === 'rsa' ? 'sha256' : null;
    const probe = Buffer.from('a mail');
    if (!verify(digest, probe, publicKey, sign(digest, probe, privateKey))) {
      return { fault: `expected a key whose two halves belong together, got one whose do not; ${howTo}` };
    }
    const algorithm = type === 'rsa' ? 'rsa-sha256' : 'ed25519-sha256';
    return { key: { algorithm, privateKey, publicKey } };
  } catch (error) {
    return { fault: `expected a key that can sign, got: ${asError(error).message}; ${howTo}` };
  }
}

/** The TXT record at `<selector>._domainkey.<domain>` that lets others check (RFC 6376 section 3.6.1). */
export function dkimRecord({ algorithm, publicKey }: Pick<DkimKey, 'algorithm' | 'publicKey'>): string {
  if (algorithm === 'ed25519-sha256') {
    // The last 32 bytes of the DER form are the key itself, which is what RFC 8463 section 4.2 asks for.
    const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
    return `v=DKIM1; k=ed25519; p=${raw.toString('base64')}`;
  }
  return `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;
}
