import type { LookupAddress, LookupAllOptions } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { secondMs } from '../domain/time.ts';
import { asError } from '../errors.ts';
import { bareHost, publicLookup, type FindAddresses } from '../sources/public-address.ts';

const nameTimeoutMs = 3 * secondMs;

/**
 * How a client finds the addresses of servers that strangers named: by DNS over sockets of its own, with one try of
 * three seconds, and refused where one of them is private. The system's way has four threads for the whole process,
 * and a name whose servers are silent holds one for half a minute. Only names that the operator allowed go that way,
 * for they may stand in the machine's own files.
 */
export function lookupFor(
  allowedHosts: ReadonlySet<string>,
  nameServers: readonly string[] = [],
): LookupFunction {
  const resolver = new Resolver({ timeout: nameTimeoutMs, tries: 1 });
  if (nameServers.length > 0) resolver.setServers(nameServers);
  const allowed = publicLookup(allowedHosts);
  const strangers = publicLookup(new Set(), byDns(resolver));
  return (host, options, callback) =>
    (allowedHosts.has(bareHost(host)) ? allowed : strangers)(host, options, callback);
}

function byDns(resolver: Resolver): FindAddresses {
  return callbackify(async (host: string, { family }: LookupAllOptions): Promise<LookupAddress[]> => {
    // RFC 6761 section 6.3: no name server is asked for these.
    if (/(?:^|\.)localhost\.?$/i.test(host)) return [{ address: '127.0.0.1', family: 4 }];
    const [only4, only6] = [family === 4 || family === 'IPv4', family === 6 || family === 'IPv6'];
    const answers = await Promise.allSettled([
      ...(only6 ? [] : [addressesOf(resolver.resolve4(host), 4)]),
      ...(only4 ? [] : [addressesOf(resolver.resolve6(host), 6)]),
    ]);
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    const [failed] = answers.filter((answer) => answer.status === 'rejected');
    if (found.length === 0 && failed) throw asError(failed.reason);
    return found;
  });
}

async function addressesOf(names: Promise<readonly string[]>, family: 4 | 6): Promise<LookupAddress[]> {
  return (await names).map((address) => ({ address, family }));
}
