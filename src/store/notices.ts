import { dayMs, type Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';

/** Mails about a subscription itself: `link` to its preferences, `change-old` and `change-new` to the two ends of a changed address. */
export const noticeKinds = ['confirm', 'link', 'change-old', 'change-new', 'export', 'erase'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** A notice to be sent. It holds no text of anybody. */
export interface Notice {
  readonly id: number;
  readonly kind: NoticeKind;
  readonly requestId?: number;
  /** Of the subscriber whom it is about. */
  readonly addressHash: string;
  readonly askedAt: Instant;
  /** When its link ends; not sent after. */
  readonly expiresAt: Instant;
  readonly attempts: number;
}

/** What became of one: `in-doubt` when a crash or a cut line hid the answer; it is not tried again, one can ask again. */
export type NoticeEnd = 'sent' | 'dropped' | 'failed' | 'expired' | 'in-doubt';

/** Puts a notice at the end of the queue. */
export async function insertNotice(db: Queryable, notice: Omit<Notice, 'id' | 'attempts'>): Promise<void> {
  await db
    .insertInto('notices')
    .values({
      kind: notice.kind,
      request_id: notice.requestId ?? null,
      address_hash: notice.addressHash,
      asked_at: notice.askedAt,
      due_at: notice.askedAt,
      expires_at: notice.expiresAt,
    })
    .execute();
}

/** Whether one waits for a try. */
export async function hasDueNotices(db: Queryable, now: Instant): Promise<boolean> {
  const row = await db
    .selectFrom('notices')
    .select('id')
    .where('state', '=', 'waiting')
    .where('due_at', '<=', now)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Takes the oldest notice that is due and in nobody's hands, until `leaseUntil`. One statement. */
export async function leaseNotice(
  db: Queryable,
  lease: { readonly owner: string; readonly now: Instant; readonly leaseUntil: Instant },
): Promise<Notice | undefined> {
  const row = await db
    .updateTable('notices')
    .set({ lease_owner: lease.owner, lease_until: lease.leaseUntil })
    .where('id', '=', (of) =>
      of
        .selectFrom('notices')
        .select('id')
        .where('state', '=', 'waiting')
        .where('due_at', '<=', lease.now)
        .where((is) => is.or([is('lease_until', 'is', null), is('lease_until', '<=', lease.now)]))
        .orderBy('due_at')
        .orderBy('id')
        .limit(1),
    )
    .returning(['id', 'kind', 'request_id', 'address_hash', 'asked_at', 'expires_at', 'attempts'])
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      kind: kindOf(row.kind),
      ...(row.request_id !== null && { requestId: row.request_id }),
      addressHash: row.address_hash,
      askedAt: row.asked_at,
      expiresAt: row.expires_at,
      attempts: row.attempts,
    }
  );
}

/** The marker before a notice is handed over: false when it is in other hands, and then it must not leave. */
export async function markNotice(db: Queryable, id: number, owner: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('notices')
    .set({ state: 'in-doubt' })
    .where('id', '=', id)
    .where('lease_owner', '=', owner)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The end of a notice that is in our hands. */
export async function endNotice(db: Queryable, id: number, owner: string, state: NoticeEnd): Promise<void> {
  await db
    .updateTable('notices')
    .set({ state, lease_owner: null, lease_until: null })
    .where('id', '=', id)
    .where('lease_owner', '=', owner)
    .execute();
}

/** A notice in our hands waits for another try. One that was our own fault does not count. */
export async function postponeNotice(
  db: Queryable,
  { id, attempts }: Pick<Notice, 'id' | 'attempts'>,
  owner: string,
  dueAt: Instant,
): Promise<void> {
  await db
    .updateTable('notices')
    .set({ state: 'waiting', due_at: dueAt, attempts, lease_owner: null, lease_until: null })
    .where('id', '=', id)
    .where('lease_owner', '=', owner)
    .execute();
}

/** How long it can be seen that a notice went out. */
export const noticesKeptMs = 30 * dayMs;

export async function deleteOldNotices(db: Queryable, now: Instant): Promise<void> {
  await db
    .deleteFrom('notices')
    .where('asked_at', '<', now - noticesKeptMs)
    .execute();
}

function kindOf(text: string): NoticeKind {
  const found = noticeKinds.find((kind) => kind === text);
  if (found === undefined) throw new Error(`expected one of ${noticeKinds.join(', ')}, found "${text}"`);
  return found;
}
