import { createPublicKey, createVerify } from 'node:crypto';
import { z } from 'zod';
import { secondMs } from '../../domain/time.ts';
import type { RecipientReport } from '../report.ts';
import {
  bracketed,
  jsonValue,
  plainRecipient,
  providerRecipient,
  type HookReading,
  type HookRequest,
  type ProviderEvent,
} from './provider-event.ts';

export interface SendgridHook {
  /** The verification key that SendGrid shows: base64 of a public key (SubjectPublicKeyInfo). */
  readonly publicKey: string;
}

/**
 * A list of events of SendGrid: ECDSA with SHA-256 over the timestamp and the body as it came. One that cannot be read
 * does not stop the others.
 */
export function readSendgridHook({ headers, body }: HookRequest, { publicKey }: SendgridHook): HookReading {
  const signature = headers['x-twilio-email-event-webhook-signature'] ?? '';
  const timestamp = headers['x-twilio-email-event-webhook-timestamp'] ?? '';
  if (!isSigned({ signature, text: `${timestamp}${body}`, publicKey })) {
    return { verdict: 'forged', reason: 'expected a valid signature of SendGrid' };
  }
  const values = z.array(z.unknown()).safeParse(jsonValue(body)).data;
  const events = values?.map((value) => sendgridEvent.safeParse(value).data);
  if (!events || (events.length > 0 && events.every((event) => event === undefined))) {
    return { verdict: 'unread', reason: 'expected a list of events of SendGrid' };
  }
  return { verdict: 'genuine', events: events.filter((event) => event !== undefined).map(toEvent) };
}

function isSigned(given: { signature: string; text: string; publicKey: string }): boolean {
  try {
    const key = createPublicKey({
      key: Buffer.from(given.publicKey.replace(/-----[A-Z ]+-----/g, ''), 'base64'),
      format: 'der',
      type: 'spki',
    });
    if (key.asymmetricKeyType !== 'ec') return false;
    return createVerify('SHA256').update(given.text).verify(key, given.signature, 'base64');
  } catch {
    return false;
  }
}

const sendgridEvent = z.object({
  event: z.string(),
  email: z.string(),
  sg_event_id: z.string().optional(),
  sg_message_id: z.string().optional(),
  'smtp-id': z.string().optional(),
  timestamp: z.number().optional(),
  type: z.string().optional(),
  reason: z.string().optional(),
  status: z.string().optional(),
});

function toEvent(told: z.output<typeof sendgridEvent>): ProviderEvent {
  return {
    id: told.sg_event_id ?? [told.sg_message_id, told.event, told.email, told.timestamp].join(':'),
    recipients: [recipientOf(told)],
    ...bracketed(told['smtp-id']),
    ...(told.timestamp !== undefined && { at: told.timestamp * secondMs }),
  };
}

/** https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event, "Event objects". */
function recipientOf({
  event,
  email,
  reason = '',
  status,
  type,
}: z.output<typeof sendgridEvent>): RecipientReport {
  switch (event) {
    case 'bounce':
      return providerRecipient({
        address: email,
        diagnostic: reason,
        status: /^[245]\.\d{1,3}\.\d{1,3}$/.exec(status ?? '')?.[0],
        otherwise: type === 'blocked' ? 'blocked' : 'unknown user',
      });
    case 'dropped':
      if (/bounced address|invalid/i.test(reason)) {
        return { kind: 'hard', address: email, reason: 'unknown user', diagnostic: reason.slice(0, 500) };
      }
      return plainRecipient('notice', email, reason.slice(0, 500));
    case 'spamreport':
      return plainRecipient('complaint', email, 'spam report');
    case 'unsubscribe':
    case 'group_unsubscribe':
      return plainRecipient('unsubscribe', email, event);
    default:
      return plainRecipient('notice', email, event);
  }
}
