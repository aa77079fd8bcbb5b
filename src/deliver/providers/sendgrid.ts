import { z } from 'zod';
import type { SendgridConfig } from '../../config/mail-config.ts';
import type { Transport } from '../transport.ts';
import { createProvider, type ApiAnswer, type ApiTimeouts, type Verdict } from './http-api.ts';
import { mailFields, type NamedAddress } from './mail-fields.ts';

/**
 * SendGrid by Mail Send of its API v3. It puts the mail together anew and signs it: our fields go along, but Date,
 * boundaries and the envelope sender are its own, and Message-ID does not always stay ours.
 */
export function createSendgrid(
  { key, baseUrl, connections }: SendgridConfig,
  timeouts?: ApiTimeouts,
): Transport {
  return createProvider(
    {
      name: 'sendgrid',
      async request({ raw }) {
        const { from, to, replyTo, subject, text, html, others } = await mailFields(raw);
        const json = {
          personalizations: [{ to: [shown(to)] }],
          from: shown(from),
          ...(replyTo && { reply_to: shown(replyTo) }),
          subject,
          content: [
            { type: 'text/plain', value: text },
            { type: 'text/html', value: html },
          ],
          headers: Object.fromEntries(others.map(({ name, value }) => [name, value])),
          tracking_settings: {
            click_tracking: { enable: false, enable_text: false },
            open_tracking: { enable: false },
            subscription_tracking: { enable: false },
          },
        };
        return {
          url: `${baseUrl}/v3/mail/send`,
          headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
          body: Buffer.from(JSON.stringify(json)),
        };
      },
      read,
    },
    { connections, ...(timeouts && { timeouts }) },
  );
}

function shown({ name, address }: NamedAddress): { email: string; name?: string } {
  return { email: address, ...(name !== undefined && { name }) };
}

const faults = z.object({
  errors: z.array(z.object({ message: z.string(), field: z.string().nullish() })).min(1),
});

/** https://www.twilio.com/docs/sendgrid/api-reference/mail-send, "Responses"; 200 is what its sandbox answers. */
function read({ status, json, header }: ApiAnswer): Verdict | undefined {
  if (status === 202) {
    return { verdict: 'accepted', words: `X-Message-Id ${header('x-message-id') ?? 'not given'}` };
  }
  const told = faults.safeParse(json).data;
  if (!told) return undefined;
  const words = told.errors.map(({ message, field }) => `${field ? `${field}: ` : ''}${message}`).join('; ');
  if (status === 429) return { verdict: 'deferred relay', words };
  if (status !== 400) return undefined;
  const isAboutReader = told.errors.every(({ field }) => /^personalizations\.\d+\.to\b/.test(field ?? ''));
  if (isAboutReader) return { verdict: 'rejected', words };
  const isAboutUs = told.errors.some(({ field }) => /^from\b/.test(field ?? ''));
  return { verdict: isAboutUs ? 'blocked sender' : 'blocked message', words };
}
