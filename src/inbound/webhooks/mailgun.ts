import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { minuteMs, secondMs, type Instant } from '../../domain/time.ts';
import type { RecipientReport } from '../report.ts';
import {
  bracketed,
  jsonValue,
  plainRecipient,
  providerRecipient,
  type HookReading,
  type HookRequest,
} from './provider-event.ts';

export interface MailgunHook {
  /** The HTTP webhook signing key. */
  readonly key: string;
  readonly now: Instant;
}

/** A signature is good for so long to either side of our clock. */
export const signatureAgeMs = 15 * minuteMs;

/**
 * A webhook of Mailgun: HMAC-SHA256 over timestamp and token, which stand in the body. The signature does not cover the
 * event, so the token comes back as `nonce`: one that was seen with another body is forged.
 */
export function readMailgunHook({ body }: HookRequest, { key, now }: MailgunHook): HookReading {
  const told = payload.safeParse(jsonValue(body)).data;
  if (!told) return { verdict: 'forged', reason: 'expected a signed event of Mailgun' };
  const { timestamp, token, signature } = told.signature;
  const expected = createHmac('sha256', key).update(`${timestamp}${token}`).digest();
  const given = Buffer.from(signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return { verdict: 'forged', reason: 'expected a valid signature of Mailgun' };
  }
  if (!(Math.abs(now - Number(timestamp) * secondMs) <= signatureAgeMs)) {
    return { verdict: 'forged', reason: 'expected a signature of the last minutes' };
  }
  const event = eventData.safeParse(told['event-data']).data;
  if (!event) return { verdict: 'unread', reason: 'expected an event of Mailgun' };
  const at = Math.round((event.timestamp ?? Number.NaN) * secondMs);
  return {
    verdict: 'genuine',
    nonce: token,
    events: [
      {
        id: event.id,
        recipients: [recipientOf(event)],
        ...bracketed(event.message?.headers?.['message-id']),
        ...(!Number.isNaN(at) && { at }),
      },
    ],
  };
}

const payload = z.object({
  signature: z.object({
    timestamp: z.union([z.string().regex(/^\d{1,12}$/), z.number()]),
    token: z.string().min(1).max(200),
    signature: z.string().regex(/^[0-9a-f]{64}$/i),
  }),
  'event-data': z.unknown(),
});

const eventData = z.object({
  id: z.string().min(1),
  event: z.string(),
  severity: z.string().optional(),
  reason: z.string().optional(),
  recipient: z.string(),
  timestamp: z.number().optional(),
  message: z.object({ headers: z.object({ 'message-id': z.string().optional() }).optional() }).optional(),
  'delivery-status': z
    .object({
      code: z.union([z.number(), z.string()]).nullish(),
      message: z.string().nullish(),
      description: z.string().nullish(),
      'enhanced-code': z.string().nullish(),
    })
    .optional(),
});

function recipientOf(event: z.output<typeof eventData>): RecipientReport {
  const { recipient: address } = event;
  switch (event.event) {
    case 'complained':
      return plainRecipient('complaint', address, 'complained');
    case 'unsubscribed':
      return plainRecipient('unsubscribe', address, 'unsubscribed');
    case 'failed': {
      // What Mailgun did not even try, for it has the address on a list of its own.
      if (event.reason === 'suppress-complaint' || event.reason === 'suppress-unsubscribe') {
        return plainRecipient('notice', address, event.reason);
      }
      if (event.severity === 'temporary') return plainRecipient('notice', address, 'failed for now');
      const status = event['delivery-status'];
      const words = [status?.code, status?.message ?? status?.description].filter((part) => part !== null);
      return providerRecipient({
        address,
        diagnostic: words.filter((part) => part !== undefined && part !== '').join(' '),
        status: /^[245]\.\d{1,3}\.\d{1,3}$/.exec(status?.['enhanced-code'] ?? '')?.[0],
        otherwise:
          event.reason === 'bounce' || event.reason === 'suppress-bounce' ? 'unknown user' : 'unclear',
      });
    }
    default:
      return plainRecipient('notice', address, event.event);
  }
}
