import type { Instant } from '../domain/time.ts';
import type { Database, Queryable } from './database.ts';
import { removeMessage, type HubLease } from './hub-messages.ts';

/** What it takes to send a changed feed to one subscriber. */
export interface HubSubscription {
  readonly secret?: string;
  /** Hash of the document it got last. */
  readonly deliveredHash?: string;
}

/** A topic and the callback that gets it. */
export interface HubPair {
  readonly topic: string;
  readonly callback: string;
}

/** How many subscriptions there are, all in all, and of one host; ended ones count until they are dropped. */
export async function countSubscriptions(
  db: Queryable,
  host: string,
): Promise<{ readonly all: number; readonly ofHost: number }> {
  const all = await db
    .selectFrom('hub_subscriptions')
    .select((count) => count.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  const ofHost = await db
    .selectFrom('hub_subscriptions')
    .select((count) => count.fn.countAll<number>().as('count'))
    .where('host', '=', host)
    .executeTakeFirstOrThrow();
  return { all: all.count, ofHost: ofHost.count };
}

/** The subscription while its lease holds. */
export async function subscriptionOf(
  db: Queryable,
  { topic, callback }: HubPair,
  now: Instant,
): Promise<HubSubscription | undefined> {
  const row = await db
    .selectFrom('hub_subscriptions')
    .select(['secret', 'delivered_hash'])
    .where('topic', '=', topic)
    .where('callback', '=', callback)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return (
    row && {
      ...(row.secret !== null && { secret: row.secret }),
      ...(row.delivered_hash !== null && { deliveredHash: row.delivered_hash }),
    }
  );
}

/**
 * The subscriber confirmed the question that `lease` is about: it is subscribed until `expiresAt`, with this
 * secret, or its subscription goes on with them (W3C WebSub section 5.1: a later request overrides). False, and
 * nothing changed, when a newer request replaced the question.
 */
export async function confirmSubscription(
  db: Database,
  lease: HubLease,
  subscription: HubPair & {
    readonly host: string;
    readonly secret?: string;
    readonly now: Instant;
    readonly expiresAt: Instant;
  },
): Promise<boolean> {
  const { topic, callback, host, now } = subscription;
  const granted = { secret: subscription.secret ?? null, expires_at: subscription.expiresAt };
  return db.transaction().execute(async (transaction) => {
    if (!(await removeMessage(transaction, lease))) return false;
    await transaction
      .insertInto('hub_subscriptions')
      .values({ topic, callback, host, subscribed_at: now, delivered_hash: null, ...granted })
      .onConflict((conflict) => conflict.columns(['topic', 'callback']).doUpdateSet(granted))
      .execute();
    return true;
  });
}

/** The subscriber wants no more, or is gone for good: so is its subscription and what it was still to get. False when the lease was lost. */
export async function endSubscription(db: Database, lease: HubLease, pair: HubPair): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    if (!(await removeMessage(transaction, lease))) return false;
    await dropSubscription(transaction, pair);
    return true;
  });
}

async function dropSubscription(db: Queryable, { topic, callback }: HubPair): Promise<void> {
  await db
    .deleteFrom('hub_subscriptions')
    .where('topic', '=', topic)
    .where('callback', '=', callback)
    .execute();
  await db
    .deleteFrom('hub_messages')
    .where('lane', '=', 'content')
    .where('topic', '=', topic)
    .where('target', '=', callback)
    .execute();
}

/** Notes what a subscriber got, so that it does not get the same document twice. */
export async function noteDelivered(
  db: Queryable,
  { topic, callback }: HubPair,
  deliveredHash: string,
): Promise<void> {
  await db
    .updateTable('hub_subscriptions')
    .set({ delivered_hash: deliveredHash })
    .where('topic', '=', topic)
    .where('callback', '=', callback)
    .execute();
}

/** Takes away what nobody renewed; resolves with how many those were. */
export async function dropEndedSubscriptions(db: Queryable, now: Instant): Promise<number> {
  const result = await db.deleteFrom('hub_subscriptions').where('expires_at', '<=', now).executeTakeFirst();
  return Number(result.numDeletedRows);
}
