import { domainToASCII } from 'node:url';

/** Who runs the mailboxes of a domain, where many domains share one operator and with it one limit. */
const operators: Readonly<Record<string, readonly string[]>> = {
  google: ['gmail.com', 'googlemail.com'],
  microsoft: ['outlook.*', 'hotmail.*', 'live.*', 'msn.com', 'passport.com'],
  yahoo: ['yahoo.*', 'ymail.com', 'rocketmail.com', 'aol.com', 'aol.*', 'verizon.net'],
  icloud: ['icloud.com', 'me.com', 'mac.com'],
};

/** The domain of an address in ASCII (RFC 5891), lower case. */
export function domainOf(address: string): string {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  return domainToASCII(domain) || domain;
}

/**
 * Under which name an address is counted when mail is slowed down: the operator of its mailboxes where that is
 * one of the large ones, else the domain itself. By the name of the domain alone: who else keeps mail with an
 * operator is not looked up.
 */
export function mailDomainKey(address: string): string {
  const domain = domainOf(address);
  const [operator] =
    Object.entries(operators).find(([, patterns]) => patterns.some((pattern) => fits(domain, pattern))) ?? [];
  return operator ?? domain;
}

/** `outlook.*` is outlook.com and outlook.co.uk, never mail.outlook.com. */
function fits(domain: string, pattern: string): boolean {
  if (!pattern.endsWith('.*')) return domain === pattern;
  const stem = pattern.slice(0, -1);
  return domain.startsWith(stem) && /^[a-z]{2,3}(?:\.[a-z]{2})?$/.test(domain.slice(stem.length));
}
