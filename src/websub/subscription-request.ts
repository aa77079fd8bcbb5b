import { bareHost, isPrivateAddress } from '../sources/public-address.ts';
import { hostOf } from './hub.ts';

/** A well-formed request of a subscriber (W3C WebSub section 5.1). */
export interface SubscriptionRequest {
  readonly mode: 'subscribe' | 'unsubscribe';
  /** Absolute http(s), normalised. */
  readonly callback: string;
  readonly host: string;
  readonly topic: string;
  /** Held between a day and thirty days. */
  readonly leaseSeconds: number;
  readonly secret?: string;
}

const daySeconds = 86_400;
const leaseLimits = { least: daySeconds, most: 30 * daySeconds, unasked: 10 * daySeconds };
const maxAddressLength = 2048;
/** "This parameter MUST be less than 200 bytes in length" (section 5.1). */
const maxSecretBytes = 199;

/**
 * The request in the fields of a form, or a plain sentence on what is wrong with it. Fields that the hub does not
 * know are passed over, as the standard asks. `allowedHosts` may have private addresses.
 */
export function readRequest(
  form: URLSearchParams,
  allowedHosts: readonly string[],
): { readonly request: SubscriptionRequest } | { readonly fault: string } {
  const known = ['hub.mode', 'hub.callback', 'hub.topic', 'hub.lease_seconds', 'hub.secret'];
  const repeated = known.find((name) => form.getAll(name).length > 1);
  if (repeated !== undefined) return { fault: `Expected ${repeated} once; it is there more than once.` };

  const mode = form.get('hub.mode');
  if (mode === 'publish') {
    return { fault: 'This hub knows by itself when its feeds change: hub.mode=publish is not needed.' };
  }
  if (mode !== 'subscribe' && mode !== 'unsubscribe') {
    return { fault: 'Expected hub.mode to be subscribe or unsubscribe.' };
  }
  const callback = form.get('hub.callback') ?? '';
  const callbackFault = faultOfCallback(callback, allowedHosts);
  if (callbackFault !== undefined) return { fault: callbackFault };
  const topic = form.get('hub.topic') ?? '';
  if (topic === '' || topic.length > maxAddressLength) {
    return { fault: `Expected hub.topic: the address of a feed, of at most ${maxAddressLength} characters.` };
  }
  const lease = form.get('hub.lease_seconds') ?? '';
  if (!/^\d{0,15}$/.test(lease))
    return { fault: 'Expected hub.lease_seconds to be a whole number of seconds.' };
  const secret = form.get('hub.secret') ?? '';
  if (Buffer.byteLength(secret) > maxSecretBytes) {
    return {
      fault: `Expected hub.secret to be less than ${maxSecretBytes + 1} bytes long; it has ${Buffer.byteLength(secret)}.`,
    };
  }
  const { href } = new URL(callback);
  return {
    request: {
      mode,
      callback: href,
      host: hostOf(href),
      topic,
      leaseSeconds: lease === '' ? leaseLimits.unasked : clampedLease(Number(lease)),
      ...(secret !== '' && { secret }),
    },
  };
}

function clampedLease(seconds: number): number {
  return Math.min(leaseLimits.most, Math.max(leaseLimits.least, seconds));
}

function faultOfCallback(callback: string, allowedHosts: readonly string[]): string | undefined {
  const url = callback.length <= maxAddressLength && URL.canParse(callback) ? new URL(callback) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    return `Expected hub.callback: an absolute http or https address of at most ${maxAddressLength} characters.`;
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    return 'Expected hub.callback to be an address without user, password and fragment.';
  }
  const host = bareHost(url.hostname);
  if (isPrivateAddress(host) && !allowedHosts.map(bareHost).includes(host)) {
    return `Expected hub.callback to be a public address; ${host} is private.`;
  }
  return undefined;
}
