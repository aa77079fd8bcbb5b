import { z } from 'zod';
import type { PostmarkConfig } from '../../config/mail-config.ts';
import type { Transport } from '../transport.ts';
import { createProvider, type ApiAnswer, type ApiTimeouts, type Verdict } from './http-api.ts';
import { mailFields, type NamedAddress } from './mail-fields.ts';

/**
 * Postmark by its Email API. It puts the mail together anew and signs it: our fields go along, Message-ID too
 * (`X-PM-KeepID`), but Date, boundaries and the envelope sender are its own.
 */
export function createPostmark(
  { key, stream, baseUrl, connections }: PostmarkConfig,
  timeouts?: ApiTimeouts,
): Transport {
  return createProvider(
    {
      name: 'postmark',
      async request({ raw }) {
        const { from, to, replyTo, subject, text, html, others } = await mailFields(raw);
        const json = {
          From: shown(from),
          To: shown(to),
          ...(replyTo && { ReplyTo: shown(replyTo) }),
          Subject: subject,
          TextBody: text,
          HtmlBody: html,
          Headers: [...others, { name: 'X-PM-KeepID', value: 'true' }].map(({ name, value }) => ({
            Name: name,
            Value: value,
          })),
          TrackOpens: false,
          TrackLinks: 'None',
          MessageStream: stream,
        };
        return {
          url: `${baseUrl}/email`,
          headers: { 'content-type': 'application/json', 'x-postmark-server-token': key },
          body: Buffer.from(JSON.stringify(json)),
        };
      },
      read,
    },
    { connections, ...(timeouts && { timeouts }) },
  );
}

function shown({ name, address }: NamedAddress): string {
  return name === undefined ? address : `"${name.replace(/["\\]/g, '\\$&')}" <${address}>`;
}

const told = z.object({
  ErrorCode: z.number(),
  Message: z.string().default(''),
  MessageID: z.string().optional(),
});

/** https://postmarkapp.com/developer/api/overview, "API error codes". */
function read({ status, json }: ApiAnswer): Verdict | undefined {
  const answer = told.safeParse(json).data;
  if (status === 200) {
    return answer?.ErrorCode === 0 && answer.MessageID
      ? { verdict: 'accepted', words: `MessageID ${answer.MessageID}` }
      : { verdict: 'unclear' };
  }
  if (!answer || status >= 500) return undefined;
  const { ErrorCode: code, Message: message } = answer;
  const words = `${code}: ${message}`;
  if (code === 406) return { verdict: 'rejected', words };
  if (code === 300) {
    return { verdict: /['"]To['"]|recipient/i.test(message) ? 'rejected' : 'blocked message', words };
  }
  if (code === 100 || code === 429) return { verdict: 'deferred relay', words };
  // The token, the sender signature, the account, the stream.
  const isAboutUs = code === 10 || (code >= 400 && code <= 413) || (code >= 1200 && code < 1300);
  if (isAboutUs) return { verdict: 'blocked sender', words };
  return status === 422 ? { verdict: 'blocked message', words } : undefined;
}
