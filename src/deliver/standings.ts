import type { DeliveryState } from '../domain/delivery.ts';
import type { CalendarDate } from '../domain/time.ts';
import type { Database } from '../store/database.ts';
import { countDeliveries } from '../store/deliveries.ts';
import type { StoredEdition } from '../store/editions.ts';
import type { PreparedAudience } from './prepare.ts';

/** Where the mails of one edition stand. */
export interface EditionMails {
  readonly digest: string;
  readonly editionDate: CalendarDate;
  /** Undefined when the audience had been frozen before. */
  readonly audience?: PreparedAudience;
  readonly states: Readonly<Record<DeliveryState, number>>;
}

/** Where the mails of these editions stand; `audiences` are those frozen just now, by the edition's id. */
export function editionMails(
  db: Database,
  editions: readonly Pick<StoredEdition, 'id' | 'edition'>[],
  audiences: ReadonlyMap<number, PreparedAudience>,
): Promise<readonly EditionMails[]> {
  return Promise.all(
    editions.map(async ({ id, edition: { digest, editionDate } }) => {
      const audience = audiences.get(id);
      return { digest, editionDate, ...(audience && { audience }), states: await countDeliveries(db, id) };
    }),
  );
}
