import type { Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';
import { inTransaction } from './in-transaction.ts';
import { forgetInbound } from './inbound-messages.ts';
import { allDigests, erasedReason } from './suppressions.ts';

/**
 * Forgets all that is known of an address, in one transaction, the caller's where there is one: what remains is its
 * keyed hash on the list of addresses that get no mail, and rows of the ledger that name nobody. A complaint or a bounce
 * before stays the reason, so that its owner's later yes does not lift it. Doing it again changes nothing.
 */
export async function eraseAddress(db: Queryable, addressHash: string, now: Instant): Promise<void> {
  await inTransaction(db, async (transaction) => {
    await suppressErased(transaction, addressHash, now);
    await forgetBounces(transaction, addressHash);
    for (const table of ['subscribers', 'requests', 'notices', 'consents', 'idempotency_keys'] as const) {
      await transaction.deleteFrom(table).where('address_hash', '=', addressHash).execute();
    }
    await forgetDeliveries(transaction, addressHash);
  });
}

async function suppressErased(db: Queryable, addressHash: string, now: Instant): Promise<void> {
  const before = await db
    .selectFrom('suppressions')
    .select('reason')
    .where('address_hash', '=', addressHash)
    .where('digest', '=', allDigests)
    .executeTakeFirst();
  if (before?.reason.startsWith(erasedReason)) return;
  const isOwn = before === undefined || before.reason === 'unsubscribed';
  const reason = isOwn ? erasedReason : `${erasedReason}, ${before.reason}`;
  await db
    .insertInto('suppressions')
    .values({ address_hash: addressHash, digest: allDigests, reason, since_at: now })
    .onConflict((conflict) => conflict.columns(['address_hash', 'digest']).doUpdateSet({ reason }))
    .execute();
  await db
    .deleteFrom('suppressions')
    .where('address_hash', '=', addressHash)
    .where('digest', '!=', allDigests)
    .execute();
}

/** Replies of mail servers and returned mails quote the address: of a mail only the hash of its bytes stays, so that it does not count again. */
async function forgetBounces(db: Queryable, addressHash: string): Promise<void> {
  const address = await knownAddress(db, addressHash);
  if (address !== undefined) await forgetInbound(db, addressHash, address);
  await db.deleteFrom('bounce_events').where('address_hash', '=', addressHash).execute();
}

/** How the address is written, as its subscriber or else the ledger has it; undefined once it is erased. */
async function knownAddress(db: Queryable, addressHash: string): Promise<string | undefined> {
  for (const table of ['subscribers', 'deliveries'] as const) {
    const row = await db
      .selectFrom(table)
      .select('address')
      .where('address_hash', '=', addressHash)
      .where('address', '<>', '')
      .limit(1)
      .executeTakeFirst();
    if (row) return row.address;
  }
  return undefined;
}

/** The rows stay, for no edition may go to anybody twice; a mail that waits will not be sent. */
async function forgetDeliveries(db: Queryable, addressHash: string): Promise<void> {
  await db
    .updateTable('attempts')
    .set({ reply: null })
    .where('delivery_id', 'in', (own) =>
      own.selectFrom('deliveries').select('id').where('address_hash', '=', addressHash),
    )
    .execute();
  await db
    .updateTable('deliveries')
    .set({ address: '', name: null, topics: null, wish: null, last_reply: null })
    .where('address_hash', '=', addressHash)
    .execute();
}
