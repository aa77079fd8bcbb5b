import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { minuteMs } from '../../src/domain/time.ts';
import type { DispatchResult } from '../../src/deliver/dispatch.ts';
import { createSmtp } from '../../src/deliver/smtp.ts';
import { countDeliveries } from '../../src/store/deliveries.ts';
import { now, openLedger, readers, sendDue, type Ledger } from './ledger.ts';
import { mailServer, type MailServer, type Manners } from './servers.ts';

const audience = 24;
const afterTheLease = now + 6 * minuteMs;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface Scene {
  readonly ledger: Ledger;
  readonly server: MailServer;
  /** Starts sending in a process of its own. */
  start(at: number): ChildProcess;
  /** Sends in this process. */
  send(at: number): Promise<DispatchResult>;
}

async function scene(manners: Manners): Promise<Scene> {
  const ledger = await openLedger(readers(audience));
  const server = await mailServer(manners);
  closers.push(server.close, () => ledger.close());
  const { host, port } = server.config;
  const start = (at: number) =>
    spawn(
      process.execPath,
      [join(import.meta.dirname, 'send-child.ts'), ledger.path, host, `${port}`, `${at}`],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
  return {
    ledger,
    server,
    start,
    async send(at) {
      const transport = createSmtp(server.config);
      const result = await sendDue(ledger.db, transport, at);
      await transport.close();
      return result;
    },
  };
}

async function resultOf(child: ChildProcess): Promise<DispatchResult> {
  if (!child.stdout) throw new Error('expected a pipe');
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return JSON.parse(output) as DispatchResult;
}

/** Mails that a server took, by recipient. */
function takenBy(server: MailServer): ReadonlyMap<string, number> {
  const taken = new Map<string, number>();
  for (const { to } of server.accepted) taken.set(to, (taken.get(to) ?? 0) + 1);
  return taken;
}

async function inDoubt(ledger: Ledger): Promise<ReadonlySet<string>> {
  const rows = await ledger.db
    .selectFrom('deliveries')
    .select('address')
    .where('state', '=', 'in_doubt')
    .execute();
  return new Set(rows.map((row) => row.address));
}

type Moment = 'rcpt' | 'content' | 'reply';

/** A scene whose sender was killed dead at the nth time of the moment. */
async function afterKill(moment: Moment, nth: number): Promise<Scene> {
  let child: ChildProcess | undefined;
  let seen = 0;
  const strike = (here: Moment): void => {
    if (here !== moment || !child) return;
    seen += 1;
    if (seen === nth) child.kill('SIGKILL');
  };
  const stage = await scene({
    rcpt: () => {
      strike('rcpt');
      return undefined;
    },
    content: () => {
      strike('content');
      setImmediate(() => strike('reply'));
      return undefined;
    },
  });
  child = stage.start(now);
  const [, signal] = await once(child, 'exit');
  child = undefined;
  if (signal !== 'SIGKILL') throw new Error('the sender was done before it could be killed');
  return stage;
}

describe('a sender that is killed dead', () => {
  it.each([
    ['rcpt', 1, 0],
    ['rcpt', 9, 0],
    ['content', 1, 1],
    ['content', 7, 1],
    ['reply', 1, 0],
    ['reply', 12, 0],
  ] as const)('at %s number %i loses nobody and mails nobody twice', async (moment, nth, leastInDoubt) => {
    const stage = await afterKill(moment, nth);
    const { ledger, server } = stage;
    const atCrash = await countDeliveries(ledger.db, ledger.editionId);
    expect(Object.values(atCrash).reduce((sum, rows) => sum + rows, 0)).toBe(audience);
    expect(atCrash.in_doubt).toBeGreaterThanOrEqual(leastInDoubt);
    expect(atCrash.in_doubt).toBeLessThanOrEqual(4);

    const result = await stage.send(afterTheLease);
    const rows = await countDeliveries(ledger.db, ledger.editionId);
    expect(rows.accepted + rows.in_doubt).toBe(audience);
    expect(rows.in_doubt).toBe(atCrash.in_doubt);
    expect(result.inDoubt).toBe(rows.in_doubt);

    const taken = takenBy(server);
    const doubtful = await inDoubt(ledger);
    expect([...taken.values()].filter((times) => times > 1)).toEqual([]);
    expect(readers(audience).filter((address) => !taken.has(address) && !doubtful.has(address))).toEqual([]);
    expect(await stage.send(afterTheLease)).toMatchObject({ accepted: 0, inDoubt: rows.in_doubt });
    expect(server.accepted).toHaveLength(taken.size);
  });
});

describe('two senders at once', () => {
  it('mail everybody once between them', async () => {
    const stage = await scene({});
    const results = await Promise.all([stage.start(now), stage.start(now)].map(resultOf));
    expect(results.reduce((sum, result) => sum + result.accepted, 0)).toBe(audience);
    expect([...takenBy(stage.server).values()]).toEqual(Array.from({ length: audience }, () => 1));
  });

  it('of which one is killed leave at most its open messages in doubt', async () => {
    let seen = 0;
    const victims: ChildProcess[] = [];
    const stage = await scene({
      content: () => {
        seen += 1;
        if (seen === 5) victims[0]?.kill('SIGKILL');
        return undefined;
      },
    });
    victims.push(stage.start(now));
    await Promise.all([...victims.map((victim) => once(victim, 'exit')), resultOf(stage.start(now))]);
    await stage.send(afterTheLease);
    const rows = await countDeliveries(stage.ledger.db, stage.ledger.editionId);
    expect(rows.accepted + rows.in_doubt).toBe(audience);
    expect(rows.in_doubt).toBeLessThanOrEqual(4);
    expect([...takenBy(stage.server).values()].every((times) => times === 1)).toBe(true);
  });
});
