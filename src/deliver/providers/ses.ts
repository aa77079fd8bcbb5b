import { z } from 'zod';
import type { SesConfig } from '../../config/mail-config.ts';
import type { Instant } from '../../domain/time.ts';
import { signedByAws } from './aws-signature.ts';
import { createProvider, type ApiAnswer, type ApiTimeouts, type Verdict } from './http-api.ts';
import type { Transport } from '../transport.ts';

/**
 * Amazon SES by SendEmail of its API v2, with the whole mail as it is. SES writes Message-ID and Date anew and adds
 * signatures of its own (developer guide, "Amazon SES header fields"), so that mail that went twice is two mails to every
 * reader. Bounces go to the envelope sender of the message.
 */
export function createSes(
  { region, accessKeyId, secretKey, configurationSet, baseUrl, connections }: SesConfig,
  { clock, timeouts }: { readonly clock: () => Instant; readonly timeouts?: ApiTimeouts },
): Transport {
  const url = `${baseUrl}/v2/email/outbound-emails`;
  const key = { accessKeyId, secretKey, region, service: 'ses' };
  return createProvider(
    {
      name: 'ses',
      request({ from, to, raw }) {
        const body = Buffer.from(
          JSON.stringify({
            Content: { Raw: { Data: Buffer.from(raw).toString('base64') } },
            Destination: { ToAddresses: [to] },
            FeedbackForwardingEmailAddress: from,
            ...(configurationSet !== undefined && { ConfigurationSetName: configurationSet }),
          }),
        );
        const headers = { 'content-type': 'application/json' };
        return { url, headers: signedByAws({ method: 'POST', url, headers, body }, key, clock()), body };
      },
      read,
    },
    { connections, ...(timeouts && { timeouts }) },
  );
}

const sent = z.object({ MessageId: z.string().min(1) });
const fault = z.object({
  ['__type']: z.string().optional(),
  message: z.string().optional(),
  Message: z.string().optional(),
});

/** API reference v2, SendEmail, "Errors"; nearly all of them have the status 400. */
function read({ status, json, header }: ApiAnswer): Verdict | undefined {
  if (status === 200) {
    const id = sent.safeParse(json).data?.MessageId;
    return id === undefined ? { verdict: 'unclear' } : { verdict: 'accepted', words: `MessageId ${id}` };
  }
  const told = fault.safeParse(json).data;
  if (!told) return undefined;
  const type = /[A-Za-z]+(?=$|:)/.exec(
    header('x-amzn-errortype') ?? told['__type']?.split('#').at(-1) ?? '',
  )?.[0];
  const message = told.message ?? told.Message ?? '';
  const words = [type, message].filter((part) => part !== undefined && part !== '').join(': ');
  if (/^(?:TooManyRequests|LimitExceeded|Throttling)/.test(type ?? ''))
    return { verdict: 'deferred relay', words };
  if (/^(?:SendingPaused|AccountSuspended|MailFromDomainNotVerified|NotFound)/.test(type ?? '')) {
    return { verdict: 'blocked sender', words };
  }
  if (type === 'MessageRejected') {
    return { verdict: /not verified/i.test(message) ? 'blocked sender' : 'blocked message', words };
  }
  const isAddress = /illegal address|invalid domain|local address|final '@domain'|email address/i.test(
    message,
  );
  if (type === 'BadRequestException' && isAddress) return { verdict: 'rejected', words };
  return status === 400 ? { verdict: 'blocked message', words } : undefined;
}
