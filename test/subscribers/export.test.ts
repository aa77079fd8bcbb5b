import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noFollows } from '../../src/domain/subscriber.ts';
import { insertSubscribers } from '../../src/store/subscribers.ts';
import type { SubscriberFilter } from '../../src/store/subscriber-filter.ts';
import { suppress } from '../../src/store/suppressions.ts';
import { addByOperator } from '../../src/subscribers/operator-word.ts';
import { csvExport, jsonExport } from '../../src/subscribers/export.ts';
import { importHouse, now, tokens, type ImportHouse } from './import-house.ts';

async function exported({ db }: ImportHouse, filter: SubscriberFilter = {}): Promise<string> {
  let text = '';
  for await (const line of csvExport(db, filter)) text += line;
  return text;
}

const words = fc.array(fc.string({ minLength: 1 }), { maxLength: 2 });
const reader = fc.record({
  address: fc
    .tuple(fc.constantFrom('', '=', '+', '-', "'="), fc.stringMatching(/^[a-z]{1,6}$/))
    .map(([mark, name]) => `${mark}${name}@example.org`),
  name: fc.option(
    fc.oneof(
      fc.constantFrom('=1+1', '"A", B;', "'@x"),
      fc.string({ minLength: 1 }).filter((one) => one === one.trim() && one !== ''),
    ),
    { nil: undefined },
  ),
  subscriptions: fc.uniqueArray(
    fc.record({
      digest: fc.constantFrom('daily', 'weekly'),
      state: fc.constantFrom('confirmed' as const, 'unsubscribed' as const),
      topics: fc.constantFrom(undefined, ['llm']),
      cadence: fc.constantFrom('every' as const, 'weekdays' as const),
    }),
    { minLength: 1, selector: ({ digest }) => digest },
  ),
  follows: fc.record({ authors: words, labs: words, words }),
  muted: words,
  noMail: fc.constantFrom(undefined, 'hard bounce', 'unsubscribed'),
});

describe('an export', () => {
  it('makes the same readers anew when it is imported elsewhere', async () => {
    const readers = fc.uniqueArray(reader, {
      minLength: 1,
      maxLength: 5,
      selector: ({ address }) => address,
    });
    await fc.assert(
      fc.asyncProperty(readers, async (made) => {
        await using house = await importHouse();
        for (const { address, name, subscriptions, noMail, ...rest } of made) {
          const addressHash = tokens.addressHash(address);
          const chosen = subscriptions.map(({ topics, ...one }) => ({ ...one, ...(topics && { topics }) }));
          const person = { ...rest, ...(name !== undefined && { name }), address, addressHash };
          await insertSubscribers(
            house.db,
            [{ ...person, origin: 'import', by: 'import', subscriptions: chosen }],
            now,
          );
          if (noMail !== undefined)
            await suppress(house.db, { addressHash, digest: '*', reason: noMail, now });
        }
        const text = await exported(house);
        await using other = await importHouse();
        expect((await other.import(text)).told).toEqual([]);
        expect(await exported(other)).toBe(text);
      }),
      { numRuns: 20 },
    );
  });

  it('has whom the filter means, and only their subscriptions that it means', async () => {
    await using house = await importHouse();
    const bare = { follows: noFollows, muted: [], origin: 'operator', by: 'operator' } as const;
    const daily = { digest: 'daily', state: 'confirmed', cadence: 'every' } as const;
    const weekly = { ...daily, digest: 'weekly', topics: ['robotics'] };
    const store = async (
      address: string,
      subscriptions: readonly (typeof daily | typeof weekly)[],
      at: number,
    ) =>
      insertSubscribers(
        house.db,
        [{ ...bare, address, addressHash: tokens.addressHash(address), subscriptions }],
        at,
      );
    await store('ada@example.org', [daily, weekly], now);
    await store('bo@sub.example.org', [weekly], now + 1);
    await store('cy@Example.com', [daily], now + 2);
    await suppress(house.db, {
      addressHash: tokens.addressHash('cy@example.com'),
      digest: '*',
      reason: 'complaint',
      now,
    });
    const found = async (filter: SubscriberFilter): Promise<readonly string[]> =>
      (await exported(house, filter))
        .split('\r\n')
        .slice(1, -1)
        .map((line) => line.replace(/^([a-z]+)@[^,]*,,([a-z]+),.*$/, '$1 $2'));
    expect(await found({ digest: 'weekly' })).toEqual(['ada weekly', 'bo weekly']);
    expect(await found({ state: 'confirmed', digest: 'daily' })).toEqual(['ada daily']);
    expect(await found({ state: 'left' })).toEqual(['cy daily']);
    expect(await found({ topic: { key: 'robotics', digests: ['weekly'] } })).toEqual([
      'ada weekly',
      'bo weekly',
    ]);
    expect(await found({ topic: { key: 'llm', digests: ['daily', 'weekly'] } })).toEqual([
      'ada daily',
      'cy daily',
    ]);
    expect(await found({ domain: 'example.com' })).toEqual(['cy daily']);
    expect(await found({ since: now + 1 })).toEqual(['bo weekly', 'cy daily']);
    expect(await found({ origin: 'import' })).toEqual([]);
    let json = '';
    for await (const part of jsonExport(house.db, {})) json += part;
    expect(JSON.parse(json)).toMatchObject([
      { address: 'ada@example.org' },
      {},
      { noMail: { '*': 'complaint' } },
    ]);
  });
});

describe("the operator's word", () => {
  it('adds who is unknown, and refuses who said no', async () => {
    await using house = await importHouse();
    const subject = { address: 'ada@example.org', addressHash: tokens.addressHash('ada@example.org') };
    expect(await addByOperator(house.db, subject, ['daily'], now)).toEqual([
      { digest: 'daily', result: 'added' },
    ]);
    expect(await addByOperator(house.db, subject, ['daily'], now)).toMatchObject([
      { result: 'there already' },
    ]);
    await suppress(house.db, { addressHash: subject.addressHash, digest: '*', reason: 'erased', now });
    expect(await addByOperator(house.db, subject, ['weekly'], now)).toMatchObject([
      { result: 'refused', why: expect.stringContaining('erased') },
    ]);
  });
});
