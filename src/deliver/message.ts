import MailComposer from 'nodemailer/lib/mail-composer';
import { encodeWord } from 'nodemailer/lib/mime-funcs';
import type { Delivery } from '../domain/delivery.ts';
import type { Edition } from '../domain/edition.ts';
import { plainLine } from '../domain/paper.ts';
import type { Site } from '../domain/site.ts';
import { domainOf } from './prepare.ts';
import type { OutgoingMessage } from './transport.ts';

/** A mailbox of RFC 5322 section 3.4. */
export interface Mailbox {
  readonly name?: string;
  readonly address: string;
}

export interface MessageParts {
  readonly delivery: Pick<Delivery, 'address' | 'name' | 'messageId'>;
  readonly edition: Pick<Edition, 'digest' | 'digestName' | 'editionDate' | 'publishedAt'>;
  readonly site: Pick<Site, 'baseUrl' | 'contact'>;
  readonly from: Mailbox;
  readonly replyTo?: Mailbox;
  /** Names the one subscription that the mail's unsubscribe link ends. */
  readonly unsubscribeToken: string;
  readonly body: { readonly subject: string; readonly html: string; readonly text: string };
}

/** The page that ends the subscription, and the address of the one-click POST (RFC 8058). */
export function unsubscribeUrl(site: Pick<Site, 'baseUrl'>, token: string): string {
  return new URL(`u/${token}`, site.baseUrl).href;
}

/**
 * The whole mail. The same parts give the same bytes: Message-ID, Date and boundaries come from the
 * delivery and its edition. Headers of an announce list by RFC 2369, 2919 and 8058; the one-click field
 * only with an https address, as RFC 8058 section 3.1 asks. A line break in a name or a subject becomes
 * a space. Reads no file and no URL.
 */
export async function buildMessage(parts: MessageParts): Promise<OutgoingMessage> {
  const { delivery, edition, from, replyTo, body } = parts;
  const key = delivery.messageId.slice(1, delivery.messageId.indexOf('@'));
  const raw = await new MailComposer({
    from: mailbox(from),
    to: mailbox(delivery),
    ...(replyTo && { replyTo: mailbox(replyTo) }),
    subject: plainLine(body.subject),
    messageId: delivery.messageId,
    date: new Date(edition.publishedAt),
    text: body.text,
    html: body.html,
    headers: listHeaders(parts),
    textEncoding: 'quoted-printable',
    baseBoundary: key,
    newline: '\r\n',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
  return {
    from: from.address,
    to: delivery.address,
    key: `${edition.editionDate}-${edition.digest}-${key}`,
    raw,
  };
}

function mailbox({ name, address }: Mailbox): string | { name: string; address: string } {
  const shown = plainLine((name ?? '').replace(/\p{Cc}/gu, ' '));
  return shown === '' ? address : { name: shown, address };
}

function listHeaders({ edition, site, from, replyTo, unsubscribeToken }: MessageParts) {
  const listName = plainLine(edition.digestName.replace(/[\p{Cc}"\\]/gu, ' '));
  const phrase = /^[\x20-\x7e]*$/.test(listName) ? `"${listName}"` : encodeWord(listName, 'Q', 52);
  const oneClick = unsubscribeUrl(site, unsubscribeToken);
  const contact = site.contact ?? replyTo?.address;
  const mailto =
    contact === undefined ? undefined : `mailto:${encodeURIComponent(contact).replace('%40', '@')}`;
  const ways = [
    oneClick,
    ...(mailto === undefined ? [] : [`${mailto}?subject=unsubscribe%20${unsubscribeToken}`]),
  ];
  return [
    field('List-Id', `${phrase} <${edition.digest}.${domainOf(from.address)}>`),
    field('List-Unsubscribe', ways.map((way) => `<${way}>`).join(',\r\n '), false),
    ...(oneClick.startsWith('https:') ? [field('List-Unsubscribe-Post', 'List-Unsubscribe=One-Click')] : []),
    field('List-Archive', `<${new URL('archive/', site.baseUrl).href}>`),
    field('List-Help', `<${mailto === undefined ? new URL(site.baseUrl).href : `${mailto}?subject=help`}>`),
    ...(mailto === undefined ? [] : [field('List-Owner', `<${mailto}>`)]),
    field('List-Post', 'NO'),
    field('Feedback-ID', `${edition.editionDate}:list-${edition.digest}:edition:broadsheet`),
    field('Precedence', 'bulk'),
    field('X-Auto-Response-Suppress', 'OOF, AutoReply'),
  ];
}

/**
 * A field in its final form, folded at spaces where it is long. The folding leaves an empty first line
 * before a value without spaces, which breaks DKIM checks here and there: List-Unsubscribe folds itself.
 */
function field(key: string, value: string, foldLines = true) {
  return { key, value: { prepared: true, foldLines, value } };
}
