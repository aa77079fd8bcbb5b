import { noFollows, type Chooser, type Origin } from '../domain/subscriber.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';

/** Stores an address that is not known yet, without choices, inside the caller's transaction; returns its id. */
export async function insertBareSubscriber(
  db: Queryable,
  subscriber: {
    readonly address: string;
    readonly addressHash: string;
    readonly origin: Origin;
    readonly by: Chooser;
  },
  now: Instant,
): Promise<number> {
  const { id } = await db
    .insertInto('subscribers')
    .values({
      address: subscriber.address,
      address_hash: subscriber.addressHash,
      origin: subscriber.origin,
      follows: JSON.stringify(noFollows),
      muted: '[]',
      created_at: now,
      changed_at: now,
      changed_by: subscriber.by,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}
