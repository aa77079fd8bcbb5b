import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { minuteMs } from '../../src/domain/time.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { claimSlot, finishSlot, lastFinishedSlot, postponeSlot } from '../../src/store/slots.ts';

const slot = { digest: 'daily', slotAt: Date.parse('2026-11-24T02:30:00Z'), slotDate: '2026-11-24' };
const now = slot.slotAt + 1000;
const leaseMs = 30 * minuteMs;

let folder: string;
let db: Database;
let other: Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-slots-'));
  db = await openDatabase(join(folder, 'broadsheet.db'));
  other = await openDatabase(join(folder, 'broadsheet.db'));
});

afterEach(async () => {
  await Promise.all([db.destroy(), other.destroy()]);
  rmSync(folder, { recursive: true });
});

describe('a slot', () => {
  it('is claimed by one of two processes', async () => {
    const claims = [
      await claimSlot(db, slot, 'a', now, leaseMs),
      await claimSlot(other, slot, 'b', now, leaseMs),
    ];
    expect(claims).toEqual([true, false]);
  });

  it('is never claimed again once its work has ended, not even with a clock set back', async () => {
    await claimSlot(db, slot, 'a', now, leaseMs);
    await finishSlot(db, slot, 'a', now + minuteMs, 'done');
    expect(await claimSlot(other, slot, 'b', now - 60 * minuteMs, leaseMs)).toBe(false);
    expect(await claimSlot(other, slot, 'b', now + 10 * leaseMs, leaseMs)).toBe(false);
    expect(await lastFinishedSlot(db, 'daily')).toEqual({ at: slot.slotAt, date: '2026-11-24' });
  });

  it('is taken over when its owner died, after the lease', async () => {
    await claimSlot(db, slot, 'a', now, leaseMs);
    expect(await claimSlot(other, slot, 'b', now + leaseMs - 1, leaseMs)).toBe(false);
    expect(await claimSlot(other, slot, 'b', now + leaseMs + 1, leaseMs)).toBe(true);
    expect(await lastFinishedSlot(db, 'daily')).toBeUndefined();
  });

  it('can be put off until a time', async () => {
    await claimSlot(db, slot, 'a', now, leaseMs);
    await postponeSlot(db, slot, 'a', now + 5 * minuteMs);
    expect(await claimSlot(db, slot, 'a', now + 4 * minuteMs, leaseMs)).toBe(false);
    expect(await claimSlot(db, slot, 'a', now + 6 * minuteMs, leaseMs)).toBe(true);
  });

  it('is not touched by an owner whose lease ran out', async () => {
    await claimSlot(db, slot, 'a', now, leaseMs);
    await claimSlot(other, slot, 'b', now + leaseMs + 1, leaseMs);
    await postponeSlot(db, slot, 'a', now);
    await finishSlot(db, slot, 'a', now, 'too late');
    expect(await claimSlot(db, slot, 'c', now + leaseMs + 2, leaseMs)).toBe(false);
    expect(await lastFinishedSlot(db, 'daily')).toBeUndefined();
  });

  it('of another digest or another time is another slot', async () => {
    await claimSlot(db, slot, 'a', now, leaseMs);
    expect(await claimSlot(db, { ...slot, digest: 'weekly' }, 'a', now, leaseMs)).toBe(true);
    expect(await claimSlot(db, { ...slot, slotAt: slot.slotAt + 1 }, 'a', now, leaseMs)).toBe(true);
  });
});
