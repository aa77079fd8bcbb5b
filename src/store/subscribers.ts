import type { Chooser, Origin, Profile, StoredSubscriber, StoredSubscription } from '../domain/subscriber.ts';
import type { Instant } from '../domain/time.ts';
import { chunks, idsPerQuery } from './chunks.ts';
import type { Queryable } from './database.ts';
import { profileRow, subscriberColumns, subscriptionRow, withSubscriptions } from './subscriber-rows.ts';

/** A subscriber to be stored, with their subscriptions. */
export interface NewSubscriber extends Profile {
  readonly address: string;
  readonly addressHash: string;
  readonly origin: Origin;
  readonly by: Chooser;
  readonly subscriptions: readonly Pick<StoredSubscription, 'digest' | 'state' | 'topics' | 'cadence'>[];
}

/**
 * Stores subscribers whose addresses are not known yet; one that is known stays as it is. Returns how many were new. To be
 * called in a transaction: a subscriber without their subscriptions would stay so.
 */
export async function insertSubscribers(
  transaction: Queryable,
  subscribers: readonly NewSubscriber[],
  now: Instant,
): Promise<number> {
  let added = 0;
  for (const some of chunks(subscribers, rowsAtOnce)) {
    const inserted = await transaction
      .insertInto('subscribers')
      .values(
        some.map((subscriber) => ({
          address: subscriber.address,
          address_hash: subscriber.addressHash,
          origin: subscriber.origin,
          ...profileRow(subscriber),
          created_at: now,
          changed_at: now,
          changed_by: subscriber.by,
        })),
      )
      .onConflict((conflict) => conflict.column('address_hash').doNothing())
      .returning(['id', 'address_hash'])
      .execute();
    added += inserted.length;
    const ids = new Map(inserted.map((row) => [row.address_hash, row.id]));
    const subscriptions = some.flatMap(({ addressHash, by, subscriptions: chosen }) => {
      const id = ids.get(addressHash);
      return id === undefined ? [] : chosen.map((one) => subscriptionRow(id, one, by, now));
    });
    for (const rows of chunks(subscriptions, rowsAtOnce)) {
      await transaction.insertInto('subscriptions').values(rows).execute();
    }
  }
  return added;
}

/** Stores a choice of one digest, whatever was there before. */
export async function setSubscription(
  db: Queryable,
  subscriberId: number,
  choice: Pick<StoredSubscription, 'digest' | 'state' | 'topics' | 'cadence'>,
  by: Chooser,
  now: Instant,
): Promise<void> {
  const row = subscriptionRow(subscriberId, choice, by, now);
  const { subscriber_id: _id, digest: _digest, ...changes } = row;
  await db
    .insertInto('subscriptions')
    .values(row)
    .onConflict((conflict) => conflict.columns(['subscriber_id', 'digest']).doUpdateSet(changes))
    .execute();
}

/** Stores what holds for all digests of a subscriber. */
export async function setProfile(
  db: Queryable,
  subscriberId: number,
  profile: Profile,
  by: Chooser,
  now: Instant,
): Promise<void> {
  await db
    .updateTable('subscribers')
    .set({ ...profileRow(profile), changed_at: now, changed_by: by })
    .where('id', '=', subscriberId)
    .execute();
}

/** Everything of a subscriber is forgotten but what the list of suppressed addresses and the proofs of consent keep. */
export async function removeSubscriber(db: Queryable, subscriberId: number): Promise<void> {
  await db.deleteFrom('subscribers').where('id', '=', subscriberId).execute();
}

/** The subscriber of an address, by its hash. */
export async function findSubscriber(
  db: Queryable,
  addressHash: string,
): Promise<StoredSubscriber | undefined> {
  const [subscriber] = await findSubscribers(db, [addressHash]);
  return subscriber;
}

/** The subscribers of these addresses, by their hashes, in no order. */
export async function findSubscribers(
  db: Queryable,
  addressHashes: readonly string[],
): Promise<readonly StoredSubscriber[]> {
  const found: StoredSubscriber[] = [];
  for (const some of chunks(addressHashes, idsPerQuery)) {
    const rows = await db
      .selectFrom('subscribers')
      .select(subscriberColumns)
      .where('address_hash', 'in', some)
      .execute();
    found.push(...(await withSubscriptions(db, rows)));
  }
  return found;
}

/** Subscribers in the order in which they came, after `afterId`, at most `limit`: ask again with the last id for more. */
export async function subscribersAfter(
  db: Queryable,
  { afterId, limit, origin }: { readonly afterId: number; readonly limit: number; readonly origin?: Origin },
): Promise<readonly StoredSubscriber[]> {
  let query = db
    .selectFrom('subscribers')
    .select(subscriberColumns)
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit);
  if (origin !== undefined) query = query.where('origin', '=', origin);
  return withSubscriptions(db, await query.execute());
}

const rowsAtOnce = 500;
