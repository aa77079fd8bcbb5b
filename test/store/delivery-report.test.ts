import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countByDomain, countReplies, recipientsOf } from '../../src/store/delivery-report.ts';
import { countDeliveries } from '../../src/store/deliveries.ts';
import { now, openLedger, type Ledger } from '../deliver/ledger.ts';

const addresses = [
  ...Array.from({ length: 4100 }, (_, index) => `reader${index}@gmail.com`),
  'ada@example.net',
  'bo@example.net',
  'cy@outlook.com',
];

let ledger: Ledger;
beforeEach(async () => {
  ledger = await openLedger(addresses);
});
afterEach(() => ledger.close());

const settle = (address: string, state: string, reply: string | null, code: number | null = null) =>
  ledger.db
    .updateTable('deliveries')
    .set({ state, last_reply: reply, last_code: code, ended_at: now, attempts: 1 })
    .where('address', '=', address)
    .execute();

describe('the report of an edition', () => {
  it('counts everybody once, by operator or domain, also rows that do not know theirs', async () => {
    await settle('reader0@gmail.com', 'accepted', '250 ok');
    await settle('ada@example.net', 'rejected', '550 no');
    await ledger.db
      .updateTable('deliveries')
      .set({ domain_key: 'microsoft' })
      .where('address', '=', 'cy@outlook.com')
      .execute();
    const counts = await countByDomain(ledger.db, ledger.editionId);
    expect(
      counts.toSorted(
        (a, b) => a.rows - b.rows || a.domain.localeCompare(b.domain) || a.state.localeCompare(b.state),
      ),
    ).toEqual([
      { domain: 'example.net', state: 'pending', rows: 1 },
      { domain: 'example.net', state: 'rejected', rows: 1 },
      { domain: 'google', state: 'accepted', rows: 1 },
      { domain: 'microsoft', state: 'pending', rows: 1 },
      { domain: 'google', state: 'pending', rows: 4099 },
    ]);
    expect(counts.reduce((sum, { rows }) => sum + rows, 0)).toBe(addresses.length);
    const states = await countDeliveries(ledger.db, ledger.editionId);
    expect(states.pending).toBe(addresses.length - 2);
    expect(await countByDomain(ledger.db, ledger.editionId + 1)).toEqual([]);
  });

  it('tells the last words about those who have not got it, the most frequent first', async () => {
    await settle('ada@example.net', 'rejected', '550 no');
    await settle('bo@example.net', 'rejected', '550 no');
    await settle('cy@outlook.com', 'deferred', '450 later');
    await settle('reader0@gmail.com', 'accepted', '250 ok');
    expect(await countReplies(ledger.db, ledger.editionId, 10)).toEqual([
      { state: 'rejected', reply: '550 no', rows: 2 },
      { state: 'deferred', reply: '450 later', rows: 1 },
    ]);
    expect(await countReplies(ledger.db, ledger.editionId, 1)).toHaveLength(1);
  });

  it('names every recipient once, over all pages', async () => {
    await settle('ada@example.net', 'rejected', '550 5.1.1 no', 550);
    const seen = new Map<string, unknown>();
    for await (const row of recipientsOf(ledger.db, ledger.editionId)) seen.set(row.address, row);
    expect([...seen.keys()].toSorted()).toEqual(addresses.toSorted());
    expect(seen.get('ada@example.net')).toMatchObject({
      domain: 'example.net',
      state: 'rejected',
      attempts: 1,
      code: 550,
      reply: '550 5.1.1 no',
      endedAt: now,
    });
    expect(seen.get('bo@example.net')).toMatchObject({ state: 'pending', nextAttemptAt: now });
  });
});
