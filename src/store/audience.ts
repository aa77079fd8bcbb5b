import type { Queryable } from './database.ts';

/** Whether a reader wants mail of a digest at this moment: confirmed, and not in a pause that ends after `date`. */
export async function wantsMail(
  db: Queryable,
  {
    addressHash,
    digest,
    date,
  }: { readonly addressHash: string; readonly digest: string; readonly date: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('subscribers')
    .innerJoin('subscriptions', 'subscriptions.subscriber_id', 'subscribers.id')
    .select('subscribers.id')
    .where('address_hash', '=', addressHash)
    .where('digest', '=', digest)
    .where('state', '=', 'confirmed')
    .where((reader) => reader.or([reader('paused_until', 'is', null), reader('paused_until', '<=', date)]))
    .executeTakeFirst();
  return row !== undefined;
}
