import { z } from 'zod';
import type { MailgunConfig } from '../../config/mail-config.ts';
import type { Transport } from '../transport.ts';
import { createProvider, type ApiAnswer, type ApiTimeouts, type Verdict } from './http-api.ts';

/**
 * Mailgun by `messages.mime`: the mail goes as it is, with our Message-ID, Date and signatures; Mailgun adds a signature of
 * its own. The envelope sender is of the sending domain.
 */
export function createMailgun(
  { key, domain, baseUrl, connections }: MailgunConfig,
  timeouts?: ApiTimeouts,
): Transport {
  const url = `${baseUrl}/v3/${domain}/messages.mime`;
  const authorization = `Basic ${Buffer.from(`api:${key}`).toString('base64')}`;
  return createProvider(
    {
      name: 'mailgun',
      async request({ to, raw }) {
        const form = new FormData();
        form.set('to', to);
        for (const option of ['o:tracking', 'o:tracking-clicks', 'o:tracking-opens']) form.set(option, 'no');
        form.set('message', new Blob([Buffer.from(raw)], { type: 'message/rfc822' }), 'message.eml');
        const written = new Response(form);
        return {
          url,
          headers: { authorization, 'content-type': written.headers.get('content-type') ?? '' },
          body: new Uint8Array(await written.arrayBuffer()),
        };
      },
      read,
    },
    { connections, ...(timeouts && { timeouts }) },
  );
}

const queued = z.object({ id: z.string().min(1) });
const fault = z.object({ message: z.string() });

/** https://documentation.mailgun.com, "Send an email in MIME format"; a refusal is told in words alone. */
function read({ status, json }: ApiAnswer): Verdict | undefined {
  if (status === 200) {
    const id = queued.safeParse(json).data?.id;
    return id === undefined ? { verdict: 'unclear' } : { verdict: 'accepted', words: `id ${id}` };
  }
  const words = fault.safeParse(json).data?.message;
  if (status !== 400 || words === undefined) return undefined;
  if (/'?to'? parameter is not a valid address/i.test(words)) return { verdict: 'rejected', words };
  const isAboutUs = /not allowed|sandbox|disabled|suspended|probation|exceeded|authorized/i.test(words);
  return { verdict: isAboutUs ? 'blocked sender' : 'blocked message', words };
}
