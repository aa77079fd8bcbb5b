import MimeNode from 'nodemailer/lib/mime-node';
import { plainLine } from '../domain/paper.ts';
import type { Instant } from '../domain/time.ts';
import { headerField, headerFields } from './header-field.ts';
import type { Mailbox, Sender } from './message.ts';
import { contentType, mimeBody } from './mime-body.ts';
import { domainOf } from '../domain/mail-domain.ts';
import type { OutgoingMessage } from './transport.ts';

/** A mail about a subscription itself, before it is put together. */
export interface NoticeMessageParts {
  /** Its own address when there is one: other than that of the digests. */
  readonly from: Mailbox;
  readonly sender: Pick<Sender, 'replyTo' | 'dkim'>;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** The left side of the Message-ID, the same in every attempt. */
  readonly key: string;
  readonly at: Instant;
}

const empty = { forName: '', reason: '', webUrl: '', feedUrl: '', unsubscribeUrl: '', preferences: '' };

/**
 * The whole message: the same parts give the same bytes. `Auto-Submitted: auto-generated` (RFC 3834 section 5) keeps
 * robots from answering; it is no list mail, so it has no fields of a list. The one recipient's address is the only text
 * in it that a stranger may have written. Rejects when a DKIM key does not sign.
 */
export async function noticeMessage(parts: NoticeMessageParts): Promise<OutgoingMessage> {
  const { from, sender, to, key } = parts;
  const node = new MimeNode();
  node.setHeader('From', from.name === undefined ? from.address : { name: from.name, address: from.address });
  node.setHeader('To', to);
  if (sender.replyTo) node.setHeader('Reply-To', sender.replyTo.address);
  node.setHeader('Subject', plainLine(parts.subject));
  node.setHeader('Date', new Date(parts.at).toUTCString().replace('GMT', '+0000'));
  const written = headerFields(node.buildHeaders()).filter(({ name }) => name !== 'Message-ID');
  const fields = [
    ...written,
    headerField(`Message-ID: <${key}@${domainOf(from.address)}>`),
    headerField(`Content-Type: ${contentType}`),
    headerField('Auto-Submitted: auto-generated'),
    headerField('X-Auto-Response-Suppress: OOF, AutoReply'),
  ];
  const values = { html: empty, text: empty };
  const encoded = mimeBody({ html: [parts.html], text: [parts.text] })(values);
  const body = Buffer.alloc(encoded.length);
  encoded.copyTo(body, 0);
  const signatures = sender.dkim ? await sender.dkim.signatures(fields, body) : [];
  const head = [...signatures, ...fields].map(({ raw }) => `${raw}\r\n`).join('');
  return {
    from: from.address,
    to,
    key: `notice-${key}`,
    envelopeId: key,
    raw: Buffer.concat([Buffer.from(`${head}\r\n`), body]),
    isWireReady: true,
  };
}
