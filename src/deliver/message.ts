import MimeNode from 'nodemailer/lib/mime-node';
import type { Delivery } from '../domain/delivery.ts';
import type { Edition } from '../domain/edition.ts';
import { plainLine } from '../domain/paper.ts';
import type { Site } from '../domain/site.ts';
import type { SegmentMail } from '../render/mail/digest-mail.ts';
import type { PersonalValues } from '../render/mail/personal.ts';
import type { DkimSigner } from './dkim.ts';
import { headerField, headerFields, type HeaderField } from './header-field.ts';
import { listFields, unsubscribeField } from './list-fields.ts';
import { mailBuffers, type MailBuffers } from './mail-buffers.ts';
import { contentType, mimeBody } from './mime-body.ts';
import type { OutgoingMessage } from './transport.ts';

/** A mailbox of RFC 5322 section 3.4. */
export interface Mailbox {
  readonly name?: string;
  readonly address: string;
}

/** Who sends, and how. */
export interface Sender {
  readonly from: Mailbox;
  readonly replyTo?: Mailbox;
  /** The envelope sender of a delivery (VERP); without it, the address of `from`. */
  readonly bounceAddress?: (deliveryId: number) => string;
  /** Signs every mail when it is there; a mail that it cannot sign is not made. */
  readonly dkim?: DkimSigner;
}

export interface SegmentParts {
  readonly edition: Pick<Edition, 'digest' | 'digestName' | 'editionDate' | 'publishedAt'>;
  readonly site: Pick<Site, 'baseUrl' | 'contact'>;
  readonly sender: Sender;
  readonly mail: Pick<SegmentMail, 'subject' | 'html' | 'text'>;
}

/** Kept free for the header before the body is written: fields and signatures take three to five kilobytes. */
const headRoom = 16_384;

/** What differs from reader to reader. */
export interface ReaderParts {
  readonly delivery: Pick<Delivery, 'id' | 'address' | 'name' | 'messageId'>;
  /** Names the one subscription that the mail's unsubscribe link ends. */
  readonly unsubscribeToken: string;
  readonly values: PersonalValues;
}

/**
 * Makes the whole mails of one segment: what its readers share is put together and encoded here, once.
 *
 * The same parts give the same bytes: Message-ID and Date come from the delivery and its edition. Fields of
 * an announce list by RFC 2369, 2919 and 8058. A line break in a name or a subject becomes a space. The bytes
 * need no change on the wire: lines end with CRLF, none begins with a dot.
 */
export function segmentMessages(
  parts: SegmentParts,
  buffers: MailBuffers = mailBuffers(),
): (reader: ReaderParts) => Promise<OutgoingMessage> {
  const { edition, site, sender } = parts;
  const shared = sharedFields(parts);
  const writeBody = mimeBody(parts.mail);
  return async ({ delivery, unsubscribeToken, values }) => {
    const key = delivery.messageId.slice(1, delivery.messageId.indexOf('@'));
    const fields = [
      recipientField(delivery),
      headerField(`Message-ID: ${delivery.messageId}`),
      unsubscribeField(site, unsubscribeToken, sender.replyTo?.address),
      ...shared,
    ];
    const body = writeBody(values);
    const buffer = buffers.take(headRoom + body.length);
    const end = headRoom + body.length;
    body.copyTo(buffer, headRoom);
    const signatures = sender.dkim
      ? await sender.dkim.signatures(fields, buffer.subarray(headRoom, end))
      : [];
    const head = `${[...signatures, ...fields].map(({ raw }) => `${raw}\r\n`).join('')}\r\n`;
    const start = headRoom - Buffer.byteLength(head);
    if (start < 0) throw new Error(`expected a header of at most ${headRoom} bytes, got ${headRoom - start}`);
    buffer.write(head, start, 'utf8');
    return {
      from: sender.bounceAddress?.(delivery.id) ?? sender.from.address,
      to: delivery.address,
      key: `${edition.editionDate}-${edition.digest}-${key}`,
      envelopeId: key,
      raw: buffer.subarray(start, end),
      isWireReady: true,
      release: () => buffers.giveBack(buffer),
    };
  };
}

function sharedFields({ edition, site, sender, mail }: SegmentParts): readonly HeaderField[] {
  const node = new MimeNode();
  node.setHeader('From', shown(sender.from));
  if (sender.replyTo) node.setHeader('Reply-To', shown(sender.replyTo));
  node.setHeader('Subject', plainLine(mail.subject));
  node.setHeader('Date', new Date(edition.publishedAt).toUTCString().replace('GMT', '+0000'));
  const written = headerFields(node.buildHeaders()).filter(({ name }) => name !== 'Message-ID');
  return [...written, headerField(`Content-Type: ${contentType}`), ...listFields(edition, site, sender)];
}

/** Names and addresses that need no care stand as they are; the library knows what to do with the others. */
function recipientField({ address, name }: ReaderParts['delivery']): HeaderField {
  const { name: line } = namedAs(name);
  const plain = line === '' ? address : `${line} <${address}>`;
  if (/^[A-Za-z0-9 ]*$/.test(line) && /^[A-Za-z0-9._+-]+@[a-z0-9.-]+$/.test(address) && plain.length < 70) {
    return headerField(`To: ${plain}`);
  }
  const node = new MimeNode();
  node.setHeader('To', shown({ address, ...(name !== undefined && { name }) }));
  const field = headerFields(node.buildHeaders()).find((one) => one.name === 'To');
  if (!field) throw new Error(`expected an address that mail can be sent to, got ${JSON.stringify(address)}`);
  return field;
}

function shown({ name, address }: Mailbox): string | { name: string; address: string } {
  const { name: line } = namedAs(name);
  return line === '' ? address : { name: line, address };
}

function namedAs(name: string | undefined): { readonly name: string } {
  return { name: plainLine((name ?? '').replace(/\p{Cc}/gu, ' ')) };
}
