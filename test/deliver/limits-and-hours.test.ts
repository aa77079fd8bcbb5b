import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dispatch, type DispatchResult } from '../../src/deliver/dispatch.ts';
import { createMailgun } from '../../src/deliver/providers/mailgun.ts';
import { createSmtp } from '../../src/deliver/smtp.ts';
import { createThrottle, type Limits } from '../../src/deliver/throttle.ts';
import type { Transport } from '../../src/deliver/transport.ts';
import { hourMs, minuteMs } from '../../src/domain/time.ts';
import { countDeliveries } from '../../src/store/deliveries.ts';
import {
  edition,
  insertAudience,
  now,
  openLedger,
  plainMessage,
  readers,
  tokens,
  type Ledger,
} from './ledger.ts';
import { apiServer } from './providers/api-server.ts';
import { mailServer, refusal, type MailServer, type Manners } from './servers.ts';

const unlimited: Limits = { relays: {}, domains: {}, digests: {} };
const some = ['ada@gmail.com', 'bo@gmail.com', 'chen@gmail.com', 'dev@gmail.com'];
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

let ledger: Ledger;
beforeEach(async () => {
  ledger = await openLedger([...some, ...readers(3)]);
  closers.push(() => ledger.close());
});

async function server(manners: Manners = {}): Promise<MailServer & { transport: Transport }> {
  const opened = await mailServer(manners);
  const transport = createSmtp(opened.config);
  closers.push(opened.close, () => transport.close());
  return { ...opened, transport };
}

async function send(transport: Transport, limits: Limits, at: number): Promise<DispatchResult> {
  await using throttle = createThrottle(ledger.db, limits);
  return await dispatch({
    db: ledger.db,
    transport,
    concurrency: 1,
    render: plainMessage,
    throttle,
    isSubscribed: () => true,
    now: () => at,
    signal: new AbortController().signal,
  });
}

describe('mail within limits', () => {
  it('goes at the pace of an operator of mailboxes; the others do not wait, and nobody is left out', async () => {
    const { transport, accepted } = await server();
    const limits: Limits = { ...unlimited, domains: { google: { perMinute: 2 } } };
    expect(await send(transport, limits, now)).toMatchObject({ accepted: 5, held: 2 });
    expect(await send(transport, limits, now + 20_000)).toMatchObject({ accepted: 0, held: 0 });
    expect(await send(transport, limits, now + minuteMs)).toMatchObject({ accepted: 2, held: 0 });
    expect(accepted.map(({ to }) => to).toSorted()).toEqual([...some, ...readers(3)].toSorted());
    const rows = await ledger.db.selectFrom('deliveries').select(['attempts', 'state']).execute();
    expect(rows.every(({ attempts, state }) => attempts === 1 && state === 'accepted')).toBe(true);
  });

  it('ends for the day with its number', async () => {
    const { transport } = await server();
    const limits: Limits = { ...unlimited, relays: { [transport.name]: { perDay: 3 } } };
    expect(await send(transport, limits, now)).toMatchObject({ accepted: 3, held: 4 });
    const counts = await countDeliveries(ledger.db, ledger.editionId);
    expect(counts).toMatchObject({ accepted: 3, pending: 4 });
  });

  it('does not count what a run that was blocked never sent', async () => {
    const { transport } = await server();
    const limits: Limits = { ...unlimited, relays: { [transport.name]: { perDay: 7 } } };
    const barred: Transport = {
      ...transport,
      submit: async () => ({ result: 'blocked', about: 'sender', reply: '535 5.7.8 bad login', code: 535 }),
    };
    expect(await send(barred, limits, now)).toMatchObject({ accepted: 0, blocked: '535 5.7.8 bad login' });
    expect(await send(transport, limits, now + 16 * minuteMs)).toMatchObject({ accepted: 7, held: 0 });
  });

  it('that was leased before an operator asked for less waits too, and no try is counted', async () => {
    let asked = 0;
    const { transport } = await server({
      rcpt: (address) => {
        if (!address.endsWith('gmail.com')) return undefined;
        asked += 1;
        return refusal(451, '4.7.28 Unusual rate, try again in 600 seconds');
      },
    });
    expect(await send(transport, unlimited, now)).toMatchObject({ accepted: 3, deferred: 1, held: 3 });
    expect(asked).toBe(1);
  });

  it('leaves an operator alone that asks for less, and sends to the others', async () => {
    const { transport } = await server({
      rcpt: (address) =>
        address.endsWith('gmail.com')
          ? refusal(451, '4.7.28 Unusual rate, try again in 600 seconds')
          : undefined,
    });
    const result = await send(transport, unlimited, now);
    expect(result.accepted).toBe(3);
    const counts = await countDeliveries(ledger.db, ledger.editionId);
    expect(counts.accepted + counts.pending + counts.deferred).toBe(7);
    expect(await send(transport, unlimited, now + 9 * minuteMs)).toMatchObject({ accepted: 0, deferred: 0 });
  });
});

describe('a provider that asks for less', () => {
  it('is left alone for as long as it says', async () => {
    const server = await apiServer({ status: 429, text: 'slow down', headers: { 'retry-after': '600' } });
    const transport = createMailgun({
      key: 'key-1',
      domain: 'mg.example.org',
      baseUrl: server.url,
      connections: 1,
    });
    closers.push(server.close, () => transport.close());
    await send(transport, unlimited, now);
    const asked = server.asked.length;
    expect(asked).toBeGreaterThan(0);
    await send(transport, unlimited, now + 9 * minuteMs);
    expect(server.asked.length).toBe(asked);
  });
});

describe('mail at the hour of a reader', () => {
  const dueAt = now + 23 * hourMs;
  it('waits for it, also when the edition is old by then, and is too old twenty hours after it', async () => {
    for (const address of ['early@example.net', 'late@example.net']) {
      const addressHash = tokens.addressHash(address);
      const messageId = `<${tokens.messageKey(edition, addressHash)}@example.org>`;
      const due = dueAt + (address.startsWith('late') ? hourMs : 0);
      await insertAudience(
        ledger.db,
        ledger.editionId,
        [{ digest: 'daily', address, addressHash, messageId, dueAt: due }],
        now,
      );
    }
    const { transport, accepted } = await server();
    expect(await send(transport, unlimited, now)).toMatchObject({ accepted: 7 });
    expect(await send(transport, unlimited, dueAt - 1)).toMatchObject({ accepted: 0, expired: 0 });
    expect(await send(transport, unlimited, dueAt)).toMatchObject({ accepted: 1, expired: 0 });
    expect(accepted.at(-1)?.to).toBe('early@example.net');
    expect(await send(transport, unlimited, dueAt + 21 * hourMs + 1)).toMatchObject({
      accepted: 0,
      expired: 1,
    });
  });
});
