import { domainToASCII } from 'node:url';
import { isAddress } from '../domain/subscriber.ts';

/** What a sign-up form gets back about an address: it depends on the text alone, never on who is subscribed. */
export type AddressVerdict =
  | { readonly state: 'good'; readonly address: string }
  | { readonly state: 'fault'; readonly text: string };

/** Mailboxes of functions, not of people: RFC 2142 and what else is commonly read by many or by nobody. */
const roleNames = new Set(
  (
    'abuse admin administrator billing bounce bounces daemon devnull dns dmarc hostmaster info listserv ' +
    'mailer-daemon majordomo marketing news no-reply noc noreply nobody null postmaster root sales security ' +
    'spam support sysadmin trouble undisclosed-recipients usenet uucp webmaster www'
  ).split(' '),
);

/** Labels of letters, digits and inner hyphens (RFC 1123 section 2.1); the last one is no number. */
const domainForm =
  /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/;

/**
 * Reads the address of a form: trimmed, in NFC, its domain known to DNS rules (RFC 5891). Addresses of functions, which
 * several people read, and those of `blockedDomains` and their subdomains are refused.
 */
export function readAddress(text: string, blockedDomains: readonly string[] = []): AddressVerdict {
  const address = text.normalize('NFC').trim();
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, at), domainToASCII(address.slice(at + 1))];
  if (!isAddress(address) || !domainForm.test(domain) || Buffer.byteLength(local) > 64) {
    return fault('This is not a mail address we can write to. It should read like ada@example.org.');
  }
  if (roleNames.has(local.toLowerCase().replace(/\+.*$/, ''))) {
    return fault('This address is usually read by several people. Please use one of your own.');
  }
  if (blockedDomains.some((blocked) => domain === blocked || domain.endsWith(`.${blocked}`))) {
    return fault('Addresses of this provider cannot be used here. Please use another one.');
  }
  return { state: 'good', address };
}

function fault(text: string): AddressVerdict {
  return { state: 'fault', text };
}
