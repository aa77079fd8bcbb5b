import type { Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';

/** In place of a digest's key: no mail at all to this address. */
export const allDigests = '*';
/** The reason of a suppression that also keeps an address from being stored again. */
export const erasedReason = 'erased';

export interface Suppression {
  readonly addressHash: string;
  /** A digest's key, or `*` for all mail. */
  readonly digest: string;
  /** Why, in a word or a sentence: `unsubscribed`, `complaint`, `hard bounce`. */
  readonly reason: string;
  readonly now: Instant;
}

/** From here on no mail of the digest goes to the address. Saying it again changes nothing: the first reason stays. */
export async function suppress(db: Queryable, suppression: Suppression): Promise<void> {
  await db
    .insertInto('suppressions')
    .values({
      address_hash: suppression.addressHash,
      digest: suppression.digest,
      reason: suppression.reason,
      since_at: suppression.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Whether the address gets no mail of this digest, by itself or by `*`. */
export async function isSuppressed(db: Queryable, addressHash: string, digest: string): Promise<boolean> {
  const row = await db
    .selectFrom('suppressions')
    .select('since_at')
    .where('address_hash', '=', addressHash)
    .where('digest', 'in', [digest, allDigests])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The hashes of all addresses that get no mail of this digest. */
export async function suppressedHashes(db: Queryable, digest: string): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('suppressions')
    .select('address_hash')
    .where('digest', 'in', [digest, allDigests])
    .execute();
  return new Set(rows.map((row) => row.address_hash));
}

/** Addresses whose owners had everything about them erased: no file and no import brings them back. */
export async function erasedHashes(db: Queryable): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('suppressions')
    .select('address_hash')
    .where('digest', '=', allDigests)
    .where((is) => is.or([is('reason', '=', erasedReason), is('reason', 'like', `${erasedReason}, %`)]))
    .execute();
  return new Set(rows.map((row) => row.address_hash));
}

/** Reasons that were a reader's own word, which their own later word takes back. Any other stays whatever they say. */
const ownReasons = ['unsubscribed', erasedReason];

/** Whether the address gets no mail at all for a reason that its owner cannot take back: a complaint, bounces. */
export async function isBarred(db: Queryable, addressHash: string): Promise<boolean> {
  const row = await db
    .selectFrom('suppressions')
    .select('since_at')
    .where('address_hash', '=', addressHash)
    .where('digest', '=', allDigests)
    .where('reason', 'not in', ownReasons)
    .executeTakeFirst();
  return row !== undefined;
}

/** Why the address gets no mail of which digest, and since when. */
export async function suppressionsOf(
  db: Queryable,
  addressHash: string,
): Promise<readonly { readonly digest: string; readonly reason: string; readonly since: Instant }[]> {
  const rows = await db
    .selectFrom('suppressions')
    .select(['digest', 'reason', 'since_at'])
    .where('address_hash', '=', addressHash)
    .orderBy('digest')
    .execute();
  return rows.map(({ digest, reason, since_at: since }) => ({ digest, reason, since }));
}

/**
 * Takes back the reader's own no to these digests, by their own yes. A no to all mail becomes one to each of
 * `others`, the digests that they did not say yes to. Complaints and bounces stay.
 */
export async function liftSuppressions(
  db: Queryable,
  addressHash: string,
  digests: readonly string[],
  others: readonly string[],
  now: Instant,
): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom('suppressions')
    .where('address_hash', '=', addressHash)
    .where('digest', '=', allDigests)
    .where('reason', 'in', ownReasons)
    .executeTakeFirst();
  if (numDeletedRows > 0n) {
    for (const digest of others) await suppress(db, { addressHash, digest, reason: 'unsubscribed', now });
  }
  await db
    .deleteFrom('suppressions')
    .where('address_hash', '=', addressHash)
    .where('digest', 'in', digests)
    .where('reason', 'in', ownReasons)
    .execute();
}
