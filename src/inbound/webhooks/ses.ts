import { z } from 'zod';
import type { BounceReason, RecipientReport } from '../report.ts';
import {
  bracketed,
  jsonValue,
  plainRecipient,
  providerRecipient,
  type HookReading,
  type HookRequest,
  type ProviderEvent,
} from './provider-event.ts';
import { certificateAddress, isSnsAddress, isSnsSigned, snsMessageOf } from './sns-signature.ts';

export interface SesHook {
  /** ARNs of the topics that may speak; a message of any other topic is forged. */
  readonly topics: readonly string[];
  /** The certificate at an address of SNS, as PEM. */
  readonly certificate: (url: string) => Promise<string>;
  readonly now: number;
}

/**
 * A notification of Amazon SES that came through SNS over HTTP: bounces, complaints and deliveries, in the form of
 * identity notifications and in that of event publishing. Rejects only when the certificate cannot be fetched.
 */
export async function readSesHook({ body }: HookRequest, hook: SesHook): Promise<HookReading> {
  const message = snsMessageOf(jsonValue(body));
  if (!message) return { verdict: 'forged', reason: 'expected a signed message of SNS' };
  if (!hook.topics.includes(message.TopicArn)) {
    return { verdict: 'forged', reason: 'expected one of the configured topics' };
  }
  const address = certificateAddress(message);
  if (address === undefined) return { verdict: 'forged', reason: 'expected a certificate of SNS' };
  if (!isSnsSigned(message, await hook.certificate(address), hook.now)) {
    return { verdict: 'forged', reason: 'expected a valid signature of SNS' };
  }
  if (message.Type === 'SubscriptionConfirmation') {
    const url = message.SubscribeURL ?? '';
    return isSnsAddress(url)
      ? { verdict: 'confirm', url }
      : { verdict: 'forged', reason: 'expected an address of SNS to confirm at' };
  }
  if (message.Type === 'UnsubscribeConfirmation') return { verdict: 'genuine', events: [] };
  const event = sesEvent(jsonValue(message.Message), message.MessageId);
  return event
    ? { verdict: 'genuine', events: [event] }
    : { verdict: 'unread', reason: 'expected a notification of SES' };
}

/** The event in the text of a mail to which SNS wrote it: bare JSON, or wrapped once more. Nobody signed it. */
export function sesEventInText(text: string): ProviderEvent | undefined {
  const start = text.search(/\{\s*"/);
  if (start === -1 || !/"(?:notificationType|Type|eventType)"/.test(text)) return undefined;
  // Old servers break lines of 990 characters with `!`, a line end and a space.
  const whole = text
    .slice(start, text.lastIndexOf('}') + 1)
    .replace(/!\n /g, '')
    .replaceAll('\n', '');
  const value = jsonValue(whole);
  const wrapped = z.object({ Message: z.string() }).safeParse(value).data;
  return sesEvent(wrapped ? jsonValue(wrapped.Message) : value, 'mail');
}

const mail = z.object({
  headers: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
  commonHeaders: z.object({ messageId: z.string().optional() }).optional(),
});

const bounce = z.object({
  bounceType: z.string(),
  bounceSubType: z.string().default(''),
  bouncedRecipients: z.array(
    z.object({
      emailAddress: z.string(),
      status: z.string().optional(),
      diagnosticCode: z.string().optional(),
    }),
  ),
  timestamp: z.string().optional(),
  feedbackId: z.string().optional(),
});

const complaint = z.object({
  complainedRecipients: z.array(z.object({ emailAddress: z.string() })),
  complaintFeedbackType: z.string().nullish(),
  timestamp: z.string().optional(),
  feedbackId: z.string().optional(),
});

const delivery = z.object({ recipients: z.array(z.string()), timestamp: z.string().optional() });

const notification = z.object({
  notificationType: z.string().optional(),
  eventType: z.string().optional(),
  bounce: bounce.optional(),
  complaint: complaint.optional(),
  delivery: delivery.optional(),
  mail: mail.optional(),
});

function sesEvent(value: unknown, snsId: string): ProviderEvent | undefined {
  const told = notification.safeParse(value).data;
  if (!told || (told.notificationType ?? told.eventType) === undefined) return undefined;
  const about = told.bounce ?? told.complaint ?? told.delivery;
  const id = told.bounce?.feedbackId ?? told.complaint?.feedbackId ?? snsId;
  const at = Date.parse(about?.timestamp ?? '');
  const header = told.mail?.headers?.find(({ name }) => name.toLowerCase() === 'message-id')?.value;
  return {
    id,
    recipients: recipientsOf(told),
    ...bracketed(header ?? told.mail?.commonHeaders?.messageId),
    ...(!Number.isNaN(at) && { at }),
  };
}

function recipientsOf(told: z.output<typeof notification>): readonly RecipientReport[] {
  if (told.bounce) {
    const { bounceType, bounceSubType, bouncedRecipients } = told.bounce;
    return bouncedRecipients.map(({ emailAddress, status, diagnosticCode }) =>
      providerRecipient({
        address: emailAddress,
        diagnostic: diagnosticCode ?? '',
        status: /^[245]\.\d{1,3}\.\d{1,3}$/.exec(status ?? '')?.[0],
        otherwise: bySubType[bounceSubType] ?? (bounceType === 'Permanent' ? 'unknown user' : 'unclear'),
      }),
    );
  }
  if (told.complaint) {
    const type = told.complaint.complaintFeedbackType ?? 'abuse';
    const kind = type === 'not-spam' || type === 'auth-failure' ? 'notice' : 'complaint';
    return told.complaint.complainedRecipients.map(({ emailAddress }) =>
      plainRecipient(kind, emailAddress, `complaint: ${type}`),
    );
  }
  return (told.delivery?.recipients ?? []).map((address) => plainRecipient('notice', address, 'delivered'));
}

/** https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html, "Bounce types". */
const bySubType: Readonly<Record<string, BounceReason>> = {
  NoEmail: 'unknown user',
  Suppressed: 'unknown user',
  OnAccountSuppressionList: 'unknown user',
  MailboxFull: 'mailbox full',
  MessageTooLarge: 'too big',
  ContentRejected: 'policy',
  AttachmentRejected: 'policy',
  Undetermined: 'unclear',
};
