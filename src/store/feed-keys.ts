import type { Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';

/** The secret of a subscriber's private feed; undefined until they asked for one. */
export async function feedKeyOf(db: Queryable, subscriberId: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('subscribers')
    .select('feed_key')
    .where('id', '=', subscriberId)
    .executeTakeFirst();
  return row?.feed_key ?? undefined;
}

/** From here on the private feed has this secret, and the one before is unknown. */
export async function setFeedKey(
  db: Queryable,
  subscriberId: number,
  key: string | undefined,
  now: Instant,
): Promise<void> {
  await db
    .updateTable('subscribers')
    .set({ feed_key: key ?? null, changed_at: now })
    .where('id', '=', subscriberId)
    .execute();
}

/** The hash of the address whose private feed has this secret. */
export async function addressHashOfFeed(db: Queryable, key: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('subscribers')
    .select('address_hash')
    .where('feed_key', '=', key)
    .executeTakeFirst();
  return row?.address_hash;
}
