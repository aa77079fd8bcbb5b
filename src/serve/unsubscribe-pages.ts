import { Hono, type Context } from 'hono';
import type { Digest } from '../domain/digest.ts';
import type { Site } from '../domain/site.ts';
import type { Instant } from '../domain/time.ts';
import { unsubscribePage, type UnsubscribeState } from '../render/web/unsubscribe-page.ts';
import type { Pages } from '../render/web/templates.ts';
import type { Database } from '../store/database.ts';
import { leave, topicsLeft, type Leaving } from '../subscribers/leave.ts';
import { preferencesPath } from '../subscribers/preferences.ts';
import type { Tokens, TokenSubject } from '../subscribers/tokens.ts';
import { readForm } from './read-form.ts';
import { privateHeaders } from './reader-parts.ts';

export interface UnsubscribePages {
  readonly db: Database;
  readonly tokens: Pick<Tokens, 'verify' | 'sign'>;
  readonly pages: Pages;
  readonly site: Site;
  readonly digests: readonly Pick<Digest, 'key' | 'name' | 'topics'>[];
  readonly now: () => Instant;
}

/**
 * `GET u/TOKEN` asks, `POST u/TOKEN` ends the subscription that the token names, at once and for ever; or one topic of it
 * or everything, when the page's form says so.
 *
 * GET and HEAD change nothing (RFC 9110 section 9.2.1): mail scanners follow every link. The POST is the
 * one-click of RFC 8058: any body, no cookie, no redirect, the same answer each time, and also for an
 * address that is not subscribed. A token that was not signed here gets 404 and changes nothing. The
 * routes stand at the root; mount them below the site's path.
 */
export function unsubscribeRoutes({ db, tokens, pages, site, digests, now }: UnsubscribePages): Hono {
  const page = (context: Context, state: UnsubscribeState, status: 200 | 404 = 200) =>
    context.html(pages.html(site, unsubscribePage(site, digests, state)), status, privateHeaders);

  return new Hono()
    .get('/u/:token', async (context) => {
      const subject = tokens.verify(context.req.param('token'), 'unsubscribe');
      if (!subject) return page(context, { state: 'unknown' }, 404);
      const digest = digests.find(({ key }) => key === subject.digest);
      const topics = digest && (await topicsLeft(db, subject.addressHash, digest));
      return page(context, {
        state: 'question',
        digest: subject.digest,
        topics: topics ?? [],
        ...(topics && { preferencesPath: preferencesPath(tokens, subject.addressHash) }),
      });
    })
    .post('/u/:token', async (context) => {
      const subject = tokens.verify(context.req.param('token'), 'unsubscribe');
      if (!subject) return page(context, { state: 'unknown' }, 404);
      const form = await readForm(context.req.raw);
      const isOneClick = form.text('choice') === '';
      const leaving = leavingOf(subject, form.text('choice'), digests);
      const leaver = { addressHash: subject.addressHash, way: isOneClick ? 'one-click' : 'link' };
      await leave(db, leaver, leaving, digests, now());
      return page(context, { state: 'done', digest: subject.digest, leaving });
    });
}

/** A choice that means nothing here is a no to the digest: who posts wants less mail. */
function leavingOf({ digest }: TokenSubject, choice: string, digests: UnsubscribePages['digests']): Leaving {
  if (choice === 'everything') return { what: 'everything' };
  const [, topic] = /^topic\/(.+)$/.exec(choice) ?? [];
  const isTopic = digests.some(({ key, topics }) => key === digest && topics.some((one) => one === topic));
  return topic !== undefined && isTopic ? { what: 'topic', digest, topic } : { what: 'digest', digest };
}
