import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Delivery, SubmissionOutcome } from '../../src/domain/delivery.ts';
import { hourMs, minuteMs } from '../../src/domain/time.ts';
import { openDatabase } from '../../src/store/database.ts';
import { countDeliveries, countInDoubt, expireDeliveries } from '../../src/store/deliveries.ts';
import {
  claimDeliveries,
  markInDoubt,
  recordOutcome,
  recordSuppressed,
  releaseLeases,
} from '../../src/store/leases.ts';
import { leaseStanding } from '../../src/store/ledger-steps.ts';
import { isSuppressed, suppress, suppressedHashes } from '../../src/store/suppressions.ts';
import {
  insertAudience,
  now,
  openLedger,
  publishedAt,
  readers,
  tokens,
  type Ledger,
} from '../deliver/ledger.ts';

let ledger: Ledger;
beforeEach(async () => {
  ledger = await openLedger(readers(5));
});
afterEach(() => ledger.close());

function claim(owner: string, more: { limit?: number; now?: number; publishedSince?: number } = {}) {
  const at = more.now ?? now;
  return claimDeliveries(ledger.db, {
    owner,
    limit: 10,
    now: at,
    leaseUntil: at + 5 * minuteMs,
    publishedSince: publishedAt,
    ...more,
  });
}

async function claimOne(owner = 'a', at = now): Promise<Delivery> {
  const [delivery] = await claim(owner, { limit: 1, now: at });
  if (!delivery) throw new Error('expected a due delivery');
  return delivery;
}

function record(delivery: Delivery, outcome: SubmissionOutcome, at = now) {
  return recordOutcome(ledger.db, delivery, outcome, {
    startedAt: at,
    now: at,
    nextAttemptAt: at + 5 * minuteMs,
  });
}

const mark = (delivery: Delivery) => markInDoubt(ledger.db, delivery, { startedAt: now, now });
const counts = () => countDeliveries(ledger.db, ledger.editionId);
const attempts = () =>
  ledger.db.selectFrom('attempts').select(['delivery_id', 'result', 'handed_over_at', 'ended_at']).execute();

const accepted = { result: 'accepted', reply: '250 Ok' } as const;
const deferred = { result: 'deferred', reply: '450 later', code: 450 } as const;

describe('the audience', () => {
  it('is one row an address, however often it is stored', async () => {
    const hash = tokens.addressHash('reader0@example.net');
    const again = {
      digest: 'daily',
      address: 'READER0@example.net',
      addressHash: hash,
      messageId: '<another@example.org>',
    };
    expect(await insertAudience(ledger.db, ledger.editionId, [again], now)).toBe(0);
    expect((await counts()).pending).toBe(5);
  });

  it('keeps name and topics as they were at preparation', async () => {
    const reader = {
      digest: 'daily',
      address: 'ada@example.org',
      addressHash: tokens.addressHash('ada@example.org'),
      name: 'Ada "Ex" Ämple',
      topics: ['llm', 'vision'],
      messageId: '<ada@example.org>',
    };
    await insertAudience(ledger.db, ledger.editionId, [reader], now - minuteMs);
    expect(await claimOne()).toMatchObject({ ...reader, state: 'leased', attempts: 0, leaseEpoch: 1 });
  });

  it('of more rows than one statement takes is stored whole', async () => {
    const many = Array.from({ length: 1201 }, (_, index) => ({
      digest: 'daily',
      address: `many${index}@example.net`,
      addressHash: `hash ${index}`,
      messageId: `<${index}@example.org>`,
    }));
    expect(await insertAudience(ledger.db, ledger.editionId, many, now)).toBe(1201);
    expect((await counts()).pending).toBe(1206);
  });

  it('is stored not at all when one row cannot be', async () => {
    const row = { digest: 'daily', address: 'x@example.net' };
    const clash = [
      { ...row, addressHash: 'one', messageId: '<same@example.org>' },
      { ...row, addressHash: 'two', messageId: '<same@example.org>' },
    ];
    await expect(insertAudience(ledger.db, ledger.editionId, clash, now)).rejects.toThrow(/unique/i);
    expect((await counts()).pending).toBe(5);
  });
});

describe('a claim', () => {
  it('gives each row to one owner only', async () => {
    const first = await claim('a', { limit: 3 });
    const second = await claim('b');
    expect(first).toHaveLength(3);
    expect(second).toHaveLength(2);
    expect(new Set([...first, ...second].map((row) => row.id)).size).toBe(5);
    expect(await claim('c')).toEqual([]);
  });

  it('by two connections at once gives each row to one of them', async () => {
    const other = await openDatabase(ledger.path);
    const claims = await Promise.all(
      [ledger.db, other].map((db, index) =>
        claimDeliveries(db, { owner: `${index}`, limit: 3, now, leaseUntil: now + 1, publishedSince: 0 }),
      ),
    );
    await other.destroy();
    expect(claims.map((claimed) => claimed.length).toSorted((a, b) => a - b)).toEqual([2, 3]);
    expect(new Set(claims.flat().map((row) => row.id)).size).toBe(5);
  });

  it('takes rows whose lease ran out, with a higher epoch', async () => {
    const [before] = await claim('a');
    expect(await claim('b', { now: now + 5 * minuteMs - 1 })).toEqual([]);
    const [after] = await claim('b', { now: now + 5 * minuteMs });
    expect(after).toMatchObject({ id: before?.id, leaseEpoch: 2 });
  });

  it('leaves a deferred row alone until its time', async () => {
    for (const delivery of await claim('a')) await record(delivery, deferred);
    expect(await claim('a', { now: now + 5 * minuteMs - 1 })).toEqual([]);
    expect(await claim('a', { now: now + 5 * minuteMs })).toHaveLength(5);
  });

  it('never takes a row in doubt or one that ended', async () => {
    const [one, two, three, four, five] = await claim('a');
    if (!one || !two || !three || !four || !five) throw new Error('expected five rows');
    await mark(one);
    await record(two, accepted);
    await record(three, { result: 'rejected', reply: '550 no', code: 550 });
    await recordSuppressed(ledger.db, four, now);
    await record(five, { result: 'in_doubt', reply: 'lost' });
    expect(await claim('b', { now: now + 10 * hourMs })).toEqual([]);
    expect(await counts()).toMatchObject({ in_doubt: 2, accepted: 1, rejected: 1, suppressed: 1 });
  });

  it('leaves editions alone that are too old', async () => {
    expect(await claim('a', { publishedSince: publishedAt + 1 })).toEqual([]);
  });

  it('finds its rows by the partial index', async () => {
    const plan = await ledger.db.executeQuery<{ detail: string }>(
      (await import('kysely')).CompiledQuery.raw(
        `explain query plan select deliveries.id from deliveries join editions on editions.id = deliveries.edition_id
         where state in ('pending', 'deferred', 'leased') and next_attempt_at <= 1 and editions.published_at >= 1
         order by next_attempt_at, deliveries.id limit 10`,
      ),
    );
    expect(plan.rows.map((row) => row.detail).join('\n')).toContain('deliveries_open');
  });
});

describe('a lease', () => {
  it('that was lost lets its owner change nothing', async () => {
    const stale = await claimOne('a');
    await claim('b', { now: now + hourMs });
    expect(await leaseStanding(ledger.db, stale)).toBe('lost');
    expect(await mark(stale)).toBe('lost');
    expect(await record(stale, accepted)).toBe(false);
    expect(await recordSuppressed(ledger.db, stale, now)).toBe(false);
    expect((await counts()).leased).toBe(5);
    expect(await attempts()).toEqual([]);
  });

  it('handed back leaves the row due as before', async () => {
    await claim('a');
    expect(await releaseLeases(ledger.db, 'b')).toBe(0);
    expect(await releaseLeases(ledger.db, 'a')).toBe(5);
    expect((await counts()).pending).toBe(5);
    expect(await claim('b')).toHaveLength(5);
  });

  it('handed back does not touch a row in doubt', async () => {
    await mark(await claimOne());
    await releaseLeases(ledger.db, 'a');
    expect(await counts()).toMatchObject({ in_doubt: 1, pending: 4 });
  });

  it('of a row that was deferred before goes back to deferred', async () => {
    for (const delivery of await claim('a')) await record(delivery, deferred);
    await claim('a', { now: now + hourMs });
    await releaseLeases(ledger.db, 'a');
    expect((await counts()).deferred).toBe(5);
  });
});

describe('the marker', () => {
  it('is set once, and only an answer moves the row on', async () => {
    const delivery = await claimOne();
    expect(await mark(delivery)).toBe('marked');
    expect(await mark(delivery)).toBe('lost');
    expect(await countInDoubt(ledger.db, publishedAt)).toBe(1);
    expect(await record(delivery, accepted)).toBe(true);
    expect(await record(delivery, deferred)).toBe(false);
    expect(await attempts()).toEqual([
      { delivery_id: delivery.id, result: 'accepted', handed_over_at: now, ended_at: now },
    ]);
  });

  it('is not set for a reader who said no up to that moment', async () => {
    const delivery = await claimOne();
    expect(await leaseStanding(ledger.db, delivery)).toBe('ready');
    await suppress(ledger.db, { addressHash: delivery.addressHash, digest: 'daily', reason: 'test', now });
    expect(await leaseStanding(ledger.db, delivery)).toBe('suppressed');
    expect(await mark(delivery)).toBe('suppressed');
    expect((await counts()).in_doubt).toBe(0);
  });
});

describe('an outcome', () => {
  it('blocked counts no attempt against the address', async () => {
    const delivery = await claimOne();
    await mark(delivery);
    await record(delivery, { result: 'blocked', reply: '550 5.7.1 spam', code: 550 });
    expect(await counts()).toMatchObject({ pending: 5 });
    const again = (await claim('b', { now: now + hourMs })).find((row) => row.id === delivery.id);
    expect(again?.attempts).toBe(0);
  });

  it('of each try is kept', async () => {
    const first = await claimOne();
    await record(first, deferred);
    const later = (await claim('a', { now: now + hourMs })).find((row) => row.id === first.id);
    if (!later) throw new Error('expected the row again');
    expect(later.attempts).toBe(1);
    await mark(later);
    await record(later, accepted);
    expect((await attempts()).map((attempt) => attempt.result)).toEqual(['deferred', 'accepted']);
  });
});

describe('expiry', () => {
  it('ends what was not handed over of old editions, and nothing else', async () => {
    const delivery = await claimOne();
    await mark(delivery);
    const [held] = await claim('a', { limit: 1 });
    const limits = { publishedBefore: publishedAt + 1, now };
    expect(await expireDeliveries(ledger.db, { publishedBefore: publishedAt, now })).toBe(0);
    expect(await expireDeliveries(ledger.db, limits)).toBe(3);
    expect(await counts()).toMatchObject({ expired: 3, leased: 1, in_doubt: 1 });
    expect(await expireDeliveries(ledger.db, { ...limits, now: now + hourMs })).toBe(1);
    expect(held && (await record(held, accepted))).toBe(false);
  });
});

describe('the counts of an edition', () => {
  it('add up to its audience in every mixture of states', async () => {
    const [one, two, three] = await claim('a', { limit: 4 });
    if (!one || !two || !three) throw new Error('expected rows');
    await record(one, accepted);
    await record(two, deferred);
    await mark(three);
    const sum = Object.values(await counts()).reduce((total, rows) => total + rows, 0);
    expect(sum).toBe(5);
  });
});

describe('a suppression', () => {
  it('concerns its digest, or all mail, and survives being said twice', async () => {
    const { db } = ledger;
    await suppress(db, { addressHash: 'ada', digest: 'daily', reason: 'unsubscribed', now });
    await suppress(db, { addressHash: 'ada', digest: 'daily', reason: 'complaint', now: now + 1 });
    await suppress(db, { addressHash: 'bo', digest: '*', reason: 'complaint', now });
    expect(await isSuppressed(db, 'ada', 'daily')).toBe(true);
    expect(await isSuppressed(db, 'ada', 'weekly')).toBe(false);
    expect(await isSuppressed(db, 'bo', 'weekly')).toBe(true);
    expect(await isSuppressed(db, 'cy', 'daily')).toBe(false);
    expect(await suppressedHashes(db, 'daily')).toEqual(new Set(['ada', 'bo']));
    expect(await suppressedHashes(db, 'weekly')).toEqual(new Set(['bo']));
    expect(
      await db.selectFrom('suppressions').select('reason').where('address_hash', '=', 'ada').execute(),
    ).toEqual([{ reason: 'unsubscribed' }]);
  });
});
