import type { AddressObject } from 'mailparser';

export interface NamedAddress {
  readonly name?: string;
  readonly address: string;
}

/** A mail in the pieces that providers ask for who put mails together themselves. */
export interface MailFields {
  readonly from: NamedAddress;
  readonly to: NamedAddress;
  readonly replyTo?: NamedAddress;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** All other fields in their order, unfolded: Message-ID, those of a list, Feedback-ID. */
  readonly others: readonly { readonly name: string; readonly value: string }[];
}

/** What such a provider writes itself. */
const ownFields = new Set([
  'from',
  'to',
  'reply-to',
  'subject',
  'date',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'dkim-signature',
]);

/** Takes a mail of ours apart. Rejects for one without a sender, a recipient, a text or an HTML part. */
export async function mailFields(raw: Uint8Array): Promise<MailFields> {
  const { simpleParser } = await import('mailparser');
  const mail = await simpleParser(Buffer.from(raw), {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipTextLinks: true,
    skipImageLinks: true,
  });
  const replyTo = firstOf(mail.replyTo);
  const { text, html } = mail;
  if (text === undefined || typeof html !== 'string' || html === '') {
    throw new Error(
      'expected a mail with a text and an HTML part, got one without; this provider needs both',
    );
  }
  return {
    from: needed(firstOf(mail.from), 'a sender'),
    to: needed(firstOf(mail.to), 'a recipient'),
    ...(replyTo && { replyTo }),
    subject: mail.subject ?? '',
    text,
    html,
    others: mail.headerLines.flatMap(({ key, line }) => {
      const [name = ''] = line.split(':', 1);
      const value = line
        .slice(name.length + 1)
        .replace(/\r?\n/g, '')
        .trim();
      return ownFields.has(key) ? [] : [{ name, value }];
    }),
  };
}

function firstOf(field: AddressObject | readonly AddressObject[] | undefined): NamedAddress | undefined {
  const [object] = [field].flat();
  const first = object?.value[0];
  if (first?.address === undefined) return undefined;
  return { ...(first.name !== '' && { name: first.name }), address: first.address };
}

function needed(address: NamedAddress | undefined, what: string): NamedAddress {
  if (address) return address;
  throw new Error(`expected a mail with ${what}, got one without`);
}
