import { sql } from 'kysely';
import type { Delivery, DeliveryState, SubmissionOutcome } from '../domain/delivery.ts';
import type { Instant } from '../domain/time.ts';
import { StoreError } from '../errors.ts';
import type { Database, Queryable } from './database.ts';
import { jsonList } from './json.ts';
import { chunks } from './papers.ts';
import type { DeliveryRow } from './schema.ts';
import { allDigests } from './suppressions.ts';

/*
 * The delivery ledger: one row for ever for one edition to one address. A worker may change a row only
 * under the lease it holds: every change names the lease's epoch, so a worker that slept past its lease
 * changes nothing.
 */

export type NewDelivery = Pick<
  Delivery,
  'editionId' | 'digest' | 'address' | 'addressHash' | 'name' | 'topics' | 'messageId'
>;

/** The right to work on a row: it ends when somebody else claims the row. */
export type Lease = Pick<Delivery, 'id' | 'leaseEpoch'>;

const rowsPerInsert = 500;

/**
 * Stores the audience, all or nothing; a row that is there already (same edition and address) stays as it
 * is. Returns the number of new rows. Due from `now` on.
 */
export async function insertDeliveries(
  db: Database,
  deliveries: readonly NewDelivery[],
  now: Instant,
): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    let inserted = 0n;
    for (const chunk of chunks(deliveries, rowsPerInsert)) {
      const result = await transaction
        .insertInto('deliveries')
        .values(
          chunk.map((delivery) => ({
            edition_id: delivery.editionId,
            digest: delivery.digest,
            address: delivery.address,
            address_hash: delivery.addressHash,
            name: delivery.name ?? null,
            topics: delivery.topics ? JSON.stringify(delivery.topics) : null,
            state: 'pending',
            attempts: 0,
            next_attempt_at: now,
            lease_epoch: 0,
            message_id: delivery.messageId,
            prepared_at: now,
          })),
        )
        .onConflict((conflict) => conflict.columns(['edition_id', 'address_hash']).doNothing())
        .executeTakeFirst();
      inserted += result.numInsertedOrUpdatedRows ?? 0n;
    }
    return Number(inserted);
  });
}

/**
 * Leases up to `limit` due rows to `owner` until `leaseUntil`, longest due first: pending ones, deferred
 * ones whose time has come, and those whose lease ran out. Editions published before `publishedSince` are
 * left alone. One statement, so no row goes to two owners. The states are written out because the
 * partial index is used only then.
 */
export async function claimDeliveries(
  db: Queryable,
  claim: {
    readonly owner: string;
    readonly limit: number;
    readonly now: Instant;
    readonly leaseUntil: Instant;
    readonly publishedSince: Instant;
  },
): Promise<readonly Delivery[]> {
  const rows = await db
    .updateTable('deliveries')
    .set((row) => ({
      state: 'leased',
      lease_owner: claim.owner,
      lease_until: claim.leaseUntil,
      lease_epoch: row('lease_epoch', '+', 1),
    }))
    .where(
      'id',
      'in',
      sql<number>`(
        select deliveries.id from deliveries join editions on editions.id = deliveries.edition_id
        where state in ('pending', 'deferred', 'leased') and next_attempt_at <= ${claim.now}
          and (state <> 'leased' or lease_until <= ${claim.now})
          and editions.published_at >= ${claim.publishedSince}
        order by next_attempt_at, deliveries.id limit ${claim.limit})`,
    )
    .returning(deliveryColumns)
    .execute();
  return rows.map(toDelivery).toSorted((a, b) => a.nextAttemptAt - b.nextAttemptAt || a.id - b.id);
}

/** `ready` while the lease holds and the reader may get it; `suppressed` when they said no meanwhile; `lost` when the lease is another's. */
export async function leaseStanding(db: Queryable, lease: Lease): Promise<'ready' | 'suppressed' | 'lost'> {
  const row = await db
    .selectFrom('deliveries')
    .select(sql<number>`${suppressedNow}`.as('suppressed'))
    .where('id', '=', lease.id)
    .where('lease_epoch', '=', lease.leaseEpoch)
    .where('state', '=', 'leased')
    .executeTakeFirst();
  if (!row) return 'lost';
  return row.suppressed === 1 ? 'suppressed' : 'ready';
}

/**
 * The marker: after `marked` the row is in doubt, on the disk, and only an answer may move it. It is not
 * set when the lease is lost or the reader said no up to this moment.
 */
export async function markInDoubt(
  db: Database,
  lease: Lease,
  times: { readonly startedAt: Instant; readonly now: Instant },
): Promise<'marked' | 'suppressed' | 'lost'> {
  return db.transaction().execute(async (transaction) => {
    const result = await transaction
      .updateTable('deliveries')
      .set({ state: 'in_doubt' })
      .where('id', '=', lease.id)
      .where('lease_epoch', '=', lease.leaseEpoch)
      .where('state', '=', 'leased')
      .where(sql<boolean>`not ${suppressedNow}`)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) {
      return (await leaseStanding(transaction, lease)) === 'suppressed' ? 'suppressed' : 'lost';
    }
    await transaction
      .insertInto('attempts')
      .values({
        delivery_id: lease.id,
        lease_epoch: lease.leaseEpoch,
        started_at: times.startedAt,
        handed_over_at: times.now,
      })
      .execute();
    return 'marked';
  });
}

/**
 * Records what a try came to and ends the lease; false, and nothing changed, when the lease was lost.
 * `nextAttemptAt` holds for `deferred` and `blocked`; a blocked try does not count as an attempt.
 */
export async function recordOutcome(
  db: Database,
  lease: Lease,
  outcome: SubmissionOutcome,
  times: { readonly startedAt: Instant; readonly now: Instant; readonly nextAttemptAt: Instant },
): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    const code = 'code' in outcome ? (outcome.code ?? null) : null;
    const result = await transaction
      .updateTable('deliveries')
      .set({ ...changeFor(outcome, times), last_code: code, last_reply: outcome.reply })
      .where('id', '=', lease.id)
      .where('lease_epoch', '=', lease.leaseEpoch)
      .where('state', 'in', ['leased', 'in_doubt'])
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) return false;
    const ended = { ended_at: times.now, result: outcome.result, code, reply: outcome.reply };
    await transaction
      .insertInto('attempts')
      .values({
        delivery_id: lease.id,
        lease_epoch: lease.leaseEpoch,
        started_at: times.startedAt,
        ...ended,
      })
      .onConflict((conflict) => conflict.columns(['delivery_id', 'lease_epoch']).doUpdateSet(ended))
      .execute();
    return true;
  });
}

function changeFor(
  outcome: SubmissionOutcome,
  times: { readonly now: Instant; readonly nextAttemptAt: Instant },
) {
  const counted = sql<number>`attempts + 1`;
  switch (outcome.result) {
    case 'accepted':
    case 'rejected':
      return { ...freed, state: outcome.result, attempts: counted, ended_at: times.now };
    case 'deferred':
      return { ...freed, state: 'deferred', attempts: counted, next_attempt_at: times.nextAttemptAt };
    case 'in_doubt':
      return { ...freed, state: 'in_doubt', attempts: counted };
    case 'blocked':
      return { ...freed, state: waiting, next_attempt_at: times.nextAttemptAt };
  }
}

/** Ends a leased row because its reader said no; false when the lease was lost. */
export async function recordSuppressed(db: Queryable, lease: Lease, now: Instant): Promise<boolean> {
  const result = await db
    .updateTable('deliveries')
    .set({ ...freed, state: 'suppressed', ended_at: now })
    .where('id', '=', lease.id)
    .where('lease_epoch', '=', lease.leaseEpoch)
    .where('state', '=', 'leased')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Hands back what `owner` holds and did not hand over: due again as before, nothing counted. */
export async function releaseLeases(db: Queryable, owner: string): Promise<number> {
  const result = await db
    .updateTable('deliveries')
    .set({ ...freed, state: waiting })
    .where(sql<boolean>`state in ('pending', 'deferred', 'leased')`)
    .where('state', '=', 'leased')
    .where('lease_owner', '=', owner)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Ends rows not handed over of editions published before `publishedBefore`: too old to send. Returns how many. */
export async function expireDeliveries(
  db: Queryable,
  limits: { readonly publishedBefore: Instant; readonly now: Instant },
): Promise<number> {
  const result = await db
    .updateTable('deliveries')
    .set({ ...freed, state: 'expired', ended_at: limits.now })
    .where(sql<boolean>`state in ('pending', 'deferred', 'leased')`)
    .where((row) => row.or([row('state', '<>', 'leased'), row('lease_until', '<=', limits.now)]))
    .where('edition_id', 'in', (editions) =>
      editions.selectFrom('editions').select('id').where('published_at', '<', limits.publishedBefore),
    )
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
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

const freed = { lease_owner: null, lease_until: null };

/** The state of a row that waits for a try: a first one, or another. */
const waiting = sql<string>`case when attempts > 0 then 'deferred' else 'pending' end`;

const suppressedNow = sql<number>`exists (
  select 1 from suppressions
  where suppressions.address_hash = deliveries.address_hash
    and suppressions.digest in (deliveries.digest, ${sql.lit(allDigests)}))`;

const deliveryColumns = [
  'id',
  'edition_id',
  'digest',
  'address',
  'address_hash',
  'name',
  'topics',
  'state',
  'attempts',
  'next_attempt_at',
  'lease_epoch',
  'message_id',
] as const;

function toDelivery(
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
    state: deliveryState(row.state),
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    leaseEpoch: row.lease_epoch,
    messageId: row.message_id,
  };
}

function isDeliveryState(text: string): text is DeliveryState {
  return text in noDeliveries;
}

function deliveryState(text: string): DeliveryState {
  if (isDeliveryState(text)) return text;
  throw new StoreError(`expected the state of a delivery, found "${text}"`);
}
