import { hash, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { readDkimKey, type DkimKey } from '../config/dkim-key.ts';
import type { DkimConfig } from '../config/config.ts';
import { UsageError } from '../errors.ts';
import { headerField, type HeaderField } from './header-field.ts';

/** Signs mails, with every key that it was made of. */
export interface DkimSigner {
  /**
   * The DKIM-Signature fields to stand before `fields`, one a key, in the order of the configuration. The same mail
   * gives the same signatures. Rejects when a key does not sign: then the mail must not leave.
   */
  signatures(fields: readonly HeaderField[], body: Uint8Array): Promise<readonly HeaderField[]>;
}

/**
 * Fields to sign where a mail has them, in the order of `h=`. RFC 6376 section 5.4 names the first ones,
 * RFC 8058 section 4 asks for List-Unsubscribe and List-Unsubscribe-Post. Some are named once more than they
 * occur, so that nobody can add another one (RFC 6376 section 8.15).
 */
const signedFields = (
  [
    ['From', 'once more'],
    ['To', 'once more'],
    ['Reply-To', 'once more'],
    ['Subject', 'once more'],
    ['Date', 'once more'],
    ['Message-ID', 'as often'],
    ['MIME-Version', 'as often'],
    ['Content-Type', 'once more'],
    ['List-Id', 'as often'],
    ['List-Unsubscribe', 'once more'],
    ['List-Unsubscribe-Post', 'once more'],
    ['List-Help', 'as often'],
    ['List-Subscribe', 'as often'],
    ['List-Owner', 'as often'],
    ['List-Archive', 'as often'],
    ['List-Post', 'as often'],
    ['Feedback-ID', 'as often'],
  ] as const
).map(([name, times]) => ({ name, key: name.toLowerCase(), times }));

interface Signer extends DkimKey {
  readonly domain: string;
  readonly selector: string;
}

const signInPool = promisify(
  (
    algorithm: string | null,
    data: Uint8Array,
    key: KeyObject,
    done: (error: Error | null, signature: Buffer) => void,
  ) => sign(algorithm, data, key, done),
);

/**
 * Signs by RFC 6376 with relaxed/relaxed canonicalisation, RSA (rsa-sha256) and Ed25519 (RFC 8463). Bodies have to
 * be their own relaxed form. Every key is tried here: throws UsageError for one that cannot sign.
 */
export function createDkimSigner(keys: readonly DkimConfig[]): DkimSigner {
  const signers = keys.map(({ domain, selector, privateKey }): Signer => {
    const read = readDkimKey(privateKey);
    if ('fault' in read) throw new UsageError(`the DKIM key ${selector} of ${domain}: ${read.fault}`);
    return { domain, selector, ...read.key };
  });
  return {
    async signatures(fields, body) {
      const bodyHash = hash('sha256', body, 'base64');
      const { names, relaxed } = chosen(fields);
      return Promise.all(signers.map((signer) => signature(signer, names, relaxed, bodyHash)));
    },
  };
}

/** The names for `h=`, and the fields that stand behind them. */
function chosen(fields: readonly HeaderField[]) {
  const names: string[] = [];
  let relaxed = '';
  for (const { name, key, times } of signedFields) {
    // From the last one up, as section 5.4.2 has it.
    for (let at = fields.length - 1; at >= 0; at -= 1) {
      const field = fields[at];
      if (field?.key !== key) continue;
      names.push(name);
      relaxed += `${field.relaxed}\r\n`;
    }
    if (times === 'once more') names.push(name);
  }
  return { names: listed(names), relaxed };
}

async function signature(
  { algorithm, domain, selector, privateKey }: Signer,
  names: string,
  relaxed: string,
  bodyHash: string,
): Promise<HeaderField> {
  const unsigned = [
    `DKIM-Signature: v=1; a=${algorithm}; c=relaxed/relaxed; d=${domain};`,
    `s=${selector};`,
    names,
    `bh=${bodyHash};`,
    'b=',
  ].join('\r\n ');
  const data = Buffer.from(relaxed + headerField(unsigned).relaxed, 'utf8');
  const bytes =
    algorithm === 'rsa-sha256'
      ? await signInPool('sha256', data, privateKey)
      : await signInPool(null, hash('sha256', data, 'buffer'), privateKey);
  const value = bytes.toString('base64').match(/.{1,72}/g) ?? [];
  return headerField(unsigned + value.join('\r\n '));
}

const lists = new Map<string, string>();

/** `h=` with its names, folded after a colon, where white space does not count. Mails of a digest share a few of them. */
function listed(names: readonly string[]): string {
  const key = names.join(':');
  const known = lists.get(key);
  if (known !== undefined) return known;
  const folded = `h=${key};`.replace(/(.{20,70}[:;])(?=.)/g, '$1\r\n ');
  if (lists.size < 100) lists.set(key, folded);
  return folded;
}
