import type { Digest } from '../domain/digest.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from '../store/database.ts';
import { inTransaction } from '../store/in-transaction.ts';
import { endSubscription, type Leaver } from '../store/leaving.ts';
import { findSubscriber, setSubscription } from '../store/subscribers.ts';
import { allDigests } from '../store/suppressions.ts';

/** What somebody no longer wants. */
export type Leaving =
  | { readonly what: 'topic'; readonly digest: string; readonly topic: string }
  | { readonly what: 'digest'; readonly digest: string }
  | { readonly what: 'everything' };

/**
 * Ends a topic, a digest or all mail at once, also for an address that is not known, and for mails that wait already: the
 * ledger asks before each one. Saying it again changes nothing. Who leaves the last topic of a digest leaves the digest.
 */
export async function leave(
  db: Queryable,
  leaver: Leaver,
  leaving: Leaving,
  digests: readonly Pick<Digest, 'key' | 'topics'>[],
  now: Instant,
): Promise<void> {
  await inTransaction(db, async (transaction) => {
    switch (leaving.what) {
      case 'topic':
        return leaveTopic(transaction, leaver, leaving, digests, now);
      case 'digest':
        return endSubscription(transaction, leaver, leaving.digest, now);
      case 'everything':
        return endSubscription(transaction, leaver, allDigests, now);
    }
  });
}

/** The topics that somebody has of a digest, in the digest's order; undefined when they are not subscribed to it. */
export async function topicsLeft(
  db: Queryable,
  addressHash: string,
  { key, topics }: Pick<Digest, 'key' | 'topics'>,
): Promise<readonly string[] | undefined> {
  const subscriber = await findSubscriber(db, addressHash);
  const own = subscriber?.subscriptions.find(({ digest, state }) => digest === key && state === 'confirmed');
  return own && topics.filter((topic) => own.topics?.includes(topic) ?? true);
}

async function leaveTopic(
  db: Queryable,
  leaver: Leaver,
  { digest, topic }: { readonly digest: string; readonly topic: string },
  digests: readonly Pick<Digest, 'key' | 'topics'>[],
  now: Instant,
): Promise<void> {
  const known = digests.find(({ key }) => key === digest);
  const own = known && (await topicsLeft(db, leaver.addressHash, known));
  const subscriber = await findSubscriber(db, leaver.addressHash);
  const subscription = subscriber?.subscriptions.find((one) => one.digest === digest);
  if (!own || !subscriber || !subscription) return endSubscription(db, leaver, digest, now);
  if (!own.includes(topic)) return;
  const topics = own.filter((one) => one !== topic);
  if (topics.length === 0) return endSubscription(db, leaver, digest, now);
  await setSubscription(db, subscriber.id, { ...subscription, topics }, 'reader', now);
}
