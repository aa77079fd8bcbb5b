import type { CalendarDate, Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';

/** A mail of the ledger, as its reader may know it. */
export interface DeliveryTo {
  readonly digest: string;
  readonly editionDate: CalendarDate;
  readonly state: string;
  readonly endedAt?: Instant;
}

/** Every edition that was to go to an address, oldest first. */
export async function deliveriesTo(db: Queryable, addressHash: string): Promise<readonly DeliveryTo[]> {
  const rows = await db
    .selectFrom('deliveries')
    .innerJoin('editions', 'editions.id', 'deliveries.edition_id')
    .select(['deliveries.digest', 'editions.edition_date', 'deliveries.state', 'deliveries.ended_at'])
    .where('deliveries.address_hash', '=', addressHash)
    .orderBy('deliveries.id')
    .execute();
  return rows.map(({ digest, edition_date: editionDate, state, ended_at: endedAt }) => ({
    digest,
    editionDate,
    state,
    ...(endedAt !== null && { endedAt }),
  }));
}
