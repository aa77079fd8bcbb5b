import { sql } from 'kysely';
import type { Instant } from '../domain/time.ts';
import type { Database, Queryable } from './database.ts';
import type { HubMessageRow } from './hub-rows.ts';

/*
 * What is still to be told to other servers, a row for each topic and server in each lane. A worker may change
 * a row only under the lease it holds: every change names the lease's epoch, so a worker that slept past its
 * lease changes nothing.
 */

/** The right to work on a message: it ends when somebody else claims it or when a newer request replaces it. */
export interface HubLease {
  readonly id: number;
  readonly leaseEpoch: number;
}

/** One thing to tell, with what was asked for. */
export type HubMessage = HubLease & {
  readonly topic: string;
  /** The callback or the hub, absolute. */
  readonly target: string;
  readonly host: string;
  /** Tries, this one included. */
  readonly attempts: number;
} & HubErrand;

export type HubErrand =
  | { readonly kind: 'subscribe'; readonly leaseSeconds: number; readonly secret?: string }
  | { readonly kind: 'unsubscribe' }
  | { readonly kind: 'denied'; readonly reason: string }
  | { readonly kind: 'content'; readonly contentHash: string }
  | { readonly kind: 'ping'; readonly contentHash: string };

export type HubLane = 'intent' | 'content' | 'ping';

/** Stores a question about a subscription; one that waits already for the same topic and callback is replaced. */
export async function storeIntent(
  db: Queryable,
  at: { readonly topic: string; readonly callback: string; readonly host: string },
  errand: Extract<HubErrand, { kind: 'subscribe' | 'unsubscribe' | 'denied' }>,
  now: Instant,
): Promise<void> {
  const asked = {
    mode: errand.kind,
    lease_seconds: errand.kind === 'subscribe' ? errand.leaseSeconds : null,
    secret: errand.kind === 'subscribe' ? (errand.secret ?? null) : null,
    reason: errand.kind === 'denied' ? errand.reason : null,
    attempts: 0,
    next_attempt_at: now,
    lease_owner: null,
    lease_until: null,
  };
  await db
    .insertInto('hub_messages')
    .values({
      lane: 'intent',
      topic: at.topic,
      target: at.callback,
      host: at.host,
      lease_epoch: 0,
      ...asked,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['lane', 'topic', 'target'])
        .doUpdateSet({ ...asked, lease_epoch: sql<number>`hub_messages.lease_epoch + 1` }),
    )
    .execute();
}

/** How many requests of subscribers wait to be verified, all in all, and for one host. */
export async function waitingIntents(
  db: Queryable,
  host: string,
): Promise<{ readonly all: number; readonly ofHost: number }> {
  const row = await db
    .selectFrom('hub_messages')
    .select((count) => [
      count.fn.countAll<number>().as('all'),
      sql<number>`count(case when host = ${host} then 1 end)`.as('of_host'),
    ])
    .where('lane', '=', 'intent')
    .where('mode', '<>', 'denied')
    .executeTakeFirstOrThrow();
  return { all: row.all, ofHost: row.of_host };
}

/**
 * Leases the message that is due longest to `owner` until `leaseUntil` and counts the try; undefined when none
 * is due in these lanes, hosts that are busy left out. One statement, so no message goes to two owners. On
 * PostgreSQL the inner select needs `for update skip locked`.
 */
export async function claimMessage(
  db: Queryable,
  claim: {
    readonly owner: string;
    readonly lanes: readonly HubLane[];
    readonly busyHosts: readonly string[];
    readonly now: Instant;
    readonly leaseUntil: Instant;
  },
): Promise<HubMessage | undefined> {
  const row = await db
    .updateTable('hub_messages')
    .set((row) => ({
      lease_owner: claim.owner,
      lease_until: claim.leaseUntil,
      lease_epoch: row('lease_epoch', '+', 1),
      attempts: row('attempts', '+', 1),
    }))
    .where('id', '=', (inner) => {
      const due = inner
        .selectFrom('hub_messages')
        .select('id')
        .where('lane', 'in', claim.lanes)
        .where('next_attempt_at', '<=', claim.now)
        .where((or) => or.or([or('lease_until', 'is', null), or('lease_until', '<=', claim.now)]))
        .orderBy('next_attempt_at')
        .orderBy('id')
        .limit(1);
      return claim.busyHosts.length === 0 ? due : due.where('host', 'not in', claim.busyHosts);
    })
    .returning(messageColumns)
    .executeTakeFirst();
  return row && toMessage(row);
}

/**
 * The message was told, or is given up: it goes. One whose feed changed again meanwhile stays and is due at
 * once. False, and nothing changed, when the lease was lost.
 */
export async function endMessage(
  db: Database,
  message: HubLease & { readonly contentHash?: string },
  now: Instant,
): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    const row = await transaction
      .selectFrom('hub_messages')
      .select('content_hash')
      .where('id', '=', message.id)
      .where('lease_epoch', '=', message.leaseEpoch)
      .executeTakeFirst();
    if (!row) return false;
    if (row.content_hash === (message.contentHash ?? null)) await removeMessage(transaction, message);
    else {
      await transaction
        .updateTable('hub_messages')
        .set({ ...freed, attempts: 0, next_attempt_at: now })
        .where('id', '=', message.id)
        .execute();
    }
    return true;
  });
}

/** Takes a message away; false when the lease was lost. */
export async function removeMessage(db: Queryable, lease: HubLease): Promise<boolean> {
  const result = await db
    .deleteFrom('hub_messages')
    .where('id', '=', lease.id)
    .where('lease_epoch', '=', lease.leaseEpoch)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Ends the lease and makes the message due at `nextAttemptAt`; false when the lease was lost. */
export async function postponeMessage(
  db: Queryable,
  lease: HubLease,
  nextAttemptAt: Instant,
): Promise<boolean> {
  const result = await db
    .updateTable('hub_messages')
    .set({ ...freed, next_attempt_at: nextAttemptAt })
    .where('id', '=', lease.id)
    .where('lease_epoch', '=', lease.leaseEpoch)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Hands back what `owner` still holds: due again as before, the try not counted. */
export async function releaseMessages(db: Queryable, owner: string): Promise<void> {
  await db
    .updateTable('hub_messages')
    // 0 already where the feed changed again meanwhile.
    .set({ ...freed, attempts: sql<number>`case when attempts > 0 then attempts - 1 else 0 end` })
    .where('lease_owner', '=', owner)
    .execute();
}

const freed = { lease_owner: null, lease_until: null };

const messageColumns = [
  'id',
  'lane',
  'topic',
  'target',
  'host',
  'mode',
  'lease_seconds',
  'secret',
  'reason',
  'content_hash',
  'attempts',
  'lease_epoch',
] as const;

type MessageRow = Pick<HubMessageRow, Exclude<(typeof messageColumns)[number], 'id'>> & {
  readonly id: number;
};

function toMessage(row: MessageRow): HubMessage {
  const { id, topic, target, host, attempts } = row;
  return { id, topic, target, host, attempts, leaseEpoch: row.lease_epoch, ...errandOf(row) };
}

function errandOf({ lane, mode, ...row }: MessageRow): HubErrand {
  if (lane === 'ping' || lane === 'content') return { kind: lane, contentHash: row.content_hash ?? '' };
  switch (mode) {
    case 'subscribe': {
      const secret = row.secret === null ? {} : { secret: row.secret };
      return { kind: mode, leaseSeconds: row.lease_seconds ?? 0, ...secret };
    }
    case 'unsubscribe':
      return { kind: mode };
    default:
      return { kind: 'denied', reason: row.reason ?? '' };
  }
}
