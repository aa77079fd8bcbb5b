import type { StoredSubscriber, Subscription } from '../domain/subscriber.ts';
import type { Queryable } from './database.ts';
import { findSubscribers } from './subscribers.ts';

/** Which subscribers: those with a subscription to one of these digests in one of these states. */
export interface SubscriptionFilter {
  readonly digests: readonly string[];
  readonly states: readonly Subscription['state'][];
}

/**
 * At most `limit` subscribers after `afterId`, in the order in which they came; all of them without a filter.
 * `nextAfterId` is there when more follow. What it costs depends on the page and the number of digests, never on
 * how many subscribers there are: each digest and state is walked by its index.
 */
export async function subscriberPage(
  db: Queryable,
  page: { readonly afterId: number; readonly limit: number; readonly filter?: SubscriptionFilter },
): Promise<{ readonly subscribers: readonly StoredSubscriber[]; readonly nextAfterId?: number }> {
  const { limit, filter } = page;
  const afterwards = { afterId: page.afterId, limit: limit + 1 };
  const ids = filter ? await idsOf(db, filter, afterwards) : await allIds(db, afterwards);
  const shown = ids.slice(0, limit);
  const last = shown.at(-1);
  const hashes = shown.length === 0 ? [] : await addressHashes(db, shown);
  const subscribers = await findSubscribers(db, hashes);
  return {
    subscribers: subscribers.toSorted((a, b) => a.id - b.id),
    ...(ids.length > limit && last !== undefined && { nextAfterId: last }),
  };
}

/** The digests of which no mail goes to these addresses, `*` for all mail, in order; addresses without any are left out. */
export async function noMailOf(
  db: Queryable,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  if (hashes.length === 0) return found;
  const rows = await db
    .selectFrom('suppressions')
    .select(['address_hash', 'digest'])
    .where('address_hash', 'in', hashes)
    .orderBy('address_hash')
    .orderBy('digest')
    .execute();
  for (const { address_hash: hash, digest } of rows) found.set(hash, [...(found.get(hash) ?? []), digest]);
  return found;
}

interface Afterwards {
  readonly afterId: number;
  readonly limit: number;
}

async function allIds(db: Queryable, { afterId, limit }: Afterwards): Promise<readonly number[]> {
  const rows = await db
    .selectFrom('subscribers')
    .select('id')
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

async function idsOf(
  db: Queryable,
  { digests, states }: SubscriptionFilter,
  { afterId, limit }: Afterwards,
): Promise<readonly number[]> {
  const ids = new Set<number>();
  for (const digest of digests) {
    for (const state of states) {
      const rows = await db
        .selectFrom('subscriptions')
        .select('subscriber_id')
        .where('digest', '=', digest)
        .where('state', '=', state)
        .where('subscriber_id', '>', afterId)
        .orderBy('subscriber_id')
        .limit(limit)
        .execute();
      for (const row of rows) ids.add(row.subscriber_id);
    }
  }
  return [...ids].toSorted((a, b) => a - b).slice(0, limit);
}

async function addressHashes(db: Queryable, ids: readonly number[]): Promise<readonly string[]> {
  const rows = await db.selectFrom('subscribers').select('address_hash').where('id', 'in', ids).execute();
  return rows.map((row) => row.address_hash);
}
