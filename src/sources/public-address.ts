import { lookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { SourceError } from '../errors.ts';

/** IANA special-purpose registries (RFC 6890): everything that is not reachable on the public Internet. */
const specialIPv4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/** Inside 2000::/3, but they carry or stand for another address (Teredo, 6to4) or for none (documentation). */
const specialIPv6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

const privateRanges = new BlockList();
for (const [network, bits] of specialIPv4) privateRanges.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of specialIPv6) privateRanges.addSubnet(network, bits, 'ipv6');

const mappedIPv4 = new BlockList();
mappedIPv4.addSubnet('::ffff:0:0', 96, 'ipv6');

const globalIPv6 = new BlockList();
globalIPv6.addSubnet('2000::', 3, 'ipv6');

/**
 * Whether an IP address (without brackets) is not a public one: loopback, private, link-local, multicast,
 * documentation and the like, also as an IPv4 address mapped into IPv6. False for a text that is no address.
 */
export function isPrivateAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return privateRanges.check(address, 'ipv4');
    case 6:
      if (mappedIPv4.check(address, 'ipv6')) return privateRanges.check(address, 'ipv6');
      return !globalIPv6.check(address, 'ipv6') || privateRanges.check(address, 'ipv6');
    default:
      return false;
  }
}

/** One spelling of a host: lower case, an IPv6 address without brackets. */
export function bareHost(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$/g, '');
}

/** The address to ask: http or https, and no private IP address unless its host is allowed. Throws `SourceError`. */
export function checkedUrl(text: string, allowedHosts: ReadonlySet<string>): URL {
  if (!URL.canParse(text))
    throw new SourceError(
      'unreachable',
      `Expected an absolute address; got "${text}". Check the base URL of the source.`,
    );
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new SourceError(
      'unreachable',
      `Expected an http or https address; got ${url.href}. Check the base URL of the source.`,
    );
  }
  const host = bareHost(url.hostname);
  if (isPrivateAddress(host) && !allowedHosts.has(host)) throw privateAddress(host, host);
  return url;
}

function privateAddress(host: string, address: string): SourceError {
  return new SourceError(
    'private-address',
    `Expected a public address for ${host}; got ${address}, which is private. If that is meant, name the host in the configuration.`,
  );
}

/** Finds all addresses of a name, in the manner of `dns.lookup`. */
export type FindAddresses = (
  host: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Resolves a name as the system does, or by `find`, and refuses it when any of its addresses is private and the host is not allowed.
 * Used for making the connection, so that no second look-up can say something else.
 */
export function publicLookup(
  allowedHosts: ReadonlySet<string>,
  find: FindAddresses = lookup,
): LookupFunction {
  return (host, options, callback) => {
    find(host, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const [first] = addresses ?? [];
      if (error || !first) return callback(error ?? new Error(`no address for ${host}`), '');
      const hidden = addresses.find(({ address }) => isPrivateAddress(address));
      if (hidden && !allowedHosts.has(bareHost(host)))
        return callback(privateAddress(host, hidden.address), '');
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}
