import { afterEach, describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/domain/delivery.ts';
import { hourMs, minuteMs } from '../../src/domain/time.ts';
import { retryDelayMs } from '../../src/deliver/back-off.ts';
import { dispatch, type Dispatch } from '../../src/deliver/dispatch.ts';
import { createOutbox } from '../../src/deliver/outbox.ts';
import { createSmtp } from '../../src/deliver/smtp.ts';
import { createThrottle } from '../../src/deliver/throttle.ts';
import type { Transport } from '../../src/deliver/transport.ts';
import { openDatabase } from '../../src/store/database.ts';
import { countDeliveries } from '../../src/store/deliveries.ts';
import { suppress } from '../../src/store/suppressions.ts';
import { now, openLedger, plainMessage, readers, tokens, type Ledger } from './ledger.ts';
import { mailServer, refusal, rudeServer, type Manners, type Script } from './servers.ts';

/** For servers that stay silent; long enough for one that answers on a busy machine. */
const quick = { connectMs: 5000, transactionMs: 5000, finalReplyMs: 1500 };
const unhurried = { connectMs: 30_000, transactionMs: 30_000, finalReplyMs: 30_000 };
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function ledgerOf(addresses: readonly string[]): Promise<Ledger> {
  const ledger = await openLedger(addresses);
  closers.push(() => ledger.close());
  return ledger;
}

async function server(manners?: Manners) {
  const started = await mailServer(manners);
  closers.push(started.close);
  const transport = createSmtp(started.config, unhurried);
  closers.push(() => transport.close());
  return { ...started, transport };
}

async function rude(script: Script) {
  const started = await rudeServer(script);
  closers.push(started.close);
  return { ...started, transport: createSmtp(started.config, quick) };
}

function run(ledger: Ledger, transport: Transport, more: Partial<Dispatch> = {}) {
  return dispatch({
    db: ledger.db,
    transport,
    concurrency: 3,
    render: plainMessage,
    isSubscribed: () => true,
    now: () => now,
    signal: new AbortController().signal,
    ...more,
  });
}

function allButReader1(delivery: Delivery) {
  if (delivery.address.startsWith('reader1')) throw new Error('no such section');
  return plainMessage(delivery);
}

function isNotReader0(delivery: Delivery): boolean {
  return delivery.address !== 'reader0@example.net';
}

const nothing = { accepted: 0, deferred: 0, rejected: 0, expired: 0, suppressed: 0, inDoubt: 0, held: 0 };
const states = (ledger: Ledger) => countDeliveries(ledger.db, ledger.editionId);

describe('a run', () => {
  it('sends every due delivery once, and the next run sends nothing', async () => {
    const ledger = await ledgerOf(readers(25));
    const { transport, accepted } = await server();
    expect(await run(ledger, transport)).toEqual({ ...nothing, accepted: 25 });
    expect(await run(ledger, transport)).toEqual(nothing);
    expect(accepted.map((mail) => mail.to).toSorted()).toEqual(readers(25).toSorted());
  });

  it('tells each outcome by its name, and one bad address stops no other', async () => {
    const ledger = await ledgerOf([
      'gone@example.net',
      'grey@example.net',
      'policy@example.net',
      'ok@example.net',
    ]);
    const { transport } = await server({
      rcpt: (address) => {
        if (address.startsWith('gone')) return refusal(550, '5.1.1 no such user');
        if (address.startsWith('grey')) return refusal(450, '4.2.0 greylisted');
        if (address.startsWith('policy')) return refusal(550, '5.7.1 not from you');
        return undefined;
      },
    });
    const result = await run(ledger, transport);
    expect(result).toMatchObject({
      accepted: 1,
      rejected: 1,
      deferred: 1,
      blocked: '550 5.7.1 not from you',
    });
    expect(await states(ledger)).toMatchObject({ accepted: 1, rejected: 1, deferred: 1, pending: 1 });
  });

  it('counts every accepted mail, also where an earlier slow-down is taken back by it', async () => {
    const ledger = await ledgerOf(readers(3));
    const prompt: Transport = {
      name: 'prompt',
      submit: async (_message, beforeHandover) => {
        await beforeHandover();
        return { result: 'accepted', reply: '250 ok' };
      },
      close: async () => {},
    };
    await using throttle = createThrottle(ledger.db, { relays: {}, domains: {}, digests: {} });
    const toReader = { relay: prompt.name, domain: 'example.net', digest: 'daily' };
    await throttle.slowDown('relay', toReader, now - hourMs);
    await throttle.slowDown('domain', toReader, now - hourMs);
    expect(await run(ledger, prompt, { throttle })).toEqual({ ...nothing, accepted: 3 });
  });

  it('reports its progress', async () => {
    const ledger = await ledgerOf(readers(4));
    const { transport } = await server();
    const seen: number[] = [];
    await run(ledger, transport, { onProgress: (counts) => seen.push(counts.accepted) });
    expect(new Set(seen)).toEqual(new Set([1, 2, 3, 4]));
  });

  it('goes on when one mail cannot be made, and does not count it against the reader', async () => {
    const ledger = await ledgerOf(readers(4));
    const { transport, accepted } = await server();
    expect(await run(ledger, transport, { render: allButReader1 })).toEqual({
      ...nothing,
      accepted: 3,
      blocked: 'the mail could not be made: no such section',
    });
    expect(accepted).toHaveLength(3);
    const row = await ledger.db
      .selectFrom('deliveries')
      .select(['attempts', 'last_reply'])
      .where('state', '=', 'pending')
      .executeTakeFirst();
    expect(row).toEqual({ attempts: 0, last_reply: 'the mail could not be made: no such section' });
  });

  it('that is stopped starts nothing more and hands its leases back', async () => {
    const ledger = await ledgerOf(readers(30));
    const stop = new AbortController();
    const { transport } = await server();
    const result = await run(ledger, transport, {
      signal: stop.signal,
      concurrency: 1,
      onProgress: () => stop.abort(),
    });
    // The second one was under way when the first was on the disk.
    expect([1, 2]).toContain(result.accepted);
    expect(await states(ledger)).toMatchObject({
      accepted: result.accepted,
      pending: 30 - result.accepted,
      leased: 0,
      in_doubt: 0,
    });
  });

  it('that is stopped before it began sends nothing', async () => {
    const ledger = await ledgerOf(readers(2));
    const { transport } = await server();
    expect(await run(ledger, transport, { signal: AbortSignal.abort() })).toEqual(nothing);
  });
});

describe('a no', () => {
  it('between preparation and submission keeps the mail back', async () => {
    const ledger = await ledgerOf(readers(3));
    const { transport, accepted } = await server();
    await suppress(ledger.db, {
      addressHash: tokens.addressHash('READER1@example.net'),
      digest: 'daily',
      reason: 'unsubscribed',
      now,
    });
    expect(await run(ledger, transport)).toEqual({ ...nothing, accepted: 2, suppressed: 1 });
    expect(accepted.map((mail) => mail.to)).not.toContain('reader1@example.net');
  });

  it('that comes while the envelope is under way keeps the mail back too', async () => {
    const ledger = await ledgerOf(readers(1));
    const { transport, accepted } = await server();
    const transportWithNo: Transport = {
      ...transport,
      submit: (message, beforeHandover, signal) =>
        transport.submit(
          message,
          async () => {
            const addressHash = tokens.addressHash(message.to);
            await suppress(ledger.db, { addressHash, digest: '*', reason: 'complaint', now });
            return beforeHandover();
          },
          signal,
        ),
    };
    expect(await run(ledger, transportWithNo)).toEqual({ ...nothing, suppressed: 1 });
    expect(accepted).toEqual([]);
    expect(await states(ledger)).toMatchObject({ suppressed: 1 });
  });

  it("in the operator's files counts as well", async () => {
    const ledger = await ledgerOf(readers(3));
    const { transport, accepted } = await server();
    expect(await run(ledger, transport, { isSubscribed: isNotReader0 })).toEqual({
      ...nothing,
      accepted: 2,
      suppressed: 1,
    });
    expect(accepted.map((mail) => mail.to)).not.toContain('reader0@example.net');
  });
});

describe('a deferred delivery', () => {
  it('waits longer each time, is tried with the same bytes, and is accepted once', async () => {
    const ledger = await ledgerOf(readers(1));
    const tries: string[] = [];
    const { transport, accepted } = await server({
      content: () => (tries.push('') < 3 ? refusal(451, '4.7.1 greylisted') : undefined),
    });
    const waits: number[] = [];
    let at = now;
    for (let round = 0; round < 3; round += 1) {
      await run(ledger, transport, { now: () => at });
      const row = await ledger.db
        .selectFrom('deliveries')
        .select(['next_attempt_at', 'state'])
        .executeTakeFirstOrThrow();
      if (row.state !== 'deferred') break;
      waits.push((row.next_attempt_at - at) / minuteMs);
      expect(await run(ledger, transport, { now: () => row.next_attempt_at - 1 })).toEqual(nothing);
      at = row.next_attempt_at;
    }
    expect(waits).toEqual([retryDelayMs(1, 0) / minuteMs, retryDelayMs(1, 1) / minuteMs]);
    expect(accepted).toHaveLength(1);
  });

  it('expires when its edition is old news', async () => {
    const ledger = await ledgerOf(readers(2));
    const { transport, accepted } = await server({ rcpt: () => refusal(450, '4.2.0 later') });
    expect(await run(ledger, transport)).toEqual({ ...nothing, deferred: 2 });
    expect(await run(ledger, transport, { now: () => now + 20 * hourMs })).toEqual({
      ...nothing,
      expired: 2,
    });
    expect(await states(ledger)).toMatchObject({ expired: 2 });
    expect(accepted).toEqual([]);
  });

  it('waits about as long as the schedule says, never the same for all', () => {
    const first = Array.from({ length: 200 }, (_, id) => retryDelayMs(id + 1, 0) / minuteMs);
    expect(Math.min(...first)).toBeGreaterThanOrEqual(4);
    expect(Math.max(...first)).toBeLessThanOrEqual(6);
    expect(new Set(first).size).toBeGreaterThan(100);
    expect(retryDelayMs(7, 99)).toBeLessThanOrEqual(4.8 * hourMs);
  });
});

describe('a fault of our own', () => {
  it('such as a wrong password stops the run, counts against nobody and can be tried again at once', async () => {
    const ledger = await ledgerOf(readers(50));
    const { config } = await server({
      options: {
        authOptional: false,
        allowInsecureAuth: true,
        onAuth: (auth, _session, done) =>
          auth.password === 'right'
            ? done(null, { user: 'paper' })
            : done(refusal(535, '5.7.8 wrong password')),
      },
    });
    const login = (password: string) =>
      createSmtp({ ...config, login: { user: 'paper', password } }, unhurried);
    const result = await run(ledger, login('wrong'));
    expect(result).toMatchObject({ ...nothing, blocked: '535 5.7.8 wrong password' });
    expect(await states(ledger)).toMatchObject({ pending: 50, leased: 0 });
    const tried = await ledger.db.selectFrom('attempts').select('result').execute();
    expect(tried.length).toBeLessThanOrEqual(3);
    expect(await ledger.db.selectFrom('deliveries').select('id').where('attempts', '>', 0).execute()).toEqual(
      [],
    );
    const right = login('right');
    expect(await run(ledger, right)).toEqual({ ...nothing, accepted: 50 });
    await right.close();
  });

  it('such as a refused sender address stops the run', async () => {
    const ledger = await ledgerOf(readers(20));
    const { transport } = await rude({ mail: '550 5.1.8 sender unknown' });
    expect((await run(ledger, transport)).blocked).toBe('550 5.1.8 sender unknown');
    expect(await states(ledger)).toMatchObject({ pending: 20 });
  });

  it('such as content that every server takes for spam stops the run after ten', async () => {
    const ledger = await ledgerOf(readers(40));
    const { transport } = await server({ content: () => refusal(550, '5.7.1 spam') });
    expect((await run(ledger, transport)).blocked).toBe('550 5.7.1 spam');
    expect(await states(ledger)).toMatchObject({ pending: 40, rejected: 0 });
    expect((await ledger.db.selectFrom('attempts').select('result').execute()).length).toBeLessThan(14);
  });
});

describe('a server that is away', () => {
  it('defers a few and stops the run, the rest stay as they were', async () => {
    const ledger = await ledgerOf(readers(40));
    const { transport, close } = await rude({});
    await close();
    const result = await run(ledger, transport);
    expect(result.blocked).toMatch(/ECONNREFUSED|connect/);
    expect(result.deferred).toBeLessThan(14);
    const rows = await states(ledger);
    expect(rows.deferred + rows.pending).toBe(40);
  });
});

describe('a message in doubt', () => {
  it('stays in doubt, is reported, and is never tried again by itself', async () => {
    const ledger = await ledgerOf(readers(2));
    const { transport, heard } = await rude({ dot: 'hang up' });
    expect(await run(ledger, transport)).toEqual({ ...nothing, inDoubt: 2 });
    const connections = heard.length;
    expect(await run(ledger, transport, { now: () => now + hourMs })).toEqual({ ...nothing, inDoubt: 2 });
    expect(heard.length).toBe(connections);
  });

  it('comes of a server that never answers the final dot', async () => {
    const ledger = await ledgerOf(readers(1));
    const { transport } = await rude({ dot: 'silence' });
    expect(await run(ledger, transport)).toEqual({ ...nothing, inDoubt: 1 });
  });
});

describe('two dispatchers at once', () => {
  it('send each delivery once between them', async () => {
    const ledger = await ledgerOf(readers(60));
    const { transport, accepted } = await server();
    const other = await openDatabase(ledger.path);
    const results = await Promise.all([
      run(ledger, transport),
      run({ ...ledger, db: other }, transport),
      run(ledger, transport),
    ]);
    await other.destroy();
    expect(results.reduce((sum, result) => sum + result.accepted, 0)).toBe(60);
    expect(accepted.map((mail) => mail.to).toSorted()).toEqual(readers(60).toSorted());
  });

  it('of which one slept past its lease: what it holds is withdrawn before the dot', async () => {
    const ledger = await ledgerOf(readers(1));
    const { transport, accepted } = await server();
    const sleeper: Transport = {
      ...transport,
      submit: (message, beforeHandover, signal) =>
        transport.submit(
          message,
          async () => {
            await run(ledger, transport, { now: () => now + hourMs });
            return beforeHandover();
          },
          signal,
        ),
    };
    expect(await run(ledger, sleeper)).toEqual(nothing);
    expect(accepted).toHaveLength(1);
    expect(await states(ledger)).toMatchObject({ accepted: 1 });
  });
});

describe('an outbox', () => {
  it('takes a whole edition', async () => {
    const ledger = await ledgerOf(readers(7));
    expect(await run(ledger, createOutbox(`${ledger.folder}/outbox`))).toEqual({ ...nothing, accepted: 7 });
  });
});
