import { BlockList, isIP } from 'node:net';
import { isPrivateAddress } from '../sources/public-address.ts';

/** What of a request tells who asks. */
export interface ClientRequest {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Names the client of a request; undefined for one of this machine or network, of which no limit is kept. */
export type ClientReader = (request: ClientRequest) => string | undefined;

/** So many answers are remembered: a client asks more than once. */
const mostRemembered = 10_000;
/** Room for three proxies. Who sends a longer header is read anew each time, or 16 KB of each would be kept. */
const longestRemembered = 200;

/**
 * The client by its address: an IPv4 address, or the first 64 bits of an IPv6 one, which is what one subscriber of a
 * network gets (RFC 6177). `X-Forwarded-For` counts only as far as trusted proxies wrote it: from its right end, each
 * of their addresses is taken away, and the next one is the client. `trustedProxies` are addresses and networks
 * (`10.0.0.0/8`).
 */
export function clientReader(trustedProxies: readonly string[]): ClientReader {
  const trusted = new BlockList();
  for (const proxy of trustedProxies) {
    const [address = '', bits] = proxy.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  const isTrusted = (address: string): boolean =>
    trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  const remembered = new Map<string, string | undefined>();

  return ({ socket, headers }) => {
    const peer = plainAddress(socket.remoteAddress ?? '');
    const forwarded = headers['x-forwarded-for'];
    const asked = `${peer} ${typeof forwarded === 'string' ? forwarded : ''}`;
    if (remembered.has(asked)) return remembered.get(asked);
    const client = clientOf(peer, typeof forwarded === 'string' ? forwarded.split(',') : [], isTrusted);
    if (asked.length > longestRemembered) return client;
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(asked, client);
    return client;
  };
}

function clientOf(
  peer: string,
  forwarded: readonly string[],
  isTrusted: (address: string) => boolean,
): string | undefined {
  let client = peer;
  for (const entry of forwarded.toReversed()) {
    const address = plainAddress(entry.trim());
    if (isIP(client) === 0 || !isTrusted(client) || isIP(address) === 0) break;
    client = address;
  }
  if (isIP(client) === 0 || isPrivateAddress(client)) return undefined;
  return isIP(client) === 6 ? first64Bits(client) : client;
}

/** Without brackets, port and zone; an IPv4 address mapped into IPv6 as what it is. */
function plainAddress(text: string): string {
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d+$/, '$1');
  return bare.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
}

function first64Bits(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  // An IPv4 address at the end stands for two groups.
  const missing = 8 - groups.length - last.length - (address.includes('.') ? 1 : 0);
  const all = [...groups, ...Array.from({ length: tail === undefined ? 0 : missing }, () => '0'), ...last];
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
