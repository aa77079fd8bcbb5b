import { sql } from 'kysely';
import type { Delivery, SubmissionOutcome } from '../domain/delivery.ts';
import type { Instant } from '../domain/time.ts';
import type { Database, Queryable } from './database.ts';
import { deliveryColumns, freed, toDelivery } from './deliveries.ts';
import { allDigests } from './suppressions.ts';

/*
 * Work on the ledger. A worker may change a row only under the lease it holds: every change names the
 * lease's epoch, so a worker that slept past its lease changes nothing.
 */

/** The right to work on a row: it ends when somebody else claims the row. */
export type Lease = Pick<Delivery, 'id' | 'leaseEpoch'>;

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
      .set({ ...changeFor(outcome.result, times), last_code: code, last_reply: outcome.reply })
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
  result: SubmissionOutcome['result'],
  times: { readonly now: Instant; readonly nextAttemptAt: Instant },
) {
  const counted = { ...freed, attempts: sql<number>`attempts + 1` };
  const changes = {
    accepted: { ...counted, state: 'accepted', ended_at: times.now },
    rejected: { ...counted, state: 'rejected', ended_at: times.now },
    deferred: { ...counted, state: 'deferred', next_attempt_at: times.nextAttemptAt },
    in_doubt: { ...counted, state: 'in_doubt' },
    blocked: { ...freed, state: waiting, next_attempt_at: times.nextAttemptAt },
  };
  return changes[result];
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

/** The state of a row that waits for a try: a first one, or another. */
const waiting = sql<string>`case when attempts > 0 then 'deferred' else 'pending' end`;

const suppressedNow = sql<number>`exists (
  select 1 from suppressions
  where suppressions.address_hash = deliveries.address_hash
    and suppressions.digest in (deliveries.digest, ${sql.lit(allDigests)}))`;
