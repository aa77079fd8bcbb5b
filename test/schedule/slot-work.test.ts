import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { slotWork, type SlotDone } from '../../src/cli/slot-work.ts';
import type { Digest } from '../../src/domain/digest.ts';
import { hourMs, minuteMs, type Instant } from '../../src/domain/time.ts';
import type { SourceReport } from '../../src/ingest/ingest.ts';
import type { Slot } from '../../src/schedule/slots.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';

const digest: Digest = {
  key: 'daily',
  name: 'The Daily',
  description: 'Every day.',
  schedule: '30 2 * * *',
  zone: 'Etc/UTC',
  topics: [],
  picksPerTopic: 2,
  picksOutside: 2,
  alsoNew: 5,
  windowDays: 7,
  mode: 'final',
  waitMinutes: 25,
  maxLatenessHours: 6,
};
const slot: Slot = { at: Date.parse('2026-11-24T02:30:00Z'), date: '2026-11-24' };

let db: Database;
let now: Instant;
let state: SourceReport['state'];
let made: Instant[];
let outcome: SlotDone | Error;

beforeEach(async () => {
  db = await openDatabase(':memory:');
  now = slot.at;
  state = 'ok';
  made = [];
  outcome = { editions: [], summary: 'done' };
});

afterEach(async () => {
  await db.destroy();
});

function work(options: { readonly owner?: string; readonly signal?: AbortSignal } = {}) {
  return slotWork({
    db,
    owner: options.owner ?? 'one',
    log: pino({ enabled: false }),
    now: () => now,
    signal: options.signal ?? new AbortController().signal,
    read: async () => ({
      sources: [
        {
          source: 'list',
          address: 'https://papers.example.org/',
          state,
          listings: [],
          unchangedListings: 0,
          failures: [],
        },
      ],
      signals: [],
    }),
    make: async () => {
      if (outcome instanceof Error) throw outcome;
      made.push(now);
      return outcome;
    },
  });
}

/** Whether the slot could be claimed, and then was done as far as it went. */
async function turn(at: Instant): Promise<boolean> {
  now = at;
  const { claim, run } = work();
  if (!(await claim(digest, slot))) return false;
  await run(digest, slot);
  return true;
}

describe('the work of a slot', () => {
  it('makes the edition at its time when the sources are there', async () => {
    expect(await turn(slot.at)).toBe(true);
    expect(made).toEqual([slot.at]);
    expect(await work().lastSlot(digest)).toEqual(slot);
  });

  it('waits for a source that is late, looks again after ten minutes, and goes when it is there', async () => {
    state = 'stale';
    expect(await turn(slot.at)).toBe(true);
    expect(await turn(slot.at + 9 * minuteMs)).toBe(false);
    state = 'unchanged';
    expect(await turn(slot.at + 11 * minuteMs)).toBe(true);
    expect(made).toEqual([slot.at + 11 * minuteMs]);
  });

  it('goes with what there is at the deadline, and a slot that gave no edition stays open', async () => {
    state = 'failed';
    for (const minutes of [0, 11, 22]) expect(await turn(slot.at + minutes * minuteMs)).toBe(true);
    expect(made).toEqual([]);
    expect(await turn(slot.at + 26 * minuteMs)).toBe(true);
    expect(made).toEqual([slot.at + 26 * minuteMs]);
    expect(await work().lastSlot(digest)).toBeUndefined();
    state = 'ok';
    expect(await turn(slot.at + hourMs)).toBe(true);
    expect(await work().lastSlot(digest)).toEqual(slot);
  });

  it('is free for the next start when it was stopped half-way, and for nobody when it broke', async () => {
    const stop = new AbortController();
    const stopped = work({ signal: stop.signal });
    await stopped.claim(digest, slot);
    stop.abort();
    outcome = new Error('it broke');
    await expect(stopped.run(digest, slot)).rejects.toThrow('it broke');
    expect(await work({ owner: 'two' }).claim(digest, slot)).toBe(true);
    await expect(work({ owner: 'two' }).run(digest, slot)).rejects.toThrow('it broke');
    expect(await work({ owner: 'three' }).claim(digest, slot)).toBe(false);
  });
});
