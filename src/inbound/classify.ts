import { complaintOf, feedbackTypeOf } from './complaint.ts';
import { statusInText, statusOfRecipients, type StatusOfRecipient } from './delivery-status.ts';
import { field, fieldBlocks, typedAddress } from './fields.ts';
import { isAutoReply, isUnsubscribe, looksLikeBounce, noticeAction } from './mail-signs.ts';
import { messageParts, type MessageParts } from './message-parts.ts';
import {
  anyAddress,
  noticeSections,
  originalInText,
  withoutOriginal,
  type NoticeSection,
} from './notice-text.ts';
import { readRefusal, type Reading } from './reason.ts';
import { sesEventInText } from './webhooks/ses.ts';
import { bounceKind, type InboundReport, type RecipientReport, type ReportKind } from './report.ts';

/**
 * What a mail that came in says about mail of ours: a delivery status (RFC 3464), a text for people in its place,
 * a complaint (RFC 5965), a read receipt (RFC 8098), an automatic reply (RFC 3834), a wish to leave. Never rejects;
 * what it cannot tell is `unknown`. Looks at the first megabyte, and at no more than 200 recipients.
 */
export async function classify(raw: Uint8Array): Promise<InboundReport> {
  return classifyParts(await messageParts(raw));
}

/** The same of a message that is taken apart already. */
export function classifyParts(parts: MessageParts): InboundReport {
  const original = parts.original ?? originalInText(parts.text);
  const event = /\bsns\.amazonaws\.com\b/i.test(parts.headers.get('from')?.[0] ?? '')
    ? sesEventInText(parts.text)
    : undefined;
  const recipients = (event?.recipients ?? recipientsOf(parts, original)).map(withPlainAddress);
  const about = event?.originalMessageId ?? originalMessageId(original);
  const feedbackType = feedbackTypeOf(parts);
  return {
    kind: gravest(recipients),
    recipients,
    ...(about !== undefined && { originalMessageId: about }),
    ...(feedbackType !== undefined && { feedbackType }),
  };
}

/** An address with signs in it that no address has is left out. */
function withPlainAddress(recipient: RecipientReport): RecipientReport {
  const { address, ...others } = recipient;
  const isPlain = address !== undefined && address.length <= 320 && !/[\s<>\p{Cc}\p{Cf}]/u.test(address);
  return isPlain ? recipient : others;
}

const maxRecipients = 200;

function recipientsOf(parts: MessageParts, original: string | undefined): readonly RecipientReport[] {
  const complaint = complaintOf(parts, original);
  if (complaint) return complaint;
  if (parts.disposition !== undefined) return [dispositionOf(parts.disposition)];
  if (isUnsubscribe(parts)) return [{ kind: 'unsubscribe', diagnostic: oneLine(parts.subject) }];
  const report = withoutOriginal(parts.text);
  const status = [
    ...parts.deliveryStatus,
    ...[statusInText(parts.text)].filter((text) => text !== undefined),
  ];
  const told = status.flatMap(statusOfRecipients).slice(0, maxRecipients);
  if (told.length > 0) {
    const beside = {
      report,
      sections: noticeSections(report),
      subject: subjectOf(parts, report),
      count: told.length,
    };
    return told.map((one) => judged(one, beside));
  }
  if (isAutoReply(parts)) return [{ kind: 'auto-reply', diagnostic: oneLine(parts.subject) }];
  return looksLikeBounce(parts, report) ? fromText(parts, report) : [];
}

/** What stands in a report beside the status of one recipient. */
interface Beside {
  readonly report: string;
  readonly sections: readonly NoticeSection[];
  readonly subject: readonly string[];
  /** How many recipients it is about. */
  readonly count: number;
}

/** A recipient of a delivery status; where its own diagnostic tells nothing, the text beside it may. */
function judged(one: StatusOfRecipient, beside: Beside): RecipientReport {
  const reading = best(one, beside);
  const kind = kindOf(one.action, reading);
  return {
    kind,
    ...(one.address !== undefined && { address: one.address }),
    ...(kind !== 'notice' && { reason: reading.reason }),
    ...(one.action !== undefined && { action: one.action }),
    ...(reading.status !== undefined && { status: reading.status }),
    ...(reading.code !== undefined && { code: reading.code }),
    diagnostic: oneLine(one.diagnostic),
  };
}

function best(one: StatusOfRecipient, { report, sections, subject, count }: Beside): Reading {
  const section = sections.find(({ address }) => address.toLowerCase() === one.address?.toLowerCase());
  const own = readRefusal({
    text: one.diagnostic,
    beside: report,
    ...(one.status !== undefined && { status: one.status }),
  });
  if (own.byWords) return count === 1 ? lesser(own, report) : own;
  const texts = [section?.text, ...(count === 1 ? [report, ...subject] : [])];
  const status = own.status?.endsWith('.0.0') ? undefined : own.status;
  for (const text of texts) {
    const reading =
      text === undefined
        ? undefined
        : readRefusal({ text, beside: report, ...(status !== undefined && { status }) });
    if (reading?.byWords) return { ...reading, ...(own.code !== undefined && { code: own.code }) };
  }
  return own;
}

/** `Returned mail: User unknown` tells why, where the text tells that something failed. */
function subjectOf(parts: MessageParts, report: string): readonly string[] {
  return /\b(?:fail|error|deliver|reject|permanent)/i.test(report) ? [parts.subject] : [];
}

/** Where the text beside it says that the mailbox is full, an address is not unknown for sure. */
function lesser(own: Reading, report: string): Reading {
  if (bounceKind(own.reason) !== 'hard') return own;
  const beside = readRefusal({ text: report });
  return beside.byWords && beside.reason === 'mailbox full' ? { ...own, reason: beside.reason } : own;
}

function kindOf(action: StatusOfRecipient['action'], reading: Reading): ReportKind {
  if (action !== undefined && action !== 'failed') return 'notice';
  if (action === undefined && reading.status?.startsWith('2')) return 'notice';
  return bounceKind(reading.reason);
}

function fromText(parts: MessageParts, report: string): readonly RecipientReport[] {
  const action = noticeAction(parts, report);
  const named =
    parts.headers
      .get('x-failed-recipients')
      ?.join(',')
      .split(',')
      .map((one) => one.trim()) ?? [];
  const sections = noticeSections(report);
  const found =
    sections.length > 0
      ? sections
      : [{ address: named[0] ?? anyAddress(report, parts.headers.get('to') ?? []), text: report }];
  return found.slice(0, maxRecipients).map(({ address, text }) => {
    const own = readRefusal({ text, beside: report });
    const reading =
      [
        own,
        ...[report, ...subjectOf(parts, report)].map((wider) => readRefusal({ text: wider, beside: report })),
      ].find(({ reason }) => reason !== 'unclear') ?? own;
    const kind = kindOf(action, reading);
    return {
      kind,
      ...(address !== undefined && { address }),
      ...(kind !== 'notice' && { reason: reading.reason }),
      action,
      ...(reading.status !== undefined && { status: reading.status }),
      ...(reading.code !== undefined && { code: reading.code }),
      diagnostic: oneLine(text),
    };
  });
}

/** RFC 8098: read or deleted, by hand or by machine; in any case it had arrived. */
function dispositionOf(part: string): RecipientReport {
  const [fields] = fieldBlocks(part);
  const address =
    fields &&
    (typedAddress(field(fields, 'original-recipient')) ?? typedAddress(field(fields, 'final-recipient')));
  return {
    kind: 'notice',
    ...(address !== undefined && { address }),
    diagnostic: oneLine((fields && field(fields, 'disposition')) ?? 'disposition notification'),
  };
}

const gravity: readonly ReportKind[] = [
  'complaint',
  'unsubscribe',
  'hard',
  'policy',
  'soft',
  'notice',
  'auto-reply',
  'unknown',
];

function gravest(recipients: readonly RecipientReport[]): ReportKind {
  return gravity.find((kind) => recipients.some((recipient) => recipient.kind === kind)) ?? 'unknown';
}

function originalMessageId(original: string | undefined): string | undefined {
  return /^message-id[ \t]*:[ \t\n]*(<[^<>\s]{1,250}>)/im.exec(original ?? '')?.[1];
}

function oneLine(text: string): string {
  return text
    .slice(0, 2_000)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 500);
}
