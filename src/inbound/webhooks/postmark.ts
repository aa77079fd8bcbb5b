import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { BounceReason, RecipientReport } from '../report.ts';
import {
  jsonValue,
  plainRecipient,
  providerRecipient,
  type HookReading,
  type HookRequest,
} from './provider-event.ts';

export interface PostmarkHook {
  readonly user: string;
  readonly password: string;
}

/** A webhook of Postmark, known by the user and password of HTTP Basic (RFC 7617) in its address. */
export function readPostmarkHook(
  { headers, body }: HookRequest,
  { user, password }: PostmarkHook,
): HookReading {
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  if (!isSame(headers['authorization'] ?? '', expected)) {
    return { verdict: 'forged', reason: 'expected the user and password of the hook' };
  }
  const told = record.safeParse(jsonValue(body)).data;
  if (!told) return { verdict: 'unread', reason: 'expected a record of Postmark' };
  const at = Date.parse(told.BouncedAt ?? told.ChangedAt ?? told.DeliveredAt ?? '');
  const address = told.Email ?? told.Recipient ?? '';
  const id = `${told.RecordType ?? 'Bounce'}:${told.ID ?? `${told.MessageID}:${address}`}`;
  const recipient = recipientOf(told, address);
  return {
    verdict: 'genuine',
    events: [{ id, recipients: recipient ? [recipient] : [], ...(!Number.isNaN(at) && { at }) }],
  };
}

const record = z.object({
  RecordType: z.string().optional(),
  ID: z.union([z.number(), z.string()]).optional(),
  MessageID: z.string().default(''),
  Type: z.string().optional(),
  Email: z.string().optional(),
  Recipient: z.string().optional(),
  Details: z.string().default(''),
  BouncedAt: z.string().optional(),
  ChangedAt: z.string().optional(),
  DeliveredAt: z.string().optional(),
  SuppressSending: z.boolean().optional(),
  SuppressionReason: z.string().nullish(),
});

function recipientOf(told: z.output<typeof record>, address: string): RecipientReport | undefined {
  if (address === '') return undefined;
  switch (told.RecordType ?? 'Bounce') {
    case 'Bounce':
      return bounceOf(told.Type ?? '', address, told.Details);
    case 'SpamComplaint':
      return plainRecipient('complaint', address, 'spam complaint');
    case 'SubscriptionChange':
      return told.SuppressSending === true && told.SuppressionReason === 'ManualSuppression'
        ? plainRecipient('unsubscribe', address, 'left through the provider')
        : plainRecipient('notice', address, 'subscription changed');
    default:
      return plainRecipient('notice', address, told.RecordType ?? '');
  }
}

function bounceOf(type: string, address: string, details: string): RecipientReport {
  switch (type) {
    case 'SpamComplaint':
      return plainRecipient('complaint', address, details);
    case 'Unsubscribe':
      return plainRecipient('unsubscribe', address, details);
    case 'AutoResponder':
      return plainRecipient('auto-reply', address, details);
    case 'Subscribe':
    case 'AddressChange':
    case 'ManuallyDeactivated':
    case 'Unconfirmed':
      return plainRecipient('notice', address, type);
    default:
      return providerRecipient({ address, diagnostic: details, otherwise: byType[type] ?? 'unclear' });
  }
}

/** https://postmarkapp.com/developer/api/bounce-api, "Bounce types". */
const byType: Readonly<Record<string, BounceReason>> = {
  HardBounce: 'unknown user',
  BadEmailAddress: 'unknown user',
  DnsError: 'unreachable',
  SpamNotification: 'spam',
  VirusNotification: 'policy',
  Blocked: 'blocked',
  DMARCPolicy: 'authentication',
  Transient: 'unreachable',
};

/** Takes the same time whatever differs, the lengths included. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
