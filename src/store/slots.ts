import type { CalendarDate, Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';

/**
 * Claims a slot by one conditional write before any work starts: true for exactly one caller. A claim
 * whose work never finished (a crash) can be taken over once its lease has run out: every stage behind
 * it is safe to repeat.
 */
export async function claimSlot(
  db: Queryable,
  slot: { readonly digest: string; readonly slotAt: Instant; readonly slotDate: CalendarDate },
  owner: string,
  now: Instant,
  leaseMs: number,
): Promise<boolean> {
  const claim = { owner, lease_until: now + leaseMs };
  const result = await db
    .insertInto('slots')
    .values({
      digest: slot.digest,
      slot_at: slot.slotAt,
      slot_date: slot.slotDate,
      ...claim,
      finished_at: null,
      outcome: null,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['digest', 'slot_at'])
        .doUpdateSet(claim)
        .where('slots.finished_at', 'is', null)
        .where('slots.lease_until', '<', now),
    )
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0n) === 1;
}

/** Gives a slot that `owner` still has back: nobody takes it before `retryAt`. */
export async function postponeSlot(
  db: Queryable,
  slot: { readonly digest: string; readonly slotAt: Instant },
  owner: string,
  retryAt: Instant,
): Promise<void> {
  await db
    .updateTable('slots')
    .set({ lease_until: retryAt })
    .where('digest', '=', slot.digest)
    .where('slot_at', '=', slot.slotAt)
    .where('owner', '=', owner)
    .where('finished_at', 'is', null)
    .execute();
}

/** Records that the work of a slot that `owner` still has ended, with one line on how. */
export async function finishSlot(
  db: Queryable,
  slot: { readonly digest: string; readonly slotAt: Instant },
  owner: string,
  now: Instant,
  outcome: string,
): Promise<void> {
  await db
    .updateTable('slots')
    .set({ finished_at: now, outcome })
    .where('digest', '=', slot.digest)
    .where('slot_at', '=', slot.slotAt)
    .where('owner', '=', owner)
    .execute();
}

/** The latest slot of a digest whose work ended, or undefined. */
export async function lastFinishedSlot(
  db: Queryable,
  digest: string,
): Promise<{ readonly at: Instant; readonly date: CalendarDate } | undefined> {
  const row = await db
    .selectFrom('slots')
    .select(['slot_at', 'slot_date'])
    .where('digest', '=', digest)
    .where('finished_at', 'is not', null)
    .orderBy('slot_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { at: row.slot_at, date: row.slot_date };
}
