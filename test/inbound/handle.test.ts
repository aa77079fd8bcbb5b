import { noFollows } from '../../src/domain/subscriber.ts';
import { consentsOf } from '../../src/store/consents.ts';
import { findSubscriber, insertSubscribers } from '../../src/store/subscribers.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayMs, minuteMs } from '../../src/domain/time.ts';
import { verpAddress } from '../../src/domain/verp.ts';
import { handleEvents, handleMessage, type Handled, type InboundHouse } from '../../src/inbound/handle.ts';
import type { InboundAction } from '../../src/inbound/decide.ts';
import { countRefusals } from '../../src/inbound/refusals.ts';
import { handleWaiting } from '../../src/inbound/work.ts';
import { createLogger } from '../../src/log.ts';
import { countBounceEvents, policyRefusals } from '../../src/store/inbound-events.ts';
import {
  countInboundMessages,
  keepInboundMessage,
  waitingInboundMessages,
} from '../../src/store/inbound-messages.ts';
import { claimDeliveries, markInDoubt } from '../../src/store/leases.ts';
import { isSuppressed } from '../../src/store/suppressions.ts';
import { createTokens } from '../../src/subscribers/tokens.ts';
import { now, openLedger, publishedAt, tokens, type Ledger } from '../deliver/ledger.ts';
import { dsn, feedback, mail, mailboxFull, refusedForPolicy, unknownUser } from './mails.ts';

const reader = 'ada@example.net';
const hash = tokens.addressHash(reader);
const base = 'bounces@example.org';

let ledger: Ledger;
let house: InboundHouse;
let at: number;

beforeEach(async () => {
  ledger = await openLedger([reader, 'bo@example.net']);
  at = now;
  house = {
    db: ledger.db,
    tokens,
    addresses: { bounces: base, unsubscribe: 'unsub@example.org', others: ['fbl@example.org'] },
    now: () => at,
  };
});
afterEach(() => ledger.close());

const row = () =>
  ledger.db
    .selectFrom('deliveries')
    .select(['id', 'state', 'message_id'])
    .where('address', '=', reader)
    .executeTakeFirstOrThrow();

const bounceAddress = async (made = tokens) => verpAddress(made.deliveryToken((await row()).id), base);

/** Stores a message and handles it. */
async function incoming(raw: Uint8Array, envelopeTo: readonly string[] = []): Promise<Handled> {
  await keepInboundMessage(ledger.db, { via: 'smtp', receivedAt: at, envelopeTo, raw });
  const [message] = await waitingInboundMessages(ledger.db, { after: 0, limit: 1 });
  if (!message) throw new Error('expected a message that waits');
  return handleMessage(house, message);
}

const gone = (digest = 'daily', addressHash = hash) => isSuppressed(ledger.db, addressHash, digest);

describe('a bounce', () => {
  it('to the token of a delivery ends all mail to its address', async () => {
    const done = await incoming(dsn({ recipients: [unknownUser(reader)] }), [await bounceAddress()]);
    expect(done).toMatchObject({ state: 'done', reason: 'hard', actions: [{ action: 'suppress all' }] });
    expect([
      await gone(),
      await gone('weekly'),
      await gone('daily', tokens.addressHash('bo@example.net')),
    ]).toEqual([true, true, false]);
  });

  it('of a mail that was forwarded counts for the address we wrote to', async () => {
    await incoming(dsn({ recipients: [unknownUser('elsewhere@example.com')] }), [await bounceAddress()]);
    expect(await gone()).toBe(true);
  });

  it('without a token is known by the Message-ID of the mail that came back', async () => {
    const { message_id: messageId } = await row();
    await incoming(dsn({ recipients: [unknownUser(reader)], messageId }));
    expect(await gone()).toBe(true);
  });

  it('whose token was not made here is kept and has no effect', async () => {
    const forged = await bounceAddress(createTokens('another secret'));
    const raw = dsn({ recipients: [unknownUser(reader)], messageId: '<guessed@example.org>' });
    expect(await incoming(raw, [forged])).toEqual({
      state: 'unmatched',
      reason: 'a token that is not ours',
      actions: [],
    });
    expect(await gone()).toBe(false);
    expect(await countInboundMessages(ledger.db)).toEqual({ unmatched: 1 });
  });

  it('about a mailbox that is full is counted, and on the tenth day ends the mail', async () => {
    for (let day = 0; day < 10; day += 1) {
      expect(await gone()).toBe(false);
      const raw = dsn({ recipients: [mailboxFull(reader)], text: `Day ${day}` });
      await incoming(raw, [await bounceAddress()]);
      at += dayMs;
    }
    expect(await gone()).toBe(true);
  });

  it('for policy never ends mail and is shown to the operator', async () => {
    for (let day = 0; day < 12; day += 1) {
      const raw = dsn({ recipients: [refusedForPolicy(reader)], text: `Day ${day}` });
      expect((await incoming(raw, [await bounceAddress()])).actions).toMatchObject([{ action: 'alarm' }]);
      at += dayMs;
    }
    expect(await gone()).toBe(false);
    expect(await policyRefusals(ledger.db, at - 3 * dayMs, 10)).toMatchObject([
      { reason: 'blocked' },
      {},
      {},
    ]);
  });

  it('that comes twice in the same bytes is stored and counted once', async () => {
    const raw = dsn({ recipients: [mailboxFull(reader)] });
    const message = { via: 'smtp', receivedAt: at, envelopeTo: [await bounceAddress()], raw };
    expect(await keepInboundMessage(ledger.db, message)).toBe(true);
    expect(await keepInboundMessage(ledger.db, message)).toBe(false);
    const log = createLogger('silent');
    expect(await handleWaiting({ ...house, log }, new AbortController().signal)).toMatchObject({ done: 1 });
    expect(await countBounceEvents(ledger.db, 0)).toEqual({ soft: 1 });
  });

  it('about a delivery in doubt says that the server had it', async () => {
    const claimed = await claimDeliveries(ledger.db, {
      owner: 'a',
      limit: 10,
      now,
      leaseUntil: now + minuteMs,
      publishedSince: publishedAt,
    });
    for (const lease of claimed) await markInDoubt(ledger.db, lease, { startedAt: now, now });
    await incoming(dsn({ recipients: [mailboxFull(reader)], text: 'one' }), [await bounceAddress()]);
    // A worker may still wait for the answer.
    expect((await row()).state).toBe('in_doubt');
    at += 2 * minuteMs;
    await incoming(dsn({ recipients: [mailboxFull(reader)], text: 'two' }), [await bounceAddress()]);
    expect((await row()).state).toBe('accepted');
  });
});

it('a complaint ends all mail', async () => {
  const { message_id: messageId } = await row();
  const raw = feedback('abuse', [], [`Message-ID: ${messageId}`, `To: ${reader}`]);
  expect(await incoming(raw, ['fbl@example.org'])).toMatchObject({ state: 'done', reason: 'complaint' });
  expect([await gone(), await gone('weekly')]).toEqual([true, true]);
});

describe('a wish to leave', () => {
  const signed = tokens.sign('unsubscribe', { digest: 'daily', addressHash: hash });

  it.each([
    ['in the address', [`unsub+${signed}@example.org`], 'Subject: '],
    ['in the subject', ['unsub@example.org'], `Subject: unsubscribe ${signed}`],
    ['in the subject of a mail to another address', ['fbl@example.org'], `Subject: unsubscribe ${signed}`],
  ])('with a token %s ends that digest and no other', async (_, to, subject) => {
    expect(await incoming(mail([`From: ${reader}`, subject], ''), to)).toMatchObject({
      state: 'done',
      reason: 'unsubscribe',
    });
    expect([await gone(), await gone('weekly')]).toEqual([true, false]);
  });

  it('ends the subscription itself, with a proof', async () => {
    const bare = { follows: noFollows, muted: [], origin: 'file', by: 'file' } as const;
    const daily = { digest: 'daily', state: 'confirmed', cadence: 'every' } as const;
    await insertSubscribers(
      ledger.db,
      [{ ...bare, address: reader, addressHash: hash, subscriptions: [daily] }],
      now,
    );
    await incoming(mail([`From: ${reader}`, `Subject: unsubscribe ${signed}`], ''), ['unsub@example.org']);
    expect((await findSubscriber(ledger.db, hash))?.subscriptions).toMatchObject([
      { digest: 'daily', state: 'unsubscribed', changedBy: 'reader' },
    ]);
    expect(await consentsOf(ledger.db, hash)).toMatchObject([{ digest: 'daily', act: 'left', way: 'mail' }]);
  });

  it('with the token of the delivery does too', async () => {
    const to = [`unsub+${tokens.deliveryToken((await row()).id)}@example.org`];
    await incoming(mail([`From: ${reader}`, 'Subject: x'], ''), to);
    expect([await gone(), await gone('weekly')]).toEqual([true, false]);
  });

  it('without a token is kept and alarms: anybody can write an address into From', async () => {
    const raw = mail([`From: ${reader}`, 'Subject: unsubscribe'], '');
    expect(await incoming(raw, ['unsub@example.org'])).toMatchObject({
      state: 'unmatched',
      actions: [{ action: 'alarm' }],
    });
    const forged = createTokens('another').sign('unsubscribe', { digest: 'daily', addressHash: hash });
    const again = mail([`From: ${reader}`, `Subject: unsubscribe ${forged}`], '');
    expect(await incoming(again, ['unsub@example.org'])).toMatchObject({ state: 'unmatched' });
    expect(await gone()).toBe(false);
  });

  it('is not what a bounce of a mail to that address is taken for', async () => {
    const raw = dsn({ to: 'unsub@example.org', recipients: [mailboxFull(reader)] });
    expect(await incoming(raw, ['unsub@example.org'])).toMatchObject({ state: 'unmatched' });
    expect(await gone()).toBe(false);
  });
});

it('an automatic reply changes nothing, and what says nothing is kept as unread', async () => {
  const away = mail([`From: ${reader}`, 'Subject: Out of Office: The Daily'], 'Away.');
  expect(await incoming(away, [await bounceAddress()])).toMatchObject({
    state: 'done',
    reason: 'auto-reply',
    actions: [{ action: 'note' }],
  });
  expect(
    await incoming(mail([`From: ${reader}`, 'Subject: A question'], 'Why?'), [await bounceAddress()]),
  ).toMatchObject({ state: 'unread' });
  expect(await gone()).toBe(false);
  expect(await countInboundMessages(ledger.db)).toEqual({ done: 1, unread: 1 });
});

describe('what a provider tells', () => {
  const hard = {
    kind: 'hard',
    address: reader,
    reason: 'unknown user',
    status: '5.1.1',
    diagnostic: 'no',
  } as const;

  it('counts once, however often it is told', async () => {
    const { message_id: originalMessageId } = await row();
    const event = { id: 'e-1', recipients: [hard], originalMessageId };
    expect(await handleEvents(house, 'ses', [event, event])).toHaveLength(1);
    expect(await handleEvents(house, 'ses', [event])).toEqual([]);
    expect(await countBounceEvents(ledger.db, 0)).toEqual({ hard: 1 });
    expect(await gone()).toBe(true);
  });

  it('counts for all its recipients that we wrote to, and for no others', async () => {
    await ledger.db.updateTable('deliveries').set({ state: 'accepted' }).execute();
    const recipients = [reader, 'bo@example.net', 'stranger@example.net'].map((address) => ({
      ...hard,
      address,
    }));
    expect(await handleEvents(house, 'ses', [{ id: 'e-1', recipients }])).toHaveLength(2);
    expect(await gone('daily', tokens.addressHash('bo@example.net'))).toBe(true);
    expect(await gone('daily', tokens.addressHash('stranger@example.net'))).toBe(false);
  });
});

describe('what a server refuses while we send', () => {
  async function refused(reply: string, handedOverAt: number | null): Promise<readonly InboundAction[]> {
    const { id } = await row();
    const ended = { state: 'rejected', last_reply: reply, last_code: 550, ended_at: now, lease_epoch: 1 };
    await ledger.db.updateTable('deliveries').set(ended).where('id', '=', id).execute();
    await ledger.db
      .insertInto('attempts')
      .values({ delivery_id: id, lease_epoch: 1, started_at: now, handed_over_at: handedOverAt })
      .execute();
    return countRefusals(ledger.db, now);
  }

  it('for an address that does not exist ends all mail, and counts once', async () => {
    expect(await refused('550 5.1.1 No such user here', null)).toMatchObject([{ action: 'suppress all' }]);
    expect(await countRefusals(ledger.db, now)).toEqual([]);
    expect(await gone()).toBe(true);
    expect(await countBounceEvents(ledger.db, 0)).toEqual({ hard: 1 });
  });

  it('at RCPT is firmer than after the mail', async () => {
    await refused('550 No such user here', null);
    expect(await countBounceEvents(ledger.db, 0)).toEqual({ hard: 1 });
    expect(await gone()).toBe(false);
  });

  it('after the mail may be a filter', async () => {
    await refused('550 No such user here', now);
    expect(await countBounceEvents(ledger.db, 0)).toEqual({ soft: 1 });
  });

  it('for policy ends nobody’s mail', async () => {
    expect(await refused('554 5.7.1 Message refused by policy', now)).toMatchObject([{ action: 'alarm' }]);
    expect(await gone()).toBe(false);
  });
});
