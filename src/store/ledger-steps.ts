import { sql, type RawBuilder, type Transaction } from 'kysely';
import type { Delivery, SubmissionOutcome } from '../domain/delivery.ts';
import type { Instant } from '../domain/time.ts';
import type { Database, Queryable } from './database.ts';
import { chunks, idsPerQuery } from './chunks.ts';
import { freed } from './deliveries.ts';
import type { Tables } from './schema.ts';
import { allDigests } from './suppressions.ts';

/*
 * Many small steps of the ledger in one commit, which reaches the disk once for all of them. The statements
 * are those of PostgreSQL too: both name the columns of `values` column1, column2 and so on.
 */

/** The right to work on a row: it ends when somebody else claims the row. */
export type Lease = Pick<Delivery, 'id' | 'leaseEpoch'>;

/** A step under the lease that it names. */
export type LedgerStep = MarkStep | RecordStep;

/**
 * The marker: after `marked` the row is in doubt, on the disk, and only an answer may move it. It is not
 * set when the lease is lost or the reader said no up to this moment.
 */
export interface MarkStep {
  readonly step: 'mark';
  readonly lease: Lease;
  readonly startedAt: Instant;
  readonly now: Instant;
}

/**
 * What a try came to, which ends the lease; nothing changes when the lease was lost. `nextAttemptAt` holds for
 * `deferred` and `blocked`; a blocked try does not count as an attempt.
 */
export interface RecordStep {
  readonly step: 'record';
  readonly lease: Lease;
  readonly outcome: SubmissionOutcome;
  readonly times: { readonly startedAt: Instant; readonly now: Instant; readonly nextAttemptAt: Instant };
}

/** What became of a step; `suppressed` of a marker alone. */
export type StepResult = 'marked' | 'suppressed' | 'recorded' | 'lost';

/**
 * Takes all steps in one transaction, each of another lease, and resolves when they are on the disk; all or none. The
 * results stand in the order of the steps.
 */
export async function takeSteps(db: Database, steps: readonly LedgerStep[]): Promise<readonly StepResult[]> {
  return db.transaction().execute(async (transaction) => {
    const results = new Map<LedgerStep, StepResult>();
    const marks = steps.filter((step) => step.step === 'mark');
    const records = steps.filter((step) => step.step === 'record');
    const accepted = records.filter(({ outcome }) => outcome.result === 'accepted');
    const changed = await accept(transaction, accepted);
    for (const step of accepted) results.set(step, changed.has(step.lease.id) ? 'recorded' : 'lost');
    for (const step of records) {
      if (results.has(step)) continue;
      results.set(step, (await record(transaction, step)) ? 'recorded' : 'lost');
    }
    const marked = await mark(transaction, marks);
    for (const step of marks) {
      if (marked.has(step.lease.id)) results.set(step, 'marked');
      else {
        const standing = await leaseStanding(transaction, step.lease);
        results.set(step, standing === 'suppressed' ? 'suppressed' : 'lost');
      }
    }
    return steps.map((step) => results.get(step) ?? 'lost');
  });
}

/** The ids of the rows that changed: those whose lease still held. */
async function accept(
  transaction: Transaction<Tables>,
  steps: readonly RecordStep[],
): Promise<ReadonlySet<number>> {
  if (steps.length === 0) return new Set();
  const batch = steps.map(
    ({ lease, outcome, times }) =>
      sql`(cast(${lease.id} as bigint), cast(${lease.leaseEpoch} as bigint), cast(${times.now} as bigint), ${outcome.reply})`,
  );
  const { rows } = await sql<{ id: number }>`
    update deliveries set state = 'accepted', ended_at = batch.column3, attempts = attempts + 1,
      lease_owner = null, lease_until = null, last_code = null, last_reply = batch.column4
    from (values ${sql.join(batch)}) as batch
    where id = batch.column1 and lease_epoch = batch.column2 and state in ('leased', 'in_doubt')
    returning id`.execute(transaction);
  const changed = new Set(rows.map(({ id }) => id));
  await endAttempts(
    transaction,
    steps.filter(({ lease }) => changed.has(lease.id)),
  );
  return changed;
}

async function endAttempts(transaction: Transaction<Tables>, steps: readonly RecordStep[]): Promise<void> {
  if (steps.length === 0) return;
  const rows = steps.map(
    ({ lease, outcome, times }) =>
      sql`(${lease.id}, ${lease.leaseEpoch}, ${times.startedAt}, ${times.now}, ${outcome.result}, ${outcome.reply})`,
  );
  await sql`
    insert into attempts (delivery_id, lease_epoch, started_at, ended_at, result, reply) values ${sql.join(rows)}
    on conflict (delivery_id, lease_epoch) do update
      set ended_at = excluded.ended_at, result = excluded.result, reply = excluded.reply`.execute(
    transaction,
  );
}

/** The ids of the rows that are in doubt now. */
async function mark(
  transaction: Transaction<Tables>,
  steps: readonly MarkStep[],
): Promise<ReadonlySet<number>> {
  if (steps.length === 0) return new Set();
  const batch: RawBuilder<unknown>[] = steps.map(
    ({ lease }) => sql`(cast(${lease.id} as bigint), cast(${lease.leaseEpoch} as bigint))`,
  );
  const { rows } = await sql<{ id: number }>`
    update deliveries set state = 'in_doubt'
    from (values ${sql.join(batch)}) as batch
    where id = batch.column1 and lease_epoch = batch.column2 and state = 'leased' and not ${suppressedNow}
    returning id`.execute(transaction);
  const marked = new Set(rows.map(({ id }) => id));
  if (marked.size === 0) return marked;
  const tries = steps
    .filter(({ lease }) => marked.has(lease.id))
    .map(({ lease, startedAt, now }) => sql`(${lease.id}, ${lease.leaseEpoch}, ${startedAt}, ${now})`);
  await sql`
    insert into attempts (delivery_id, lease_epoch, started_at, handed_over_at)
    values ${sql.join(tries)}`.execute(transaction);
  return marked;
}

async function record(
  transaction: Transaction<Tables>,
  { lease, outcome, times }: RecordStep,
): Promise<boolean> {
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

/** `ready` while the lease holds and the reader may get it; `suppressed` when they said no meanwhile; `lost` when the lease is another's. */
export async function leaseStanding(db: Queryable, lease: Lease): Promise<'ready' | 'suppressed' | 'lost'> {
  const { rows } = await sql<{ suppressed: number }>`
    select ${suppressedNow} as suppressed from deliveries
    where id = ${lease.id} and lease_epoch = ${lease.leaseEpoch} and state = 'leased'`.execute(db);
  const [row] = rows;
  if (!row) return 'lost';
  return row.suppressed === 1 ? 'suppressed' : 'ready';
}

/** The ids among these rows of those whose readers said no by now. */
export async function suppressedAmong(db: Queryable, ids: readonly number[]): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  for (const chunk of chunks(ids, idsPerQuery)) {
    const { rows } = await sql<{ id: number }>`
      select id from deliveries where id in (${sql.join(chunk)}) and ${suppressedNow}`.execute(db);
    for (const { id } of rows) found.add(id);
  }
  return found;
}

/** The state of a row that waits for a try: a first one, or another. */
export const waiting = sql<string>`case when attempts > 0 then 'deferred' else 'pending' end`;

const suppressedNow = sql<number>`exists (
  select 1 from suppressions
  where suppressions.address_hash = deliveries.address_hash
    and suppressions.digest in (deliveries.digest, ${allDigests}))`;
