import type { Instant } from '../domain/time.ts';
import { recordConsents } from './consents.ts';
import type { Queryable } from './database.ts';
import { findSubscriber, setSubscription } from './subscribers.ts';
import { allDigests, suppress, suppressionsOf } from './suppressions.ts';

export interface Leaver {
  readonly addressHash: string;
  /** `one-click`, `link`, `mail` or `api`. */
  readonly way: string;
  readonly clientHash?: string;
}

/**
 * The person's own no to a digest, or to `*`: suppressed, unsubscribed where they are known, and with a proof. Said again
 * it changes nothing. For the caller's transaction.
 */
export async function endSubscription(
  db: Queryable,
  leaver: Leaver,
  digest: string,
  now: Instant,
): Promise<void> {
  const { addressHash, way, clientHash } = leaver;
  const earlier = await suppressionsOf(db, addressHash);
  const isNew = !earlier.some((one) => one.digest === digest);
  await suppress(db, { addressHash, digest, reason: 'unsubscribed', now });
  const subscriber = await findSubscriber(db, addressHash);
  for (const subscription of subscriber?.subscriptions ?? []) {
    const isMeant = digest === allDigests || subscription.digest === digest;
    if (!subscriber || !isMeant || subscription.state === 'unsubscribed') continue;
    await setSubscription(db, subscriber.id, { ...subscription, state: 'unsubscribed' }, 'reader', now);
  }
  if (!isNew) return;
  const client = clientHash === undefined ? {} : { clientHash };
  await recordConsents(db, [{ addressHash, digest, act: 'left', at: now, way, ...client }]);
}
