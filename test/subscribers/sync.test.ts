import * as fc from 'fast-check';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Subscriber } from '../../src/domain/subscriber.ts';
import { consentsOf } from '../../src/store/consents.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { eraseAddress } from '../../src/store/erasure.ts';
import {
  findSubscriber,
  removeSubscriber,
  setProfile,
  setSubscription,
} from '../../src/store/subscribers.ts';
import { erasedReason, suppress } from '../../src/store/suppressions.ts';
import { noFollows } from '../../src/domain/subscriber.ts';
import { draftSync, syncSubscribers } from '../../src/subscribers/sync.ts';
import { createTokens } from '../../src/subscribers/tokens.ts';

const now = Date.parse('2026-11-24T02:30:00Z');
const tokens = createTokens('an invented secret');
let db: Database;
beforeEach(async () => {
  db = await openDatabase(':memory:');
});
afterEach(() => db.destroy());

const ada: Subscriber = {
  address: 'ada@example.org',
  subscriptions: [{ digest: 'daily', state: 'confirmed' }],
};
const hash = tokens.addressHash(ada.address);

function sync(readers: readonly Subscriber[], at = now, isComplete = true) {
  return syncSubscribers(db, tokens, audience(readers, isComplete), at);
}

function audience(readers: readonly Subscriber[], isComplete = true) {
  return { subscribers: readers, faults: [], isComplete };
}

async function states(address = ada.address): Promise<Readonly<Record<string, string>>> {
  const found = await findSubscriber(db, tokens.addressHash(address));
  return Object.fromEntries((found?.subscriptions ?? []).map(({ digest, state }) => [digest, state]));
}

async function countOf(table: 'subscribers' | 'consents'): Promise<number> {
  const { rows } = await db
    .selectFrom(table)
    .select(db.fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow();
  return rows;
}

/** What the reader said by a link in a mail. */
async function readerSays(state: 'confirmed' | 'unsubscribed', topics?: readonly string[]): Promise<void> {
  const { id = 0 } = (await findSubscriber(db, hash)) ?? {};
  const choice = { digest: 'daily', state, cadence: 'every' as const, ...(topics && { topics }) };
  await setSubscription(db, id, choice, 'reader', now);
}

describe('the files of subscribers', () => {
  it('bring in who is new, with a proof of consent', async () => {
    const plan = await sync([{ ...ada, name: 'Ada', hour: { minuteOfDay: 450, zone: 'Europe/Berlin' } }]);
    expect(plan).toMatchObject({ add: [{ address: ada.address }], change: [], kept: [], unchanged: 0 });
    expect(await findSubscriber(db, hash)).toMatchObject({
      name: 'Ada',
      hour: { minuteOfDay: 450, zone: 'Europe/Berlin' },
      origin: 'file',
      subscriptions: [{ digest: 'daily', state: 'confirmed', cadence: 'every', changedBy: 'file' }],
    });
    expect(await consentsOf(db, hash)).toEqual([
      { addressHash: hash, digest: 'daily', act: 'confirmed', at: now, way: 'file' },
    ]);
  });

  it('bring in more readers than one statement can hold, each with a proof', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({
      ...ada,
      address: `reader${index}@example.org`,
    }));
    await sync(many);
    expect(await countOf('subscribers')).toBe(5000);
    expect(await countOf('consents')).toBe(5000);
  });

  it('bring in nobody whose proof could not be stored', async () => {
    await sql`create trigger broken before insert on consents begin select raise(abort, 'broken'); end`.execute(
      db,
    );
    await expect(sync([ada])).rejects.toThrow('broken');
    expect(await countOf('subscribers')).toBe(0);
  });

  it('change nothing when they are read again', async () => {
    await sync([ada]);
    const before = await findSubscriber(db, hash);
    expect(await sync([ada], now + 1)).toMatchObject({ add: [], change: [], unchanged: 1 });
    expect(await findSubscriber(db, hash)).toEqual(before);
    expect(await consentsOf(db, hash)).toHaveLength(1);
  });

  it('change names, hours and topics that nobody else chose', async () => {
    await sync([ada]);
    const changed: Subscriber = {
      ...ada,
      name: 'Ada',
      subscriptions: [{ digest: 'daily', state: 'confirmed', topics: ['llm'] }],
    };
    expect((await sync([changed])).change).toMatchObject([
      { profile: { name: 'Ada' }, subscriptions: [{ digest: 'daily', what: 'chooses', topics: ['llm'] }] },
    ]);
    expect((await sync([changed])).unchanged).toBe(1);
  });

  it('end the subscription of who is in them no more, and begin it again', async () => {
    await sync([ada]);
    expect((await sync([])).change).toMatchObject([{ subscriptions: [{ what: 'leaves' }] }]);
    expect(await states()).toEqual({ daily: 'unsubscribed' });
    await sync([ada]);
    expect(await states()).toEqual({ daily: 'confirmed' });
    expect((await consentsOf(db, hash)).map(({ act }) => act)).toEqual(['confirmed', 'left', 'confirmed']);
  });

  it('never overrule a reader who left', async () => {
    await sync([ada]);
    await readerSays('unsubscribed');
    expect((await sync([ada])).kept).toEqual([
      { address: ada.address, digest: 'daily', why: 'left by themselves' },
    ]);
    expect(await states()).toEqual({ daily: 'unsubscribed' });
  });

  it('never overrule what a reader chose, but end it when they say no', async () => {
    await sync([ada]);
    await readerSays('confirmed', ['agents']);
    expect((await sync([ada])).kept).toMatchObject([{ why: 'chose by themselves' }]);
    expect(await findSubscriber(db, hash)).toMatchObject({ subscriptions: [{ topics: ['agents'] }] });
    await sync([{ ...ada, subscriptions: [{ digest: 'daily', state: 'unsubscribed' }] }]);
    expect(await states()).toEqual({ daily: 'unsubscribed' });
  });

  it('leave the hour alone that a reader chose', async () => {
    await sync([ada]);
    const { id = 0 } = (await findSubscriber(db, hash)) ?? {};
    await setProfile(
      db,
      id,
      { hour: { minuteOfDay: 60 }, follows: noFollows, muted: ['gan'] },
      'reader',
      now,
    );
    await sync([{ ...ada, hour: { minuteOfDay: 450 } }]);
    expect(await findSubscriber(db, hash)).toMatchObject({ hour: { minuteOfDay: 60 }, muted: ['gan'] });
  });

  it('never bring back an address that was erased', async () => {
    await sync([ada]);
    const { id = 0 } = (await findSubscriber(db, hash)) ?? {};
    await removeSubscriber(db, id);
    await suppress(db, { addressHash: hash, digest: '*', reason: erasedReason, now });
    const plan = await sync([ada]);
    expect(plan).toMatchObject({ add: [], kept: [{ why: 'was erased' }] });
    expect(await findSubscriber(db, hash)).toBeUndefined();
  });

  it('never bring back one that was erased after a complaint', async () => {
    await suppress(db, { addressHash: hash, digest: '*', reason: 'complaint', now });
    await sync([ada]);
    await eraseAddress(db, hash, now);
    expect(await sync([ada])).toMatchObject({ add: [], kept: [{ why: 'was erased' }] });
    expect(await findSubscriber(db, hash)).toBeUndefined();
  });

  it('do nothing while one of them cannot be read whole', async () => {
    await sync([ada]);
    expect(await sync([], now, false)).toMatchObject({ add: [], change: [] });
    expect(await states()).toEqual({ daily: 'confirmed' });
  });

  it('can be asked beforehand what they would change', async () => {
    expect(await draftSync(db, tokens, audience([ada]))).toMatchObject({ add: [{ address: ada.address }] });
    expect(await findSubscriber(db, hash)).toBeUndefined();
  });

  it('read in any order and any number of times end in the same state', async () => {
    const reader = fc.record({
      address: fc.constantFrom('a@example.org', 'b@example.org', 'c@example.org'),
      subscriptions: fc.uniqueArray(
        fc.record({
          digest: fc.constantFrom('daily', 'weekly'),
          state: fc.constantFrom('confirmed' as const, 'unsubscribed' as const),
        }),
        { selector: ({ digest }) => digest },
      ),
    });
    const readers = fc.uniqueArray(reader, { selector: ({ address }) => address });
    await fc.assert(
      fc.asyncProperty(fc.array(readers, { maxLength: 4 }), readers, async (earlier, last) => {
        for (const one of earlier) await sync(one);
        await sync(last);
        expect(await sync(last)).toMatchObject({ add: [], change: [] });
        for (const { address, subscriptions } of last) {
          const stored = await states(address);
          for (const { digest, state } of subscriptions) expect(stored[digest]).toBe(state);
        }
      }),
      { numRuns: 40 },
    );
  });
});
