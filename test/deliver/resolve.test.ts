import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveInDoubt, type InDoubtPolicy, type Resolution } from '../../src/deliver/resolve.ts';
import { createSmtp } from '../../src/deliver/smtp.ts';
import { hourMs, minuteMs } from '../../src/domain/time.ts';
import { countDeliveries } from '../../src/store/deliveries.ts';
import { claimDeliveries, markInDoubt, recordOutcome } from '../../src/store/leases.ts';
import { now, openLedger, publishedAt, readers, sendDue, type Ledger } from './ledger.ts';
import { mailServer, rudeServer } from './servers.ts';

const later = now + 16 * minuteMs;
const closers: (() => Promise<void>)[] = [];
let ledger: Ledger;

beforeEach(async () => {
  ledger = await openLedger(readers(1));
  closers.push(() => ledger.close());
});
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** Sends to a server that takes the message and hangs up instead of an answer. */
async function loseTheAnswer(at: number): Promise<string> {
  const server = await rudeServer({ dot: 'hang up' });
  const transport = createSmtp(server.config);
  await sendDue(ledger.db, transport, at);
  await transport.close();
  await server.close();
  return server.heard.join('');
}

function resolve(policy: InDoubtPolicy, at: number, evidence?: string): Promise<Resolution> {
  return resolveInDoubt(ledger.db, { policy, arrived: async () => evidence, now: at });
}

async function counts(): Promise<Readonly<Record<string, number>>> {
  return countDeliveries(ledger.db, ledger.editionId);
}

describe('a mail whose answer stayed out', () => {
  it('is left alone while the server may still answer', async () => {
    await loseTheAnswer(now);
    expect(await resolve('resend', now + 14 * minuteMs)).toEqual({ accepted: 0, resent: 0, held: 0 });
    expect(await counts()).toMatchObject({ in_doubt: 1 });
  });

  it('is sent again once with the same bytes', async () => {
    const first = await loseTheAnswer(now);
    expect(await resolve('resend', later)).toEqual({ accepted: 0, resent: 1, held: 0 });
    const server = await mailServer();
    closers.push(server.close);
    const transport = createSmtp(server.config);
    expect(await sendDue(ledger.db, transport, later)).toMatchObject({ accepted: 1 });
    await transport.close();
    const [taken] = server.accepted;
    expect(first).toContain(taken?.raw.split('\r\n\r\n')[0]);
    expect(await counts()).toMatchObject({ accepted: 1, in_doubt: 0 });
  });

  it('is held when it stays out a second time, so that no reader gets it a third time', async () => {
    await loseTheAnswer(now);
    await resolve('resend', later);
    await loseTheAnswer(later);
    expect(await resolve('resend', later + 16 * minuteMs)).toEqual({ accepted: 0, resent: 0, held: 1 });
    expect(await counts()).toMatchObject({ in_doubt: 1 });
  });

  it('is held for the operator where a second mail would be worse', async () => {
    await loseTheAnswer(now);
    expect(await resolve('hold', later)).toEqual({ accepted: 0, resent: 0, held: 1 });
    expect(await counts()).toMatchObject({ in_doubt: 1 });
  });

  it.each(['hold', 'resend'] as const)('has arrived when something shows it, with %s', async (policy) => {
    await loseTheAnswer(now);
    expect(await resolve(policy, later, 'the reader left by its link')).toEqual({
      accepted: 1,
      resent: 0,
      held: 0,
    });
    const row = await ledger.db.selectFrom('deliveries').select(['state', 'last_reply']).executeTakeFirst();
    expect(row).toEqual({ state: 'accepted', last_reply: 'the reader left by its link' });
  });

  it('keeps the answer of a sender that slept from moving what was given another try', async () => {
    const [sleeper] = await claimDeliveries(ledger.db, {
      owner: 'sleeper',
      limit: 1,
      now,
      leaseUntil: now + minuteMs,
      publishedSince: publishedAt,
    });
    if (!sleeper) throw new Error('expected a due delivery');
    await markInDoubt(ledger.db, sleeper, { startedAt: now, now });
    await resolve('resend', later);
    const times = { startedAt: now, now: later, nextAttemptAt: later };
    const isRecorded = await recordOutcome(
      ledger.db,
      sleeper,
      { result: 'accepted', reply: '250 Ok' },
      times,
    );
    expect(isRecorded).toBe(false);
    expect(await counts()).toMatchObject({ deferred: 1 });
  });

  it('is not touched while its sender still has the lease', async () => {
    const [holder] = await claimDeliveries(ledger.db, {
      owner: 'holder',
      limit: 1,
      now,
      leaseUntil: later + minuteMs,
      publishedSince: publishedAt,
    });
    if (!holder) throw new Error('expected a due delivery');
    await markInDoubt(ledger.db, holder, { startedAt: now, now });
    expect(await resolve('resend', later)).toEqual({ accepted: 0, resent: 0, held: 0 });
  });

  it('is found behind any number that are held', async () => {
    const many = await openLedger(readers(1_210));
    closers.push(() => many.close());
    const claimed = await claimDeliveries(many.db, {
      owner: 'dead',
      limit: 1_210,
      now,
      leaseUntil: now + minuteMs,
      publishedSince: publishedAt,
    });
    const last = claimed.at(-1);
    for (const [index, lease] of claimed.entries()) {
      await markInDoubt(many.db, lease, { startedAt: now, now: now + Math.floor(index / 100) });
    }
    const resolution = await resolveInDoubt(many.db, {
      policy: 'hold',
      arrived: async ({ deliveryId }) => (deliveryId === last?.id ? 'a notice came back' : undefined),
      now: later,
    });
    expect(resolution).toEqual({ accepted: 1, resent: 0, held: 1_209 });
  });

  it('is not sent again when its edition is old news', async () => {
    await loseTheAnswer(now);
    expect(await resolve('resend', now + 21 * hourMs)).toEqual({ accepted: 0, resent: 0, held: 1 });
  });
});
