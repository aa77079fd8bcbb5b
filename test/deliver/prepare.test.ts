import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { combined } from '../../src/edition/shown-editions.ts';
import { prepareDeliveries } from '../../src/deliver/prepare.ts';
import { domainOf } from '../../src/domain/mail-domain.ts';
import { noFollows, type Profile, type StoredSubscription } from '../../src/domain/subscriber.ts';
import { hasDueDeliveries } from '../../src/store/deliveries.ts';
import { addBlock, closeAudience, openAudience } from '../../src/store/audience-freeze.ts';
import { claimDeliveries } from '../../src/store/leases.ts';
import { insertSubscribers } from '../../src/store/subscribers.ts';
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
  await ledger.db.updateTable('editions').set({ prepared_at: null }).execute();
});
afterEach(() => ledger.close());

type Choice = Pick<StoredSubscription, 'digest' | 'state' | 'topics' | 'cadence'>;

function reader(address: string, more: Partial<Choice> = {}, profile: Partial<Profile> = {}) {
  return {
    address,
    addressHash: tokens.addressHash(address),
    origin: 'operator' as const,
    by: 'operator' as const,
    follows: noFollows,
    muted: [],
    ...profile,
    subscriptions: [{ digest: 'daily', state: 'confirmed' as const, cadence: 'every' as const, ...more }],
  };
}

async function prepare(subscribers: readonly ReturnType<typeof reader>[], issue = shown) {
  await insertSubscribers(ledger.db, subscribers, now);
  const done = await prepareDeliveries({
    db: ledger.db,
    editionId: ledger.editionId,
    edition: issue,
    combined: (covers) => combined(ledger.db, issue, covers),
    tokens,
    fromAddress: 'paper@Example.org',
    now,
  });
  return done.state === 'prepared' ? done.audience : done;
}

const rows = () =>
  ledger.db
    .selectFrom('deliveries')
    .select(['address', 'name', 'topics', 'wish', 'message_id', 'state'])
    .orderBy('address')
    .execute();
const none = { suppressed: 0, unsubscribed: 0, unconfirmed: 0, nothingForThem: 0, notNow: 0 };

describe('the audience of an edition', () => {
  it('is everybody who confirmed a subscription to its digest', async () => {
    const result = await prepare([
      reader('ada@example.net', { topics: ['agents'] }, { name: 'Ada' }),
      reader('bo@example.net', { topics: ['retrieval'] }),
      reader('cy@example.net', { digest: 'weekly' }),
      reader('di@example.net', { state: 'pending' }),
      reader('ed@example.net', { state: 'unsubscribed' }),
      reader('fi@example.net', { topics: ['vision'] }),
      reader('gu@example.net', {}, { pausedUntil: '2026-11-25' }),
      reader('ha@example.net', {}, { pausedUntil: '2026-11-24' }),
    ]);
    expect(result).toEqual({
      prepared: 3,
      alreadyThere: 0,
      leftOut: { ...none, unconfirmed: 1, unsubscribed: 1, nothingForThem: 1, notNow: 1 },
    });
    const [ada, bo, ha] = await rows();
    expect(ada).toMatchObject({
      address: 'ada@example.net',
      name: 'Ada',
      topics: '["agents"]',
      state: 'pending',
    });
    expect(bo).toMatchObject({ address: 'bo@example.net', name: null, topics: '["retrieval"]', wish: null });
    expect(ha).toMatchObject({ address: 'ha@example.net' });
    expect(ada?.message_id).toMatch(/^<[a-z2-7]{26}@example\.org>$/);
    expect(ada?.message_id).not.toBe(bo?.message_id);
  });

  it('does not have an address on the suppression list, for all mail or for this digest', async () => {
    const no = (address: string, digest: string) =>
      suppress(ledger.db, { addressHash: tokens.addressHash(address), digest, reason: 'complaint', now });
    await no('Ada@example.net', '*');
    await no('bo@example.net', 'daily');
    await no('cy@example.net', 'weekly');
    const result = await prepare(['ada', 'bo', 'cy'].map((name) => reader(`${name}@example.net`)));
    expect(result).toEqual({ prepared: 1, alreadyThere: 0, leftOut: { ...none, suppressed: 2 } });
  });

  it('leaves weekday readers out of an edition of the weekend', async () => {
    const sunday = { ...shown, editionDate: '2026-11-22' };
    const weekdays = reader('ada@example.net', { cadence: 'weekdays' });
    expect(await prepare([weekdays, reader('bo@example.net')], sunday)).toMatchObject({
      prepared: 1,
      leftOut: { notNow: 1 },
    });
  });

  it('stays as it was when it is prepared again', async () => {
    await prepare([reader('ada@example.net', { topics: ['agents'] }, { name: 'Ada' })]);
    const before = await rows();
    await ledger.db.updateTable('subscribers').set({ name: 'Somebody' }).execute();
    expect(await prepare([reader('bo@example.net')])).toEqual({ state: 'whole already' });
    expect(await rows()).toEqual(before);
  });

  it('of an edition without picks is nobody', async () => {
    expect(await prepare([reader('ada@example.net')], { ...shown, sections: [] })).toMatchObject({
      prepared: 0,
      leftOut: { nothingForThem: 1 },
    });
  });

  it('keeps whom readers follow and what they mute, and leaves out who is left with nothing', async () => {
    const result = await prepare([
      reader(
        'ada@example.net',
        { topics: ['vision'] },
        { follows: { ...noFollows, authors: ['Ada Example'] } },
      ),
      reader('bo@example.net', {}, { muted: ['invented paper'] }),
    ]);
    expect(result).toMatchObject({ prepared: 1, leftOut: { nothingForThem: 1 } });
    expect((await rows())[0]).toMatchObject({
      address: 'ada@example.net',
      wish: '{"authors":["Ada Example"]}',
    });
  });
});

describe('the weeks of a reader', () => {
  async function publish(number: number, editionDate: string, hasPicks: boolean) {
    const picks = hasPicks ? [samplePick(1, 'agents', samplePaper(`0010${number}`))] : [];
    const sections = [{ topic: 'agents', name: 'Agents', picks }];
    const issue = { ...shown, sections, number, editionDate, publishedAt: Date.parse(editionDate) };
    const { id } = await ledger.db
      .insertInto('editions')
      .values({
        digest: 'daily',
        edition_date: editionDate,
        number,
        published_at: issue.publishedAt,
        prepared_at: null,
        content: JSON.stringify(issue),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await prepareDeliveries({
      db: ledger.db,
      editionId: id,
      edition: issue,
      combined: (covers) => combined(ledger.db, issue, covers),
      tokens,
      fromAddress: 'paper@example.org',
      now: issue.publishedAt,
    });
  }

  async function mails() {
    const sent = await ledger.db
      .selectFrom('deliveries')
      .innerJoin('editions', 'editions.id', 'deliveries.edition_id')
      .select(['edition_date', 'covers_from', 'covers_to'])
      .orderBy('edition_date')
      .execute();
    return sent.map((one) => [one.edition_date, one.covers_from, one.covers_to]);
  }

  it('are no edition twice after a week that had nothing for them', async () => {
    await insertSubscribers(ledger.db, [reader('ada@example.net', { cadence: 'weekly' })], 0);
    const dates = [
      '2027-01-26',
      '2027-02-01',
      '2027-02-04',
      '2027-02-08',
      '2027-02-11',
      '2027-02-15',
      '2027-02-22',
    ];
    for (const [at, date] of dates.entries())
      await publish(at + 2, date, !['2027-02-08', '2027-02-11'].includes(date));
    expect(await mails()).toEqual([
      ['2027-02-01', '2027-01-25', '2027-01-31'],
      ['2027-02-08', '2027-02-01', '2027-02-07'],
      ['2027-02-22', '2027-02-08', '2027-02-15'],
    ]);
  });

  it('are no edition twice for who got every edition and chose weeks on a weekend', async () => {
    await insertSubscribers(ledger.db, [reader('ada@example.net')], 0);
    const dates = ['2027-02-01', '2027-02-03', '2027-02-05', '2027-02-10', '2027-02-15', '2027-02-22'];
    for (const [at, date] of dates.entries()) {
      if (date === '2027-02-15')
        await ledger.db.updateTable('subscriptions').set({ cadence: 'weekly' }).execute();
      await publish(at + 2, date, true);
    }
    expect(await mails()).toEqual([
      ['2027-02-01', null, null],
      ['2027-02-03', null, null],
      ['2027-02-05', null, null],
      ['2027-02-10', null, null],
      ['2027-02-22', '2027-02-15', '2027-02-21'],
    ]);
  });
});

describe('an audience that is not whole', () => {
  const delivery = (address: string) => ({
    digest: 'daily',
    address,
    addressHash: tokens.addressHash(address),
    messageId: `<${address}>`,
  });
  const block = { deliveries: [delivery('ada@example.net')], leftOut: none, cursor: 'A' };
  const claim = { owner: 'me', limit: 9, now, leaseUntil: now + 1000, publishedSince: 0 };

  async function opened() {
    const open = await openAudience(ledger.db, ledger.editionId, now);
    if (!open) throw new Error('expected an audience that is not whole yet');
    return open;
  }

  it('is not sent, and goes on after its last block', async () => {
    const { db, editionId } = ledger;
    const open = await opened();
    expect(await addBlock(db, editionId, open, block)).toMatchObject({
      cursor: 'A',
      counts: { prepared: 1 },
    });
    expect(await claimDeliveries(db, claim)).toEqual([]);
    expect(await hasDueDeliveries(db, now)).toBe(true);
    expect(await openAudience(db, editionId, now + 9)).toMatchObject({ startedAt: now, cursor: 'A' });
    expect(await closeAudience(db, editionId, now)).toBe(true);
    expect(await claimDeliveries(db, claim)).toHaveLength(1);
    expect(await closeAudience(db, editionId, now)).toBe(false);
  });

  it('takes no block twice, when two processes freeze it', async () => {
    const { db, editionId } = ledger;
    const open = await opened();
    await addBlock(db, editionId, open, block);
    const other = { ...block, deliveries: [delivery('bo@example.net')], cursor: 'B' };
    expect(await addBlock(db, editionId, open, other)).toBeUndefined();
    expect(await rows()).toHaveLength(1);
  });

  it('is not taken for whole when rows are gone, and is begun anew', async () => {
    const { db, editionId } = ledger;
    await addBlock(db, editionId, await opened(), block);
    await db.deleteFrom('deliveries').execute();
    await expect(closeAudience(db, editionId, now)).rejects.toThrow(/1 are missing/);
    expect(await claimDeliveries(db, claim)).toEqual([]);
    expect(await openAudience(db, editionId, now)).toMatchObject({ cursor: '' });
  });

  it('is left where it is by a stop', async () => {
    await insertSubscribers(ledger.db, [reader('ada@example.net')], now);
    const { db, editionId } = ledger;
    const stopped = await prepareDeliveries({
      db,
      editionId,
      edition: shown,
      combined: (covers) => combined(db, shown, covers),
      tokens,
      fromAddress: 'paper@example.org',
      now,
      signal: AbortSignal.abort(),
    });
    expect(stopped).toEqual({ state: 'stopped' });
    expect(await prepare([])).toMatchObject({ prepared: 1 });
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
    await prepare([reader('ada@example.net', {}, more)]);
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
