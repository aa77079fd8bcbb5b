import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Instant } from '../domain/time.ts';
import { asError } from '../errors.ts';
import { handleEvents, type InboundHouse } from '../inbound/handle.ts';
import { readMailgunHook, signatureAgeMs } from '../inbound/webhooks/mailgun.ts';
import { readPostmarkHook } from '../inbound/webhooks/postmark.ts';
import type { HookReading, HookRequest } from '../inbound/webhooks/provider-event.ts';
import { readSendgridHook } from '../inbound/webhooks/sendgrid.ts';
import { readSesHook } from '../inbound/webhooks/ses.ts';
import type { Logger } from '../log.ts';
import { finishKept, forgetNonces, keepInboundMessage, useNonce } from '../store/inbound-messages.ts';

/** What a provider's hook is known by; one that is not given is answered 404. */
export interface HookSecrets {
  readonly ses?: { readonly topics: readonly string[] };
  readonly postmark?: { readonly user: string; readonly password: string };
  readonly mailgun?: { readonly key: string };
  readonly sendgrid?: { readonly publicKey: string };
}

export interface HookParts extends InboundHouse {
  readonly secrets: HookSecrets;
  /** The text at an address of SNS: its certificates and confirmations. Rejects when there is none. */
  readonly fetchText: (url: string) => Promise<string>;
  /** The clock on the wall, by which providers sign. */
  readonly clock: () => Instant;
  readonly log: Logger;
}

const maxBodyBytes = 1_000_000;
const certificatesKept = 20;

/**
 * `POST hooks/PROVIDER`: what mail providers tell of bounces and complaints. 200 when it was read or kept, 403 when the
 * signature does not hold, 404 for a provider that is not configured, 503 when it could not be stored, so that the
 * provider tells it again. A genuine body in an unknown form is kept.
 */
export function hookRoutes(parts: HookParts): Hono {
  const certificates = new Map<string, Promise<string>>();
  const certificate = (url: string): Promise<string> => {
    const known = certificates.get(url);
    if (known) return known;
    const fetched = parts.fetchText(url);
    if (certificates.size >= certificatesKept) certificates.clear();
    certificates.set(url, fetched);
    // A failure is no answer to keep.
    fetched.catch(() => certificates.delete(url));
    return fetched;
  };

  async function reading(provider: string, request: HookRequest): Promise<HookReading | undefined> {
    const { ses, postmark, mailgun, sendgrid } = parts.secrets;
    if (provider === 'ses' && ses) return readSesHook(request, { ...ses, certificate, now: parts.clock() });
    if (provider === 'postmark' && postmark) return readPostmarkHook(request, postmark);
    if (provider === 'mailgun' && mailgun)
      return readMailgunHook(request, { ...mailgun, now: parts.clock() });
    if (provider === 'sendgrid' && sendgrid) return readSendgridHook(request, sendgrid);
    return undefined;
  }

  async function answer(context: Context, provider: string): Promise<Response> {
    const now = parts.now();
    const request = { headers: context.req.header(), body: await context.req.text() };
    const told = await reading(provider, request);
    switch (told?.verdict) {
      case undefined:
        return context.text('No such hook.\n', 404, noStore);
      case 'forged':
        parts.log.warn({ provider }, `a hook was refused: ${told.reason}`);
        return context.text('Not accepted.\n', 403, noStore);
      case 'confirm':
        await parts.fetchText(told.url);
        parts.log.info({ provider }, 'the subscription was confirmed');
        return context.text('Confirmed.\n', 200, noStore);
      case 'unread':
        await keep(request.body, provider, told.reason, now);
        return context.text('Kept.\n', 200, noStore);
      case 'genuine': {
        if (told.nonce !== undefined) {
          await forgetNonces(parts.db, parts.clock() - 3 * signatureAgeMs);
          const use = { provider, nonce: told.nonce, body: request.body, now: parts.clock() };
          if (!(await useNonce(parts.db, use))) {
            parts.log.warn({ provider }, 'a hook was refused: its signature was used before');
            return context.text('Not accepted.\n', 403, noStore);
          }
        }
        for (const { action, reason } of await handleEvents(parts, provider, told.events)) {
          if (action === 'alarm') parts.log.warn({ provider }, `mail that came in: ${reason}`);
        }
        return context.text('Thank you.\n', 200, noStore);
      }
    }
  }

  async function keep(body: string, via: string, reason: string, now: Instant): Promise<void> {
    const raw = Buffer.from(body);
    await keepInboundMessage(parts.db, { via, receivedAt: now, envelopeTo: [], raw });
    await finishKept(parts.db, raw, { state: 'unread', reason, now });
  }

  return new Hono().post('/hooks/:provider', bodyLimit({ maxSize: maxBodyBytes }), async (context) => {
    const provider = context.req.param('provider');
    try {
      return await answer(context, provider);
    } catch (thrown) {
      parts.log.error({ err: asError(thrown), provider }, 'a hook could not be answered');
      return context.text('Not stored, tell it again later.\n', 503, { ...noStore, 'Retry-After': '60' });
    }
  });
}

const noStore = { 'Cache-Control': 'no-store' };
