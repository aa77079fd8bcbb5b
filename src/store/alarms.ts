import { sql } from 'kysely';
import { dayMs, type Instant } from '../domain/time.ts';
import type { Database, Queryable } from './database.ts';
import { jsonObject } from './json.ts';

/** A trouble that was there at the last look. */
export interface KnownTrouble {
  readonly id: string;
  readonly seenAt: Instant;
  /** The last time; undefined while the operator has not been told of it. */
  readonly toldAt?: Instant;
}

export const alarmChannels = ['mail', 'webhook'] as const;
export type AlarmChannel = (typeof alarmChannels)[number];

/** One word to the operator that waits for a try. */
export interface AlarmMessage<Body> {
  readonly id: number;
  readonly channel: AlarmChannel;
  readonly body: Body;
  readonly madeAt: Instant;
  readonly attempts: number;
}

/** What a look at the troubles comes to. */
export interface TroubleChange<Body> {
  /** Not there any more. */
  readonly ended: readonly string[];
  /** Seen for the first time. */
  readonly seen: readonly string[];
  /** Those that the operator is told of now. */
  readonly told: readonly string[];
  /** What is said; undefined where there is nothing to say. */
  readonly body?: Body;
}

/**
 * Compares the troubles there are with those that were there, and queues what there is to say, over each channel. One
 * transaction: of two processes that see the same, the second finds nothing to say.
 */
export async function takeTroubles<Body>(
  db: Database,
  now: Instant,
  channels: readonly AlarmChannel[],
  compare: (known: readonly KnownTrouble[]) => TroubleChange<Body>,
): Promise<TroubleChange<Body>> {
  return db.transaction().execute(async (transaction) => {
    const rows = await transaction
      .selectFrom('troubles')
      .select(['id', 'seen_at', 'told_at'])
      .orderBy('id')
      .execute();
    const change = compare(
      rows.map((row) => ({
        id: row.id,
        seenAt: row.seen_at,
        ...(row.told_at !== null && { toldAt: row.told_at }),
      })),
    );
    for (const id of change.ended) {
      await transaction.deleteFrom('troubles').where('id', '=', id).execute();
    }
    for (const id of change.seen) {
      await transaction.insertInto('troubles').values({ id, seen_at: now, told_at: null }).execute();
    }
    for (const id of change.told) {
      await transaction.updateTable('troubles').set({ told_at: now }).where('id', '=', id).execute();
    }
    if (change.body === undefined) return change;
    const body = JSON.stringify(change.body);
    for (const channel of channels) {
      await transaction
        .insertInto('alarm_messages')
        .values({ channel, body, made_at: now, due_at: now, lease_owner: null, lease_until: null })
        .execute();
    }
    return change;
  });
}

/** Takes the oldest message of a channel that is due and in nobody's hands, until `leaseUntil`. One statement. */
export async function leaseAlarm<Body extends object>(
  db: Queryable,
  channel: AlarmChannel,
  lease: { readonly owner: string; readonly now: Instant; readonly leaseUntil: Instant },
): Promise<AlarmMessage<Body> | undefined> {
  const row = await db
    .updateTable('alarm_messages')
    .set({ lease_owner: lease.owner, lease_until: lease.leaseUntil })
    .where('id', '=', (of) =>
      of
        .selectFrom('alarm_messages')
        .select('id')
        .where(sql<boolean>`state = 'waiting'`)
        .where('channel', '=', channel)
        .where('due_at', '<=', lease.now)
        .where((is) => is.or([is('lease_until', 'is', null), is('lease_until', '<=', lease.now)]))
        .orderBy('due_at')
        .orderBy('id')
        .limit(1),
    )
    .returning(['id', 'body', 'made_at', 'attempts'])
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      channel,
      body: jsonObject<Body>(row.body),
      madeAt: row.made_at,
      attempts: row.attempts,
    }
  );
}

/** The marker before a message is handed over: false when it is in other hands, and then it must not leave. */
export async function markAlarm(db: Queryable, id: number, owner: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('alarm_messages')
    .set({ state: 'in-doubt' })
    .where('id', '=', id)
    .where('lease_owner', '=', owner)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The end of a message that is in our hands. */
export async function endAlarm(
  db: Queryable,
  id: number,
  owner: string,
  state: 'sent' | 'in-doubt' | 'failed' | 'expired',
): Promise<void> {
  await db
    .updateTable('alarm_messages')
    .set({ state, lease_owner: null, lease_until: null })
    .where('id', '=', id)
    .where('lease_owner', '=', owner)
    .execute();
}

/** A message in our hands waits for another try. */
export async function postponeAlarm(
  db: Queryable,
  { id, attempts }: Pick<AlarmMessage<unknown>, 'id' | 'attempts'>,
  owner: string,
  dueAt: Instant,
): Promise<void> {
  await db
    .updateTable('alarm_messages')
    .set({
      state: 'waiting',
      due_at: dueAt,
      attempts: attempts + 1,
      lease_owner: null,
      lease_until: null,
    })
    .where('id', '=', id)
    .where('lease_owner', '=', owner)
    .execute();
}

/** How long it can be seen what the operator was told. */
const keptMs = 30 * dayMs;

export async function deleteOldAlarms(db: Queryable, now: Instant): Promise<void> {
  await db
    .deleteFrom('alarm_messages')
    .where('made_at', '<', now - keptMs)
    .execute();
}
