import { encodeWord, foldLines } from 'nodemailer/lib/mime-funcs';
import type { Edition } from '../domain/edition.ts';
import { plainLine } from '../domain/paper.ts';
import { siteUrl, type Site } from '../domain/site.ts';
import { headerField, type HeaderField } from './header-field.ts';
import { domainOf } from '../domain/mail-domain.ts';

type ListSite = Pick<Site, 'baseUrl' | 'contact'>;

/**
 * The fields of an announce list that all its mails share: RFC 2919 (List-Id), RFC 2369 (List-*), RFC 8058. The
 * one-click field stands only beside an https address, as RFC 8058 section 3.1 asks. Feedback-ID groups complaints
 * at Gmail: no part of it names a reader or repeats another. X-Auto-Response-Suppress is not `All`, which some
 * servers take as a wish for no bounces.
 */
export function listFields(
  edition: Pick<Edition, 'digest' | 'digestName' | 'editionDate'>,
  site: ListSite,
  { from, replyTo }: { readonly from: { address: string }; readonly replyTo?: { address: string } },
): readonly HeaderField[] {
  const domain = domainOf(from.address);
  const mailto = contactAddress(site, replyTo?.address);
  const home = siteUrl(site, '');
  return [
    field('List-Id', `${phrase(edition.digestName)} <${edition.digest}.${domain}>`),
    ...(home.startsWith('https:') ? [field('List-Unsubscribe-Post', 'List-Unsubscribe=One-Click')] : []),
    field('List-Help', `<${mailto === undefined ? home : `${mailto}?subject=help`}>`),
    ...(mailto === undefined
      ? []
      : [field('List-Subscribe', `<${mailto}?subject=subscribe%20${edition.digest}>`)]),
    ...(mailto === undefined ? [] : [field('List-Owner', `<${mailto}>`)]),
    field('List-Archive', `<${siteUrl(site, 'archive/')}>`),
    field('List-Post', 'NO'),
    field('Feedback-ID', `${edition.editionDate}:list-${edition.digest}:edition:${senderId(domain)}`),
    field('Precedence', 'bulk'),
    field('X-Auto-Response-Suppress', 'OOF, AutoReply'),
  ];
}

/** The page that ends the subscription, and the address of the one-click POST (RFC 8058). */
export function unsubscribeUrl(site: Pick<Site, 'baseUrl'>, token: string): string {
  return siteUrl(site, `u/${token}`);
}

/**
 * The two ways to leave, in one field: the address of the one-click POST, and a mail whose subject carries the token.
 * Each stands whole on its line: an empty first line, which folding at spaces leaves, breaks DKIM checks here and there.
 */
export function unsubscribeField(site: ListSite, token: string, replyTo: string | undefined): HeaderField {
  const mailto = contactAddress(site, replyTo);
  const byMail = mailto === undefined ? '' : `,\r\n <${mailto}?subject=unsubscribe%20${token}>`;
  return headerField(`List-Unsubscribe: <${unsubscribeUrl(site, token)}>${byMail}`);
}

function contactAddress(site: ListSite, replyTo: string | undefined): string | undefined {
  const contact = site.contact ?? replyTo;
  return contact === undefined ? undefined : `mailto:${encodeURIComponent(contact).replace('%40', '@')}`;
}

/** A display name of RFC 5322 in any script. */
function phrase(name: string): string {
  const line = plainLine(name.replace(/[\p{Cc}"\\]/gu, ' '));
  return /^[\x20-\x7e]*$/.test(line) ? `"${line}"` : encodeWord(line, 'Q', 52);
}

/** Five to fifteen characters that stay the same for all mail of a domain. */
function senderId(domain: string): string {
  return domain
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 15)
    .padEnd(5, '0');
}

function field(name: string, value: string): HeaderField {
  return headerField(foldLines(`${name}: ${value}`, 76));
}
