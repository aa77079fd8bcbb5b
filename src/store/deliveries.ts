import { sql } from 'kysely';
import type { Delivery, DeliveryState } from '../domain/delivery.ts';
import { noFollows, type Follows, type Wish } from '../domain/subscriber.ts';
import type { Instant } from '../domain/time.ts';
import { StoreError } from '../errors.ts';
import type { Queryable } from './database.ts';
import { jsonList, jsonObject } from './json.ts';
import type { DeliveryRow } from './mail-rows.ts';

/*
 * The delivery ledger: one row for ever for one edition to one address. `delivery-insert.ts` adds rows, `leases.ts` has the
 * work on one.
 */

/** Ends rows not handed over whose edition, and whose reader's hour, is before `publishedBefore`: too old to send. Returns how many. */
export async function expireDeliveries(
  db: Queryable,
  limits: { readonly publishedBefore: Instant; readonly now: Instant },
): Promise<number> {
  const result = await db
    .updateTable('deliveries')
    .set({ ...freed, state: 'expired', ended_at: limits.now })
    .where(sql<boolean>`state in ('pending', 'deferred', 'leased')`)
    .where((row) => row.or([row('state', '<>', 'leased'), row('lease_until', '<=', limits.now)]))
    .where((row) => row.or([row('due_at', 'is', null), row('due_at', '<', limits.publishedBefore)]))
    .where('edition_id', 'in', (editions) =>
      editions.selectFrom('editions').select('id').where('published_at', '<', limits.publishedBefore),
    )
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Whether any delivery can be tried now. */
export async function hasDueDeliveries(db: Queryable, now: Instant): Promise<boolean> {
  const row = await db
    .selectFrom('deliveries')
    .select('id')
    .where(sql<boolean>`state in ('pending', 'deferred', 'leased')`)
    .where('next_attempt_at', '<=', now)
    .where((row) => row.or([row('state', '<>', 'leased'), row('lease_until', '<=', now)]))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** A delivery that is not at its end, or was refused, with what the last try came to. */
export interface TroubledDelivery {
  readonly address: string;
  readonly state: DeliveryState;
  readonly reply: string;
  /** When it is due again; undefined when nothing tries it again. */
  readonly nextAttemptAt?: Instant;
}

/** Up to `limit` deliveries of these editions whose last try did not succeed, the refused ones first. */
export async function troubledDeliveries(
  db: Queryable,
  editionIds: readonly number[],
  limit: number,
): Promise<readonly TroubledDelivery[]> {
  if (editionIds.length === 0) return [];
  const rows = await db
    .selectFrom('deliveries')
    .select(['address', 'state', 'last_reply', 'next_attempt_at'])
    .where('edition_id', 'in', [...editionIds])
    .where('state', 'in', ['rejected', 'in_doubt', 'deferred', 'pending'])
    .where('last_reply', 'is not', null)
    .orderBy('state', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => {
    const state = deliveryState(row.state);
    const isWaiting = state === 'deferred' || state === 'pending';
    return {
      address: row.address,
      state,
      reply: row.last_reply ?? '',
      ...(isWaiting && { nextAttemptAt: row.next_attempt_at }),
    };
  });
}

/** Rows of the edition by state; together they are the audience. */
export async function countDeliveries(
  db: Queryable,
  editionId: number,
): Promise<Readonly<Record<DeliveryState, number>>> {
  const rows = await db
    .selectFrom('deliveries')
    .select((row) => ['state', row.fn.countAll<number>().as('rows')])
    .where('edition_id', '=', editionId)
    .groupBy('state')
    .execute();
  const counts = { ...noDeliveries };
  for (const row of rows) counts[deliveryState(row.state)] = row.rows;
  return counts;
}

/** Rows in doubt of editions published since then, those that somebody is submitting right now included. */
export async function countInDoubt(db: Queryable, publishedSince: Instant): Promise<number> {
  const row = await db
    .selectFrom('deliveries')
    .innerJoin('editions', 'editions.id', 'deliveries.edition_id')
    .select((select) => select.fn.countAll<number>().as('rows'))
    .where('editions.published_at', '>=', publishedSince)
    .where('deliveries.state', '=', 'in_doubt')
    .executeTakeFirstOrThrow();
  return row.rows;
}

const noDeliveries: Record<DeliveryState, number> = {
  pending: 0,
  leased: 0,
  in_doubt: 0,
  accepted: 0,
  deferred: 0,
  rejected: 0,
  expired: 0,
  suppressed: 0,
};

/** A row without a lease. */
export const freed = { lease_owner: null, lease_until: null };

export const deliveryColumns = [
  'id',
  'edition_id',
  'digest',
  'address',
  'address_hash',
  'name',
  'topics',
  'covers_from',
  'covers_to',
  'wish',
  'state',
  'attempts',
  'next_attempt_at',
  'lease_epoch',
  'message_id',
] as const;

/** The row as the domain knows it. */
export function toDelivery(
  row: Pick<DeliveryRow, Exclude<(typeof deliveryColumns)[number], 'id'>> & { id: number },
): Delivery {
  return {
    id: row.id,
    editionId: row.edition_id,
    digest: row.digest,
    address: row.address,
    addressHash: row.address_hash,
    ...(row.name !== null && { name: row.name }),
    ...(row.topics !== null && { topics: jsonList<string>(row.topics) }),
    ...(row.covers_from !== null &&
      row.covers_to !== null && { covers: { fromDate: row.covers_from, toDate: row.covers_to } }),
    ...(row.wish !== null && { wish: wishOf(row.wish) }),
    state: deliveryState(row.state),
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    leaseEpoch: row.lease_epoch,
    messageId: row.message_id,
  };
}

function wishOf(text: string): Wish {
  const { muted = [], ...follows } = jsonObject<Partial<Follows & { muted: readonly string[] }>>(text);
  return { follows: { ...noFollows, ...follows }, muted };
}

function isDeliveryState(text: string): text is DeliveryState {
  return text in noDeliveries;
}

/** The state that a row names; throws StoreError for a word that is none. */
export function deliveryState(text: string): DeliveryState {
  if (isDeliveryState(text)) return text;
  throw new StoreError(`expected the state of a delivery, found "${text}"`);
}
