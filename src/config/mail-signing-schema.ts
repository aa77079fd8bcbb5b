import { isAddress } from '../domain/subscriber.ts';
import { valueAt, type Finding } from './faults.ts';
import { block, environmentName, parseMailbox, path, text } from './values.ts';

const name = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;

const domain = text(
  'a domain in ASCII such as example.org',
  (value) => name.test(value) && value.includes('.') && value.length <= 253,
).transform((value) => value.toLowerCase());

const selector = text(
  'the selector of the key, such as broadsheet2026',
  (value) => name.test(value) && value.length <= 63,
);

/** A key that signs every mail; where its public half is, DNS says: `<selector>._domainkey.<domain>`. */
export const dkimKey = block({
  domain,
  selector,
  keyEnv: environmentName('DKIM_KEY').optional(),
  keyFile: path.optional(),
});

/** The address that the envelope senders are made of. RFC 5321 allows a local part 64 octets; a token takes 29. */
export const bounceAddress = text(
  'a mail address such as bounces@example.org, with at most 35 characters before the @',
  (value) => isAddress(value) && /^[\x21-\x7e]+$/.test(value) && value.lastIndexOf('@') <= 35,
);

/** Keys without a place, one key twice, and domains that do not vouch for the sender (RFC 7489, alignment). */
export function dkimFindings(value: unknown): readonly Finding[] {
  const keys = valueAt(value, ['mail', 'dkim']);
  if (!Array.isArray(keys)) return [];
  const from = valueAt(value, ['mail', 'from']);
  const sender =
    typeof from === 'string' ? parseMailbox(from).address.split('@').at(-1)?.toLowerCase() : undefined;
  const seen = new Set<string>();
  return keys.flatMap((_, index): Finding[] => {
    const at = (key: string): unknown => valueAt(keys, [index, key]);
    const finding = (key: string, message: string, part: Finding['part'] = 'value'): Finding => ({
      path: ['mail', 'dkim', index, key],
      part,
      message,
    });
    const found: Finding[] = [];
    if (at('keyEnv') === undefined && at('keyFile') === undefined) {
      found.push(finding('keyFile', 'missing; add keyFile or keyEnv: the private key in PEM', 'key'));
    }
    const [keyDomain, keySelector] = [at('domain'), at('selector')];
    if (typeof keyDomain !== 'string' || typeof keySelector !== 'string') return found;
    const record = `${keySelector}._domainkey.${keyDomain}`.toLowerCase();
    if (seen.has(record)) {
      found.push(finding('selector', `expected one key a selector, got ${record} twice; remove one`));
    }
    seen.add(record);
    const isAligned = sender === undefined || `.${sender}`.endsWith(`.${keyDomain.toLowerCase()}`);
    if (!isAligned) {
      const message = `expected the domain of mail.from (${sender}) or one above it, got ${keyDomain}; change one of them`;
      found.push(finding('domain', message));
    }
    return found;
  });
}
