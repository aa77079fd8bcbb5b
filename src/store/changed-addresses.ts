import type { Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';

/** A subscriber has another address from here on; throws when that one is another subscriber's. */
export async function setAddress(
  db: Queryable,
  subscriberId: number,
  { address, addressHash }: { readonly address: string; readonly addressHash: string },
  now: Instant,
): Promise<void> {
  await db
    .updateTable('subscribers')
    .set({ address, address_hash: addressHash, changed_at: now, changed_by: 'reader' })
    .where('id', '=', subscriberId)
    .execute();
}
