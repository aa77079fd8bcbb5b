import { sql } from 'kysely';
import type { Delivery } from '../domain/delivery.ts';
import type { Instant } from '../domain/time.ts';
import type { Database, Queryable } from './database.ts';
import { deliveryColumns, freed, toDelivery } from './deliveries.ts';
import { takeSteps, waiting, type Lease, type RecordStep } from './ledger-steps.ts';

/*
 * Work on the ledger. A worker may change a row only under the lease it holds: every change names the
 * lease's epoch, so a worker that slept past its lease changes nothing.
 */

/**
 * Leases up to `limit` due rows to `owner` until `leaseUntil`, longest due first: pending ones, deferred
 * ones whose time has come, and those whose lease ran out. Editions published before `publishedSince`, if the reader's hour is too, are
 * left alone, and so is one whose audience is not whole. One statement, so no row goes to two owners. The states are written out because the
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
          and editions.prepared_at is not null
          and (state <> 'leased' or lease_until <= ${claim.now})
          and (editions.published_at >= ${claim.publishedSince} or due_at >= ${claim.publishedSince})
        order by next_attempt_at, deliveries.id limit ${claim.limit})`,
    )
    .returning(deliveryColumns)
    .execute();
  return rows.map(toDelivery).toSorted((a, b) => a.nextAttemptAt - b.nextAttemptAt || a.id - b.id);
}

/** The marker of one row alone: see `takeSteps`. */
export async function markInDoubt(
  db: Database,
  lease: Lease,
  times: { readonly startedAt: Instant; readonly now: Instant },
): Promise<'marked' | 'suppressed' | 'lost'> {
  const [result] = await takeSteps(db, [{ step: 'mark', lease, ...times }]);
  return result === 'marked' || result === 'suppressed' ? result : 'lost';
}

/** What a try came to, of one row alone; false, and nothing changed, when the lease was lost. See `takeSteps`. */
export async function recordOutcome(
  db: Database,
  lease: Lease,
  outcome: RecordStep['outcome'],
  times: RecordStep['times'],
): Promise<boolean> {
  const [result] = await takeSteps(db, [{ step: 'record', lease, outcome, times }]);
  return result === 'recorded';
}

/**
 * Hands leased rows back, each to be claimed again from its instant on; nothing is counted. Rows whose lease was lost
 * stay as they are.
 */
export async function postponeLeases(
  db: Database,
  held: readonly { readonly lease: Lease; readonly until: Instant }[],
): Promise<void> {
  if (held.length === 0) return;
  await db.transaction().execute(async (transaction) => {
    for (const { lease, until } of held) {
      await transaction
        .updateTable('deliveries')
        .set({ ...freed, state: waiting, next_attempt_at: until })
        .where('id', '=', lease.id)
        .where('lease_epoch', '=', lease.leaseEpoch)
        .where('state', '=', 'leased')
        .execute();
    }
  });
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
