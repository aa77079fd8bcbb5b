import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Subscriber, Subscription } from '../../src/domain/subscriber.ts';
import { prepareDeliveries } from '../../src/deliver/prepare.ts';
import { domainOf } from '../../src/domain/mail-domain.ts';
import { suppress } from '../../src/store/suppressions.ts';
import { samplePaper, samplePick } from '../render/edition-sample.ts';
import { edition, now, openLedger, tokens, type Ledger } from './ledger.ts';

const shown = {
  ...edition,
  topics: [
    { key: 'agents', name: 'Agents' },
    { key: 'retrieval', name: 'Retrieval' },
    { key: 'vision', name: 'Vision' },
  ],
  sections: [
    {
      topic: 'agents',
      name: 'Agents',
      picks: [samplePick(1, 'agents', samplePaper('00001'), { alsoIn: ['retrieval'] })],
    },
    { topic: 'vision', name: 'Vision', picks: [] },
  ],
};
let ledger: Ledger;
beforeEach(async () => {
  ledger = await openLedger([]);
});
afterEach(() => ledger.close());

function reader(address: string, more: Partial<Subscription> = {}, name?: string): Subscriber {
  return {
    address,
    ...(name !== undefined && { name }),
    subscriptions: [{ digest: 'daily', state: 'confirmed', ...more }],
  };
}

function prepare(subscribers: readonly Subscriber[], issue = shown) {
  return prepareDeliveries({
    db: ledger.db,
    editionId: ledger.editionId,
    edition: issue,
    subscribers,
    tokens,
    fromAddress: 'paper@Example.org',
    now,
  });
}

const rows = () =>
  ledger.db
    .selectFrom('deliveries')
    .select(['address', 'name', 'topics', 'message_id', 'state'])
    .orderBy('id')
    .execute();
const none = { suppressed: 0, unsubscribed: 0, unconfirmed: 0, nothingForThem: 0 };

describe('the audience of an edition', () => {
  it('is everybody who confirmed a subscription to its digest', async () => {
    const result = await prepare([
      reader('ada@example.net', { topics: ['agents'] }, 'Ada'),
      reader('bo@example.net', { topics: ['retrieval'] }),
      reader('cy@example.net', { digest: 'weekly' }),
      reader('di@example.net', { state: 'pending' }),
      reader('ed@example.net', { state: 'unsubscribed' }),
      reader('fi@example.net', { topics: ['vision'] }),
    ]);
    expect(result).toEqual({
      prepared: 2,
      alreadyThere: 0,
      leftOut: { ...none, unconfirmed: 1, unsubscribed: 1, nothingForThem: 1 },
    });
    const [ada, bo] = await rows();
    expect(ada).toMatchObject({
      address: 'ada@example.net',
      name: 'Ada',
      topics: '["agents"]',
      state: 'pending',
    });
    expect(bo).toMatchObject({ address: 'bo@example.net', name: null, topics: '["retrieval"]' });
    expect(ada?.message_id).toMatch(/^<[a-z2-7]{26}@example\.org>$/);
    expect(ada?.message_id).not.toBe(bo?.message_id);
  });

  it('has each address once, however it is spelled', async () => {
    const result = await prepare([
      reader('ada@example.net'),
      reader(' ADA@Example.NET '),
      reader('ada@example.net'),
    ]);
    expect(result.prepared).toBe(1);
  });

  it.each([[0], [1]])(
    'does not have an address that said no in one of its entries (%i first)',
    async (first) => {
      const entries = [reader('ada@example.net'), reader('Ada@example.net', { state: 'unsubscribed' })];
      const result = await prepare(first === 0 ? entries : entries.toReversed());
      expect(result).toEqual({ prepared: 0, alreadyThere: 0, leftOut: { ...none, unsubscribed: 1 } });
    },
  );

  it('does not have an address on the suppression list', async () => {
    await suppress(ledger.db, {
      addressHash: tokens.addressHash('ada@example.net'),
      digest: '*',
      reason: 'complaint',
      now,
    });
    const result = await prepare([reader('Ada@example.net'), reader('bo@example.net')]);
    expect(result).toEqual({ prepared: 1, alreadyThere: 0, leftOut: { ...none, suppressed: 1 } });
  });

  it('stays as it was when it is prepared again', async () => {
    await prepare([reader('ada@example.net', { topics: ['agents'] }, 'Ada')]);
    const before = await rows();
    const again = await prepare([reader('ADA@example.net', {}, 'Somebody'), reader('bo@example.net')]);
    expect(again).toMatchObject({ prepared: 1, alreadyThere: 1 });
    expect((await rows())[0]).toEqual(before[0]);
  });

  it('of an edition without picks is nobody', async () => {
    expect(await prepare([reader('ada@example.net')], { ...shown, sections: [] })).toMatchObject({
      prepared: 0,
      leftOut: { nothingForThem: 1 },
    });
  });
});

describe('the hour of a reader', () => {
  it.each([
    ['at once without one', {}, now],
    [
      'later on the same day in their zone',
      { hour: { minuteOfDay: 450, zone: 'America/New_York' } },
      Date.parse('2026-11-24T12:30:00Z'),
    ],
    [
      "in the digest's zone where none is named",
      { hour: { minuteOfDay: 420 } },
      Date.parse('2026-11-24T07:00:00Z'),
    ],
    [
      'on the next day where it has passed',
      { hour: { minuteOfDay: 300, zone: 'Etc/UTC' } },
      Date.parse('2026-11-25T05:00:00Z'),
    ],
  ])('makes their mail due %s', async (_when, more, dueAt) => {
    await prepare([{ ...reader('ada@example.net'), ...more }]);
    const row = await ledger.db
      .selectFrom('deliveries')
      .select(['next_attempt_at', 'domain_key'])
      .executeTakeFirst();
    expect(row).toEqual({ next_attempt_at: dueAt, domain_key: 'example.net' });
  });
});

describe('the domain of an address', () => {
  it.each([
    ['paper@Example.org', 'example.org'],
    ['paper@bücher.example', 'xn--bcher-kva.example'],
  ])('%s is %s', (address, domain) => expect(domainOf(address)).toBe(domain));
});
