import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dayMs, hourMs, minuteMs } from '../../src/domain/time.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { addBounceEvent } from '../../src/store/inbound-events.ts';
import { suppress } from '../../src/store/suppressions.ts';
import {
  countLastDay,
  countReturned,
  countSuppressions,
  databaseBytes,
  mailQueue,
} from '../../src/store/watch.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
let folder: string;
let db: Database;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-watch-'));
  db = await openDatabase(join(folder, 'paper.db'));
});
afterAll(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  for (const table of ['bounce_events', 'deliveries', 'editions', 'suppressions'] as const) {
    await db.deleteFrom(table).execute();
  }
});

async function edition(id: number, publishedAt: number): Promise<void> {
  await db
    .insertInto('editions')
    .values({
      id,
      digest: 'daily',
      edition_date: `2026-11-${10 + id}`,
      number: id,
      published_at: publishedAt,
      prepared_at: publishedAt,
      content: '{}',
    })
    .execute();
}

let nextId = 0;
async function delivery(
  editionId: number,
  state: string,
  changes: { dueAt?: number; code?: number; leaseUntil?: number } = {},
): Promise<void> {
  nextId += 1;
  await db
    .insertInto('deliveries')
    .values({
      id: nextId,
      edition_id: editionId,
      digest: 'daily',
      address: `reader${nextId}@example.org`,
      address_hash: `hash${nextId}`,
      name: null,
      topics: null,
      state,
      attempts: 0,
      next_attempt_at: changes.dueAt ?? now,
      lease_owner: null,
      lease_until: changes.leaseUntil ?? null,
      lease_epoch: 0,
      message_id: `<${nextId}@example.org>`,
      prepared_at: now,
      ended_at: null,
      last_code: changes.code ?? null,
      last_reply: null,
      resent_at: null,
      due_at: null,
      covers_from: null,
      covers_to: null,
      wish: null,
    })
    .execute();
}

describe('the mail that waits', () => {
  it('is none in an empty house', async () => {
    expect(await mailQueue(db, now)).toEqual({ open: 0, due: 0, inDoubt: 0 });
  });

  it('is counted with what is due, since when, and what is in doubt in nobody’s hands', async () => {
    await edition(1, now - hourMs);
    await delivery(1, 'pending', { dueAt: now - 5 * minuteMs });
    await delivery(1, 'deferred', { dueAt: now + minuteMs });
    await delivery(1, 'leased', { dueAt: now - minuteMs, leaseUntil: now + minuteMs });
    await delivery(1, 'accepted', { dueAt: now - dayMs, code: 250 });
    await delivery(1, 'in_doubt', { leaseUntil: now + minuteMs });
    await delivery(1, 'in_doubt', { leaseUntil: now - minuteMs });
    await delivery(1, 'in_doubt');
    expect(await mailQueue(db, now)).toEqual({
      open: 3,
      due: 2,
      oldestDueAt: now - 5 * minuteMs,
      inDoubt: 2,
    });
  });

  it('that is due later has no oldest', async () => {
    await edition(1, now - hourMs);
    await delivery(1, 'pending', { dueAt: now + hourMs });
    expect(await mailQueue(db, now)).toEqual({ open: 1, due: 0, inDoubt: 0 });
  });

  it('is found by indexes alone, however long the ledger is', async () => {
    const plan = async (text: string): Promise<string> => {
      const { rows } = await sql.raw<{ detail: string }>(`explain query plan ${text}`).execute(db);
      return rows.map(({ detail }) => detail).join('; ');
    };
    const open = "state in ('pending', 'deferred', 'leased')";
    expect(await plan(`select count(*) from deliveries where ${open}`)).toContain('INDEX deliveries_open');
    expect(
      await plan(`select next_attempt_at from deliveries where ${open} and next_attempt_at <= 1
        order by next_attempt_at limit 1`),
    ).toBe('SEARCH deliveries USING INDEX deliveries_open (next_attempt_at<?)');
    expect(
      await plan(`select count(*) from deliveries
        where state = 'in_doubt' and (lease_until is null or lease_until <= 1)`),
    ).toContain('INDEX deliveries_in_doubt');
    expect(
      await plan(`select kind, count(*) from bounce_events
        where received_at >= 1 and provider <> 'smtp' group by kind`),
    ).toContain('INDEX bounce_events_by_time');
  });
});

describe('the mails of a day', () => {
  it('are those of the editions of the last day, by state and answer', async () => {
    await edition(1, now - 25 * hourMs);
    await edition(2, now - 23 * hourMs);
    await edition(3, now - hourMs);
    await delivery(1, 'accepted', { code: 250 });
    await delivery(2, 'accepted', { code: 250 });
    await delivery(3, 'accepted', { code: 251 });
    await delivery(3, 'accepted');
    await delivery(3, 'deferred', { code: 451 });
    await delivery(3, 'rejected', { code: 550 });
    await delivery(3, 'rejected', { code: 554 });
    const counts = await countLastDay(db, now);
    expect(counts.map(({ state, reply, count }) => `${state} ${reply} ${count}`).toSorted()).toEqual([
      'accepted 2xx 2',
      'accepted none 1',
      'deferred 4xx 1',
      'rejected 5xx 2',
    ]);
  });

  it('that came back are counted by kind, without what our own server refused', async () => {
    const event = (provider: string, kind: string, receivedAt: number) =>
      addBounceEvent(db, {
        provider,
        eventId: `${provider}${kind}${receivedAt}`,
        addressHash: 'x',
        kind,
        diagnostic: '',
        happenedAt: receivedAt,
        receivedAt,
        action: 'note',
      });
    await event('mail', 'hard', now - hourMs);
    await event('ses', 'hard', now - 2 * hourMs);
    await event('mail', 'hard', now - 2 * dayMs);
    await event('ses', 'complaint', now);
    await event('smtp', 'hard', now);
    expect(await countReturned(db, now - dayMs)).toEqual({ hard: 2, complaint: 1 });
  });
});

it('suppressions are counted by what their reason begins with', async () => {
  const reasons = [
    'unsubscribed',
    'complaint',
    'hard bounce: unknown user',
    'bounces on many days: full',
    'erased',
  ];
  for (const reason of [...reasons, 'erased, complaint', 'cleaned']) {
    await suppress(db, { addressHash: reason, digest: '*', reason, now });
  }
  expect(await countSuppressions(db)).toEqual({
    unsubscribed: 1,
    complaint: 1,
    bounce: 2,
    erased: 2,
    other: 1,
  });
});

it('the size of the database is that of its pages', async () => {
  expect(await databaseBytes(db)).toBeGreaterThan(100_000);
});
