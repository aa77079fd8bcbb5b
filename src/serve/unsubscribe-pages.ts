import { Hono } from 'hono';
import type { Digest } from '../domain/digest.ts';
import type { Site } from '../domain/site.ts';
import type { Instant } from '../domain/time.ts';
import type { Pages } from '../render/web/templates.ts';
import type { Database } from '../store/database.ts';
import { suppress } from '../store/suppressions.ts';
import type { Tokens } from '../subscribers/tokens.ts';

export interface UnsubscribePages {
  readonly db: Database;
  readonly tokens: Pick<Tokens, 'verify'>;
  readonly pages: Pages;
  readonly site: Site;
  readonly digests: readonly Pick<Digest, 'key' | 'name'>[];
  readonly now: () => Instant;
}

const headers = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Robots-Tag': 'noindex',
};

/**
 * `GET u/TOKEN` asks, `POST u/TOKEN` ends the subscription that the token names, at once and for ever.
 *
 * GET and HEAD change nothing (RFC 9110 section 9.2.1): mail scanners follow every link. The POST is the
 * one-click of RFC 8058: any body, no cookie, no redirect, the same answer each time, and also for an
 * address that is not subscribed. A token that was not signed here gets 404 and changes nothing. The
 * routes stand at the root; mount them below the site's path.
 */
export function unsubscribeRoutes({ db, tokens, pages, site, digests, now }: UnsubscribePages): Hono {
  type State = 'question' | 'done' | 'unknown';

  function page(state: State, digest = ''): string {
    const title = { question: 'Unsubscribe', done: 'Unsubscribed', unknown: 'Unknown link' }[state];
    return pages.html(site, {
      path: 'u/',
      template: 'unsubscribe',
      title,
      description: title,
      feeds: [],
      isListed: false,
      view: {
        isQuestion: state === 'question',
        isDone: state === 'done',
        isUnknown: state === 'unknown',
        digestName: digests.find((known) => known.key === digest)?.name ?? digest,
        homeHref: new URL(site.baseUrl).pathname,
        contact: site.contact,
      },
    });
  }

  return new Hono()
    .get('/u/:token', (context) => {
      const subject = tokens.verify(context.req.param('token'), 'unsubscribe');
      if (!subject) return context.html(page('unknown'), 404, headers);
      return context.html(page('question', subject.digest), 200, headers);
    })
    .post('/u/:token', async (context) => {
      const subject = tokens.verify(context.req.param('token'), 'unsubscribe');
      if (!subject) return context.html(page('unknown'), 404, headers);
      await suppress(db, { ...subject, reason: 'unsubscribed', now: now() });
      return context.html(page('done', subject.digest), 200, headers);
    });
}
