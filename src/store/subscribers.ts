import {
  cadences,
  choosers,
  noFollows,
  origins,
  type Chooser,
  type Follows,
  type Origin,
  type Profile,
  type StoredSubscriber,
  type StoredSubscription,
} from '../domain/subscriber.ts';
import type { Instant } from '../domain/time.ts';
import { StoreError } from '../errors.ts';
import { chunks, idsPerQuery } from './chunks.ts';
import type { Database, Queryable } from './database.ts';
import { jsonList, jsonObject } from './json.ts';
import type { SubscriberRow, SubscriptionRow } from './reader-rows.ts';

/** A subscriber to be stored, with their subscriptions. */
export interface NewSubscriber extends Profile {
  readonly address: string;
  readonly addressHash: string;
  readonly origin: Origin;
  readonly by: Chooser;
  readonly subscriptions: readonly Pick<StoredSubscription, 'digest' | 'state' | 'topics' | 'cadence'>[];
}

/** Stores subscribers whose addresses are not known yet; one that is known stays as it is. Returns how many were new. */
export async function insertSubscribers(
  db: Database,
  subscribers: readonly NewSubscriber[],
  now: Instant,
): Promise<number> {
  return db.transaction().execute(async (transaction) => {
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
  });
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

async function withSubscriptions(
  db: Queryable,
  rows: readonly (Omit<SubscriberRow, 'id' | 'follows' | 'muted' | 'feed_key'> & StoredColumns)[],
): Promise<readonly StoredSubscriber[]> {
  const byId = new Map<number, StoredSubscription[]>();
  for (const some of chunks(rows, idsPerQuery)) {
    const subscriptions = await db
      .selectFrom('subscriptions')
      .select(['subscriber_id', 'digest', 'state', 'topics', 'cadence', 'changed_at', 'changed_by'])
      .where(
        'subscriber_id',
        'in',
        some.map(({ id }) => id),
      )
      .orderBy('subscriber_id')
      .orderBy('digest')
      .execute();
    for (const row of subscriptions) {
      const own = byId.get(row.subscriber_id) ?? [];
      own.push(toSubscription(row));
      byId.set(row.subscriber_id, own);
    }
  }
  return rows.map((row) => ({
    id: row.id,
    address: row.address,
    addressHash: row.address_hash,
    ...(row.name !== null && { name: row.name }),
    ...(row.language !== null && { language: row.language }),
    ...(row.minute_of_day !== null && {
      hour: { minuteOfDay: row.minute_of_day, ...(row.zone !== null && { zone: row.zone }) },
    }),
    ...(row.paused_until !== null && { pausedUntil: row.paused_until }),
    follows: { ...noFollows, ...jsonObject<Partial<Follows>>(row.follows) },
    muted: jsonList<string>(row.muted),
    origin: word(origins, row.origin),
    createdAt: row.created_at,
    changedAt: row.changed_at,
    changedBy: word(choosers, row.changed_by),
    subscriptions: byId.get(row.id) ?? [],
  }));
}

interface StoredColumns {
  readonly id: number;
  readonly follows: string;
  readonly muted: string;
}

const rowsAtOnce = 500;

const subscriberColumns = [
  'id',
  'address',
  'address_hash',
  'name',
  'language',
  'zone',
  'minute_of_day',
  'paused_until',
  'follows',
  'muted',
  'origin',
  'created_at',
  'changed_at',
  'changed_by',
] as const;

const subscriptionStates = ['pending', 'confirmed', 'unsubscribed'] as const;

function toSubscription(row: Omit<SubscriptionRow, 'cadence'> & { cadence: string }): StoredSubscription {
  return {
    digest: row.digest,
    ...(row.topics !== null && { topics: jsonList<string>(row.topics) }),
    state: word(subscriptionStates, row.state),
    cadence: word(cadences, row.cadence),
    changedAt: row.changed_at,
    changedBy: word(choosers, row.changed_by),
  };
}

function subscriptionRow(
  subscriberId: number,
  choice: Pick<StoredSubscription, 'digest' | 'state' | 'topics' | 'cadence'>,
  by: Chooser,
  now: Instant,
) {
  return {
    subscriber_id: subscriberId,
    digest: choice.digest,
    state: choice.state,
    topics: choice.topics ? JSON.stringify(choice.topics) : null,
    cadence: choice.cadence,
    changed_at: now,
    changed_by: by,
  };
}

function profileRow(profile: Profile) {
  return {
    name: profile.name ?? null,
    language: profile.language ?? null,
    zone: profile.hour?.zone ?? null,
    minute_of_day: profile.hour?.minuteOfDay ?? null,
    paused_until: profile.pausedUntil ?? null,
    follows: JSON.stringify(profile.follows),
    muted: JSON.stringify(profile.muted),
  };
}

/** One of the words that a column can hold. */
function word<Word extends string>(words: readonly Word[], text: string): Word {
  const found = words.find((one) => one === text);
  if (found === undefined) throw new StoreError(`expected one of ${words.join(', ')}, found "${text}"`);
  return found;
}
