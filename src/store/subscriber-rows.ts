/* The mapping between subscribers and their rows. */
import {
  cadences,
  choosers,
  noFollows,
  origins,
  type Chooser,
  type Follows,
  type Profile,
  type StoredSubscriber,
  type StoredSubscription,
} from '../domain/subscriber.ts';
import type { Instant } from '../domain/time.ts';
import { StoreError } from '../errors.ts';
import { chunks, idsPerQuery } from './chunks.ts';
import type { Queryable } from './database.ts';
import { jsonList, jsonObject } from './json.ts';
import type { SubscriberRow, SubscriptionRow } from './reader-rows.ts';

/** Subscribers from their rows, with their subscriptions in the order of digests. */
export async function withSubscriptions(
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

/** What `withSubscriptions` needs of a row. */
export const subscriberColumns = [
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

/** A choice of one digest as it is stored. */
export function subscriptionRow(
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

/** What holds for all digests as it is stored. */
export function profileRow(profile: Profile) {
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
