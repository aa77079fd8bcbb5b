import { isAddress } from '../domain/subscriber.ts';
import { verpToken } from '../domain/verp.ts';
import type { MessageParts } from './message-parts.ts';

/** Addresses of ours that mail comes in at. */
export interface InboundAddresses {
  /** The base of envelope senders (`bounces@example.org`): a bounce comes to it with a token behind a `+`. */
  readonly bounces?: string;
  /** The base of `mailto:` in List-Unsubscribe (RFC 2369). */
  readonly unsubscribe?: string;
  /** More that take mail, such as the one that feedback loops write to. */
  readonly others?: readonly string[];
}

/** Whom of ours a mail names. */
export interface Addressee {
  /** What stood behind the `+` of the bounce address. */
  readonly bounceToken?: string;
  /** What stood behind the `+` of the unsubscribe address, or behind the word in the subject. */
  readonly unsubscribeToken?: string;
  /** Whether it was sent to the unsubscribe address. */
  readonly isUnsubscribe: boolean;
}

/** Headers that tell to which of our addresses a mail was delivered, where the envelope is lost. */
const addresseeHeaders = ['delivered-to', 'x-original-to', 'envelope-to', 'x-delivered-to', 'to', 'cc'];

/**
 * Whom a mail is for: by its envelope, and where that is not known by its headers, and by the return path of the mail
 * that came back. A token is what somebody wrote, and proves nothing before it is verified.
 */
export function addresseeOf(
  parts: Pick<MessageParts, 'headers' | 'subject' | 'original'>,
  envelopeTo: readonly string[],
  { bounces, unsubscribe }: InboundAddresses,
): Addressee {
  const inHeaders = addresseeHeaders.flatMap((name) => parts.headers.get(name) ?? []).flatMap(addressesIn);
  const returnPaths = [...(parts.original ?? '').slice(0, 20_000).matchAll(/^return-path[ \t]*:(.*)$/gim)];
  const to = envelopeTo.length > 0 ? envelopeTo : inHeaders;
  const bounceToken =
    bounces === undefined
      ? undefined
      : [...to, ...inHeaders, ...returnPaths.flatMap(([, value]) => addressesIn(value ?? ''))]
          .map((address) => verpToken(address, bounces))
          .find((token) => token !== undefined);
  const inAddress =
    unsubscribe === undefined
      ? undefined
      : to.map((address) => subAddress(address, unsubscribe)).find((token) => token !== undefined);
  const unsubscribeToken = inAddress || subjectToken(parts.subject);
  return {
    ...(bounceToken !== undefined && { bounceToken }),
    ...(unsubscribeToken !== undefined && unsubscribeToken !== '' && { unsubscribeToken }),
    isUnsubscribe: inAddress !== undefined,
  };
}

/** Whether mail to the address is taken: our bases with or without a token, and the others as they are. */
export function takesMailFor(address: string, addresses: InboundAddresses): boolean {
  const { bounces, unsubscribe, others = [] } = addresses;
  const bases = [bounces, unsubscribe].filter((base) => base !== undefined);
  if (bases.some((base) => subAddress(address, base) !== undefined)) return true;
  return others.some((other) => other.toLowerCase() === address.trim().toLowerCase());
}

/**
 * What stands behind the `+` of an address with this base (RFC 5233), its letters as they are; '' for the base itself,
 * undefined for other addresses.
 */
function subAddress(address: string, base: string): string | undefined {
  const at = base.lastIndexOf('@');
  const [local, domain] = [base.slice(0, at).toLowerCase(), base.slice(at).toLowerCase()];
  const trimmed = address.trim();
  const lower = trimmed.toLowerCase();
  if (lower === `${local}${domain}`) return '';
  if (!lower.startsWith(`${local}+`) || !lower.endsWith(domain)) return undefined;
  const token = trimmed.slice(local.length + 1, trimmed.length - domain.length);
  return /^[\w.-]{1,100}$/.test(token) ? token : undefined;
}

/** `unsubscribe TOKEN`, as the `mailto:` of List-Unsubscribe fills it in. */
function subjectToken(subject: string): string | undefined {
  return /^\s*(?:re:\s*)?unsubscribe\s+([\w.-]{20,100})\s*$/i.exec(subject)?.[1];
}

function addressesIn(value: string): readonly string[] {
  return value
    .slice(0, 10_000)
    .split(/[\s<>,;"]+/)
    .filter((word) => isAddress(word));
}
