import { sql } from 'kysely';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';

/* What came back about an address, one row an event of a provider or a recipient of a mail; append-only. */

/** The delivery that something is about. */
export interface BouncedDelivery {
  readonly id: number;
  readonly digest: string;
  readonly addressHash: string;
}

/** An event as it counts for the next one about the same address. */
export interface PastBounce {
  readonly kind: string;
  readonly at: Instant;
}

export interface NewBounceEvent {
  /** `mail`, or the name of a provider. */
  readonly provider: string;
  /** The provider's own id; for a mail the hash of its bytes and the number of the recipient. */
  readonly eventId: string;
  readonly deliveryId?: number;
  readonly messageId?: number;
  readonly addressHash: string;
  readonly kind: string;
  readonly reason?: string;
  readonly status?: string;
  readonly code?: number;
  readonly diagnostic: string;
  readonly happenedAt: Instant;
  readonly receivedAt: Instant;
  /** What was done about it, in words. */
  readonly action: string;
}

const columns = ['id', 'digest', 'address_hash'] as const;

/** Nobody reports about mail older than that, and each edition costs one look into an index. */
const editionsLookedAt = 100;

/** The delivery of that id. */
export async function deliveryById(db: Queryable, id: number): Promise<BouncedDelivery | undefined> {
  const row = await db.selectFrom('deliveries').select(columns).where('id', '=', id).executeTakeFirst();
  return row && { id: row.id, digest: row.digest, addressHash: row.address_hash };
}

/** The delivery whose mail has this Message-ID, with angle brackets. */
export async function deliveryByMessageId(
  db: Queryable,
  messageId: string,
): Promise<BouncedDelivery | undefined> {
  const row = await db
    .selectFrom('deliveries')
    .select(columns)
    .where('message_id', '=', messageId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { id: row.id, digest: row.digest, addressHash: row.address_hash };
}

/** Whether anything came back about a delivery: then it had been handed over. */
export async function hasReport(db: Queryable, deliveryId: number): Promise<boolean> {
  const row = await db
    .selectFrom('bounce_events')
    .select('id')
    .where('delivery_id', '=', deliveryId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The last delivery, of the newest editions, that was handed over to the address. */
export async function latestDeliveryTo(
  db: Queryable,
  addressHash: string,
): Promise<BouncedDelivery | undefined> {
  const row = await db
    .selectFrom('deliveries')
    .select(columns)
    .where('edition_id', 'in', (editions) =>
      editions.selectFrom('editions').select('id').orderBy('id', 'desc').limit(editionsLookedAt),
    )
    .where('address_hash', '=', addressHash)
    .where('state', 'in', ['accepted', 'in_doubt'])
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { id: row.id, digest: row.digest, addressHash: row.address_hash };
}

/** A delivery that its server refused for good. */
export interface RefusedDelivery {
  readonly delivery: BouncedDelivery;
  readonly reply: string;
  readonly code?: number;
  /** Whether the whole mail was handed over before the answer came. */
  readonly wasHandedOver: boolean;
  readonly at?: Instant;
}

/**
 * Up to `limit` refused deliveries of the newest editions that are not among the events yet. The state is written out
 * because the partial index is used only then.
 */
export async function refusedDeliveries(db: Queryable, limit: number): Promise<readonly RefusedDelivery[]> {
  const rows = await db
    .selectFrom('deliveries')
    .leftJoin('attempts', (join) =>
      join
        .onRef('attempts.delivery_id', '=', 'deliveries.id')
        .onRef('attempts.lease_epoch', '=', 'deliveries.lease_epoch'),
    )
    .select([
      'deliveries.id',
      'deliveries.digest',
      'deliveries.address_hash',
      'deliveries.last_reply',
      'deliveries.last_code',
      'deliveries.ended_at',
      'attempts.handed_over_at',
    ])
    .where('deliveries.edition_id', 'in', (editions) =>
      editions.selectFrom('editions').select('id').orderBy('id', 'desc').limit(editionsLookedAt),
    )
    .where(sql<boolean>`deliveries.state = 'rejected'`)
    .where((row) =>
      row.not(
        row.exists(
          row
            .selectFrom('bounce_events')
            .select('bounce_events.id')
            .whereRef('bounce_events.delivery_id', '=', 'deliveries.id')
            .where('bounce_events.provider', '=', 'smtp'),
        ),
      ),
    )
    .orderBy('deliveries.id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    delivery: { id: row.id, digest: row.digest, addressHash: row.address_hash },
    reply: row.last_reply ?? '',
    ...(row.last_code !== null && { code: row.last_code }),
    wasHandedOver: row.handed_over_at !== null,
    ...(row.ended_at !== null && { at: row.ended_at }),
  }));
}

/** Events about the address since then, the oldest first. */
export async function bouncesOf(
  db: Queryable,
  addressHash: string,
  since: Instant,
): Promise<readonly PastBounce[]> {
  const rows = await db
    .selectFrom('bounce_events')
    .select(['kind', 'happened_at'])
    .where('address_hash', '=', addressHash)
    .where('happened_at', '>=', since)
    .orderBy('happened_at')
    .execute();
  return rows.map((row) => ({ kind: row.kind, at: row.happened_at }));
}

/** Adds an event; false, and nothing stored, when the provider told it before. */
export async function addBounceEvent(db: Queryable, event: NewBounceEvent): Promise<boolean> {
  const result = await db
    .insertInto('bounce_events')
    .values({
      provider: event.provider,
      event_id: event.eventId,
      delivery_id: event.deliveryId ?? null,
      message_id: event.messageId ?? null,
      address_hash: event.addressHash,
      kind: event.kind,
      reason: event.reason ?? null,
      status: event.status ?? null,
      code: event.code ?? null,
      diagnostic: event.diagnostic,
      happened_at: event.happenedAt,
      received_at: event.receivedAt,
      action: event.action,
    })
    .onConflict((conflict) => conflict.columns(['provider', 'event_id']).doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Events received since then, by kind. */
export async function countBounceEvents(
  db: Queryable,
  since: Instant,
): Promise<Readonly<Record<string, number>>> {
  const rows = await db
    .selectFrom('bounce_events')
    .select((row) => ['kind', row.fn.countAll<number>().as('rows')])
    .where('received_at', '>=', since)
    .groupBy('kind')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.kind, row.rows]));
}

/** The last refusals for what we sent or who we are: what an operator has to look at. */
export async function policyRefusals(
  db: Queryable,
  since: Instant,
  limit: number,
): Promise<readonly { readonly reason: string; readonly diagnostic: string; readonly at: Instant }[]> {
  const rows = await db
    .selectFrom('bounce_events')
    .select(['reason', 'diagnostic', 'received_at'])
    .where('kind', '=', 'policy')
    .where('received_at', '>=', since)
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    reason: row.reason ?? 'policy',
    diagnostic: row.diagnostic,
    at: row.received_at,
  }));
}

/**
 * A report about a delivery in doubt says that the server had the mail: the row ends as `accepted`, unless somebody
 * works on it at this moment. Nothing else of the ledger is ever changed by what comes in.
 */
export async function settleInDoubt(db: Queryable, deliveryId: number, now: Instant): Promise<boolean> {
  const result = await db
    .updateTable('deliveries')
    .set({ state: 'accepted', ended_at: now, lease_owner: null, lease_until: null })
    .where('id', '=', deliveryId)
    .where('state', '=', 'in_doubt')
    .where((row) => row.or([row('lease_until', 'is', null), row('lease_until', '<=', now)]))
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
