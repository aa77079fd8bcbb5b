import type { DkimConfig } from '../../config/mail-config.ts';
import { dkimRecord, readDkimKey } from '../../config/dkim-key.ts';
import { checkDmarc } from './dmarc.ts';
import { tagsOf, type Lookup } from './lookup.ts';
import { checkSpf } from './spf.ts';
import { fault, ok, unanswered, warning, type CheckFinding } from './finding.ts';

export interface SenderDomains {
  /** Domain of the From field. */
  readonly from: string;
  /** Domain of the envelope sender. */
  readonly envelope: string;
  readonly dkim: readonly DkimConfig[];
}

/** What the world finds about the sender in DNS: SPF, DKIM, DMARC, and whether bounces find their way. */
export async function checkSenderDns(
  { from, envelope, dkim }: SenderDomains,
  lookup: Lookup,
): Promise<readonly CheckFinding[]> {
  const found: CheckFinding[] = [await checkSpf(envelope, lookup)];
  for (const key of dkim) found.push(await checkDkim(key, lookup));
  found.push(...(await checkDmarc({ from, envelope, signers: dkim.map(({ domain }) => domain) }, lookup)));
  for (const domain of new Set([envelope, from])) found.push(await checkMx(domain, lookup));
  return found;
}

/** Whether the published key is the half that belongs to ours (RFC 6376 section 3.6.1). */
export async function checkDkim(
  { domain, selector, privateKey }: DkimConfig,
  lookup: Lookup,
): Promise<CheckFinding> {
  const name = `${selector}._domainkey.${domain}`;
  const check = `DKIM key ${name}`;
  const read = readDkimKey(privateKey);
  if ('fault' in read)
    return fault(check, 'a key of ours that signs', read.fault, 'give mail.dkim another key');
  const record = dkimRecord(read.key);
  const expected = `a TXT record ${record.length > 120 ? `${record.slice(0, 119)}…` : record}`;
  const answer = await lookup.txt(name);
  if ('unanswered' in answer) return unanswered(check, expected, answer.unanswered);
  const advice = `publish at ${name}, type TXT: ${record}`;
  const keys = answer.filter((text) => /(?:^|;)\s*p\s*=/.test(text));
  const [published, ...others] = keys;
  if (published === undefined) return fault(check, expected, 'no such record', advice);
  if (others.length > 0) return fault(check, expected, `${keys.length} records`, `leave one; ${advice}`);
  const tags = tagsOf(published);
  const p = (tags.get('p') ?? '').replace(/\s+/g, '');
  if (p === '') return fault(check, expected, 'a key that was withdrawn (p= is empty)', advice);
  if (p !== tagsOf(record).get('p')) {
    return fault(
      check,
      expected,
      `another key: p=${p.slice(0, 24)}…`,
      `${advice}, or sign with the key that is published`,
    );
  }
  if ((tags.get('t') ?? '').split(':').includes('y')) {
    return warning(
      check,
      expected,
      'that key, marked as a test (t=y)',
      'remove t=y: receivers may pass over it',
    );
  }
  const bits = read.key.privateKey.asymmetricKeyDetails?.modulusLength ?? 2048;
  if (bits < 2048) {
    return warning(check, expected, `that key, of ${bits} bits`, 'make one of 2048 bits (RFC 8301)');
  }
  return ok(check, expected, 'that key');
}

/** Whether somebody takes mail for the domain (RFC 5321 section 5.1; RFC 7505 says nobody). */
export async function checkMx(domain: string, lookup: Lookup): Promise<CheckFinding> {
  const check = `MX of ${domain}`;
  const expected = 'a server that takes bounces and answers';
  const answer = await lookup.mx(domain);
  if ('unanswered' in answer) return unanswered(check, expected, answer.unanswered);
  const exchanges = answer.map(({ exchange }) => exchange);
  if (exchanges.some((exchange) => exchange === '' || exchange === '.')) {
    return fault(
      check,
      expected,
      'a record that says nobody takes mail',
      'publish an MX record, or send from another domain',
    );
  }
  if (exchanges.length > 0) {
    const reachable = await Promise.all(exchanges.map((exchange) => lookup.addresses(exchange)));
    const isThere = reachable.some((addresses) => !('unanswered' in addresses) && addresses.length > 0);
    return isThere
      ? ok(check, expected, exchanges.join(', '))
      : fault(
          check,
          expected,
          `${exchanges.join(', ')} without an address`,
          'publish an A or AAAA record of it',
        );
  }
  const addresses = await lookup.addresses(domain);
  if (!('unanswered' in addresses) && addresses.length > 0) {
    return warning(
      check,
      expected,
      'no MX record, only an address',
      'publish an MX record: some receivers refuse without',
    );
  }
  return fault(
    check,
    expected,
    'no MX record and no address',
    'publish an MX record of the server that takes its mail',
  );
}

/** Whether the address of a sending server has a name that leads back to it, as Gmail and others ask. */
export async function checkReverse(host: string, lookup: Lookup): Promise<CheckFinding> {
  const check = `name of ${host}`;
  const expected = 'addresses whose names lead back to them';
  const addresses = await lookup.addresses(host);
  if ('unanswered' in addresses) return unanswered(check, expected, addresses.unanswered);
  if (addresses.length === 0)
    return fault(check, expected, 'no address', 'look at host: there is no such server');
  const lost: string[] = [];
  for (const address of addresses) {
    const names = await lookup.names(address);
    if ('unanswered' in names) return unanswered(check, expected, names.unanswered);
    const back = await Promise.all(names.map((name) => lookup.addresses(name)));
    if (!back.some((found) => !('unanswered' in found) && found.includes(address))) lost.push(address);
  }
  return lost.length === 0
    ? ok(check, expected, addresses.join(', '))
    : warning(
        check,
        expected,
        `${lost.join(', ')} without`,
        'if it sends to readers itself, ask who runs the network for a PTR record, and publish its name',
      );
}
