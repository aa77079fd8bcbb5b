import type { Instant } from '../domain/time.ts';
import { rowsIn } from './bulk-rows.ts';
import type { Queryable } from './database.ts';

/** When each address last said yes or no to each digest, or `*`: instants by `<address hash> <digest>`. */
export async function lastSayings(
  db: Queryable,
  addressHashes: readonly string[],
): Promise<ReadonlyMap<string, Instant>> {
  const rows = await rowsIn<{ address_hash: string; digest: string; at: number }>(
    db,
    "select address_hash, digest, at from consents where act in ('confirmed', 'left') and address_hash",
    addressHashes,
  );
  const last = new Map<string, Instant>();
  for (const { address_hash: hash, digest, at } of rows) {
    const key = `${hash} ${digest}`;
    last.set(key, Math.max(at, last.get(key) ?? 0));
  }
  return last;
}
