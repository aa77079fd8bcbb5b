import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Acceptance } from '../websub/accept.ts';
import { hubPath } from '../websub/hub.ts';

export interface HubRoutes {
  /** Takes or refuses a subscriber's request. */
  readonly accept: (form: URLSearchParams) => Promise<Acceptance>;
  /** Called after a request was taken: there is a question to ask. */
  readonly onAccepted: () => void;
}

/** Two addresses of two kilobytes, percent-encoded, and a secret. */
const maxBodyBytes = 16 * 1024;
const formType = 'application/x-www-form-urlencoded';
const headers = { 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex' };

/**
 * `POST hub`: requests of subscribers (W3C WebSub section 5.1), answered 202 when they were taken, and with a 4xx or
 * 503 and one plain sentence when they were not. Nothing is changed before the callback confirmed that it wants it.
 * The route stands at the root; mount it below the site's path.
 */
export function hubRoutes({ accept, onAccepted }: HubRoutes): Hono {
  const tooLong = bodyLimit({
    maxSize: maxBodyBytes,
    onError: (context) =>
      context.text(`Expected a form of at most ${maxBodyBytes} bytes; it is longer.\n`, 413, headers),
  });
  return new Hono()
    .post(`/${hubPath}`, tooLong, async (context) => {
      const [type = ''] = (context.req.header('Content-Type') ?? '').split(';');
      if (type.trim().toLowerCase() !== formType) {
        return context.text(`Expected a form of type ${formType}.\n`, 415, headers);
      }
      const acceptance = await accept(new URLSearchParams(await context.req.text()));
      if (acceptance.state === 'accepted') {
        onAccepted();
        return context.text('Taken; your callback will be asked whether it wants this.\n', 202, headers);
      }
      const { sentence, status, retryAfterSeconds } = acceptance;
      if (retryAfterSeconds !== undefined) context.header('Retry-After', String(retryAfterSeconds));
      return context.text(`${sentence}\n`, status, headers);
    })
    .all(`/${hubPath}`, (context) =>
      context.text('This is the hub of the feeds here (W3C WebSub); it answers POST only.\n', 405, {
        ...headers,
        Allow: 'POST',
      }),
    );
}
