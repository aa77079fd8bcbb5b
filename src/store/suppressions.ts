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
    .where('reason', '=', erasedReason)
    .execute();
  return new Set(rows.map((row) => row.address_hash));
}
