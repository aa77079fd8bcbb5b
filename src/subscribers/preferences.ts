import { randomBytes } from 'node:crypto';
import type { Digest } from '../domain/digest.ts';
import type { Cadence, Follows, ReadingHour, StoredSubscriber } from '../domain/subscriber.ts';
import { dayMs, type CalendarDate, type Instant } from '../domain/time.ts';
import type { Database } from '../store/database.ts';
import { setFeedKey } from '../store/feed-keys.ts';
import { insertNotice, type NoticeKind } from '../store/notices.ts';
import { countRequest } from '../store/request-counts.ts';
import { setProfile, setSubscription } from '../store/subscribers.ts';
import { profileOf } from './profile.ts';
import { limitsOf, type SignUpLimits } from './signup.ts';
import { noDigest, type Tokens } from './tokens.ts';

/** What the preferences page lets a subscriber change of the mails they get. */
export interface ChosenPreferences {
  /** Topics by the digest; an empty list means all of the digest. */
  readonly subscriptions: ReadonlyMap<
    string,
    { readonly topics: readonly string[]; readonly cadence: Cadence }
  >;
  readonly hour?: ReadingHour;
  readonly pausedUntil?: CalendarDate;
  readonly follows: Follows;
  readonly muted: readonly string[];
}

/**
 * Stores what a subscriber chose, as their own word that no file overrules. It changes what they are subscribed to and
 * begins nothing: a digest that they do not get is left as it is, for the link to the page stands in mails that are
 * forwarded.
 */
export async function savePreferences(
  db: Database,
  subscriber: StoredSubscriber,
  chosen: ChosenPreferences,
  digests: readonly Pick<Digest, 'key' | 'topics'>[],
  now: Instant,
): Promise<void> {
  const { hour: _hour, pausedUntil: _pausedUntil, ...rest } = profileOf(subscriber);
  const { hour, pausedUntil, follows, muted } = chosen;
  await db.transaction().execute(async (transaction) => {
    const profile = {
      ...rest,
      follows,
      muted,
      ...(hour && { hour }),
      ...(pausedUntil !== undefined && { pausedUntil }),
    };
    await setProfile(transaction, subscriber.id, profile, 'reader', now);
    for (const subscription of subscriber.subscriptions) {
      const wish = chosen.subscriptions.get(subscription.digest);
      const digest = digests.find(({ key }) => key === subscription.digest);
      if (!wish || !digest || subscription.state !== 'confirmed') continue;
      const topics = digest.topics.filter((topic) => wish.topics.includes(topic));
      const isAll = topics.length === 0 || topics.length === digest.topics.length;
      await setSubscription(
        transaction,
        subscriber.id,
        {
          digest: digest.key,
          state: 'confirmed',
          cadence: wish.cadence,
          ...(!isAll && { topics }),
        },
        'reader',
        now,
      );
    }
  });
}

/** Gives a subscriber's private feed a new address; the one before is unknown from here on. */
export async function renewFeedKey(db: Database, subscriberId: number, now: Instant): Promise<void> {
  await setFeedKey(db, subscriberId, randomBytes(24).toString('base64url'), now);
}

/** What a page of a forwarded mail may ask for and only a mail to the owner does. */
export type OwnerAction = Extract<NoticeKind, 'export' | 'erase'>;

/** The link in such a mail works so long. */
export const ownerLinkMs = dayMs;

/** A mail with a link that exports or erases goes to the subscriber's own address; too many in a day do not. */
export async function askOwner(
  db: Database,
  limits: SignUpLimits,
  asked: { readonly addressHash: string; readonly action: OwnerAction },
  now: Instant,
): Promise<void> {
  const { addressHash, action } = asked;
  const own = limitsOf(limits, `${action} ${addressHash}`, undefined);
  if (!(await countRequest(db, own, now))) return;
  await insertNotice(db, { kind: action, addressHash, askedAt: now, expiresAt: now + ownerLinkMs });
}

/** The path of a subscriber's preferences page below the site, good for ever. */
export function preferencesPath(tokens: Pick<Tokens, 'sign'>, addressHash: string): string {
  return `m/${tokens.sign('preferences', { digest: noDigest, addressHash })}`;
}
