import { formatInstant, type Instant } from '../domain/time.ts';
import { consentsOf, recordConsents } from '../store/consents.ts';
import type { Database, Queryable } from '../store/database.ts';
import { feedKeyOf } from '../store/feed-keys.ts';
import { deliveriesTo } from '../store/deliveries-of.ts';
import { findSubscriber } from '../store/subscribers.ts';
import { suppressionsOf } from '../store/suppressions.ts';

/**
 * All that is known of a subscriber, as plain data for a JSON document (GDPR articles 15 and 20); undefined when nobody
 * has this address.
 */
export async function exportOf(
  db: Queryable,
  addressHash: string,
  now: Instant,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const subscriber = await findSubscriber(db, addressHash);
  if (!subscriber) return undefined;
  const { id, addressHash: _, createdAt, changedAt, subscriptions, ...rest } = subscriber;
  return {
    exportedAt: formatInstant(now),
    subscriber: {
      ...rest,
      createdAt: formatInstant(createdAt),
      changedAt: formatInstant(changedAt),
      privateFeedKey: (await feedKeyOf(db, id)) ?? null,
    },
    subscriptions: subscriptions.map((subscription) => ({
      ...subscription,
      changedAt: formatInstant(subscription.changedAt),
    })),
    consents: (await consentsOf(db, addressHash)).map(({ addressHash: __, at, ...consent }) => ({
      ...consent,
      at: formatInstant(at),
    })),
    noMailOf: (await suppressionsOf(db, addressHash)).map(({ since, ...suppression }) => ({
      ...suppression,
      since: formatInstant(since),
    })),
    mails: (await deliveriesTo(db, addressHash)).map(({ endedAt, ...delivery }) => ({
      ...delivery,
      endedAt: endedAt === undefined ? null : formatInstant(endedAt),
    })),
  };
}

/** Notes that somebody took their data along. */
export async function recordExport(db: Database, addressHash: string, now: Instant): Promise<void> {
  await recordConsents(db, [{ addressHash, digest: '*', act: 'exported', at: now, way: 'link' }]);
}
