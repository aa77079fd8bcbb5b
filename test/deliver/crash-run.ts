import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { InDoubtPolicy } from '../../src/deliver/resolve.ts';
import { minuteMs } from '../../src/domain/time.ts';
import { endingOf, unanswered, type Ending } from './crash-checks.ts';
import { seeded, whole, type Random } from './crash-faults.ts';
import { connections, type Order } from './crash-order.ts';
import { crashServer, type CrashServer, type Door, type Moment, type Transaction } from './crash-server.ts';
import { now, openLedger, readers } from './ledger.ts';

/** What all runs start from: a ledger that is copied for each, and the key that signs. */
export interface Stage {
  readonly folder: string;
  readonly audience: number;
  readonly keyFile: string;
  readonly close: () => void;
}

export async function openStage(audience: number): Promise<Stage> {
  const ledger = await openLedger(readers(audience));
  await ledger.db.destroy();
  const keyFile = join(ledger.folder, 'key.pem');
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  writeFileSync(keyFile, privateKey);
  const close = (): void => rmSync(ledger.folder, { recursive: true, force: true });
  return { folder: ledger.folder, audience, keyFile, close };
}

export interface RunReport extends Ending {
  readonly kills: number;
  /** Rows that the kills left in doubt. */
  readonly openAtKills: number;
  readonly messages: number;
}

/** When a sender is killed: some time after it began, or at the nth time of a moment. */
type Strike = { readonly afterMs: number } | { readonly moment: Moment; readonly nth: number };

interface Sender {
  /** Whether it was killed, before it was done. */
  readonly ended: Promise<boolean>;
  readonly door: Door;
}

/** A whole edition to everybody, with senders killed dead in between; `failures` is empty when every promise held. */
export async function crashRun(stage: Stage, seed: number, policy: InDoubtPolicy): Promise<RunReport> {
  const random = seeded(seed);
  const folder = join(stage.folder, `run-${seed}`);
  mkdirSync(folder);
  const path = join(folder, 'paper.db');
  copyFileSync(join(stage.folder, 'paper.db'), path);
  const isThrottled = random() < 0.3;
  const strength = 0.3 + random();
  const server = crashServer({
    seed: seed ^ 0x5eed,
    connectionFaults: 0.1 * strength,
    messageFaults: (isThrottled ? 0.04 : 0.15) * strength,
    isBusy: (address) => /^reader\d*7{2}@/.test(address),
    slowFrom: random() < 0.2 ? whole(random, stage.audience) : Infinity,
  });
  const failures: string[] = [];
  const transactions: Transaction[] = [];
  let kills = 0;
  let openAtKills = 0;
  let at = now;
  const start = (more: { readonly isOneRound: boolean; readonly strike?: Strike }): Promise<Sender> =>
    startSender(
      server,
      { path, keyFile: stage.keyFile, at, policy, isThrottled, isOneRound: more.isOneRound },
      more.strike,
      (instant) => {
        at = Math.max(at, instant);
      },
      failures,
    );

  try {
    const rounds = 1 + whole(random, 3);
    let isDone = false;
    for (let round = 0; !isDone; round += 1) {
      const isLast = round >= rounds;
      const isPair = !isLast && random() < 0.3;
      const before = unanswered(path);
      const senders = [
        await start({ isOneRound: isPair, ...(!isLast && { strike: drawStrike(random, stage.audience) }) }),
      ];
      if (isPair) {
        const both = random() < 0.4;
        senders.push(
          await start({ isOneRound: true, ...(both && { strike: drawStrike(random, stage.audience) }) }),
        );
      }
      let killed = 0;
      for (const { ended, door } of senders) {
        const wasKilled = await ended;
        if (wasKilled) killed += 1;
        await door.shut(wasKilled);
        transactions.push(...door.transactions);
      }
      const left = [...unanswered(path)].filter((address) => !before.has(address));
      const unclear = new Set(transactions.filter((one) => one.isUnclear).map(({ to }) => to));
      if (left.length > killed * connections) {
        failures.push(`${killed} kills left ${left.length} rows in doubt`);
      }
      for (const address of left) {
        if (!unclear.has(address)) failures.push(`${address}: in doubt after a kill, but was not open`);
      }
      kills += killed;
      isDone = killed === 0 && !isPair;
      openAtKills += left.length;
      at += 6 * minuteMs; // the leases of the dead have run out
    }
    const ending = endingOf(path, stage.audience, transactions, server, policy);
    const all = [...failures, ...ending.failures];
    if (all.length === 0) rmSync(folder, { recursive: true });
    return { ...ending, failures: all, kills, openAtKills, messages: transactions.length };
  } catch (error) {
    throw new Error(`seed ${seed}: the run itself failed`, { cause: error });
  }
}

/** Early enough that there is something left to kill, most times. */
function drawStrike(random: Random, audience: number): Strike {
  if (random() < 0.4) return { afterMs: random() * (200 + audience / 2) };
  const moments: readonly Moment[] = ['connect', 'mail', 'rcpt', 'data', 'dot', 'answered'];
  const moment = moments[whole(random, moments.length)] ?? 'dot';
  return { moment, nth: 1 + whole(random, moment === 'connect' ? connections : audience / 2) };
}

async function startSender(
  server: CrashServer,
  order: Omit<Order, 'port'>,
  strike: Strike | undefined,
  onInstant: (at: number) => void,
  failures: string[],
): Promise<Sender> {
  const sender: { child?: ChildProcess } = {};
  let seen = 0;
  const door = await server.open((moment) => {
    if (!strike || !('moment' in strike) || strike.moment !== moment) return;
    seen += 1;
    if (seen === strike.nth) sender.child?.kill('SIGKILL');
  });
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'crash-child.ts'), JSON.stringify({ ...order, port: door.port })],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      // Most of a short sender's time is the compiling of its modules.
      env: { ...process.env, NODE_COMPILE_CACHE: join(dirname(order.keyFile), 'compiled') },
    },
  );
  sender.child = child;
  return { ended: watch(child, strike, onInstant, failures), door };
}

async function watch(
  child: ChildProcess & { readonly stdout: NodeJS.ReadableStream },
  strike: Strike | undefined,
  onInstant: (at: number) => void,
  failures: string[],
): Promise<boolean> {
  const gone = once(child, 'exit');
  let timer: NodeJS.Timeout | undefined;
  for await (const line of createInterface(child.stdout)) {
    onInstant(Number(line.slice('at '.length)));
    if (strike && 'afterMs' in strike) {
      timer ??= setTimeout(() => child.kill('SIGKILL'), strike.afterMs);
    }
  }
  const [code, signal] = await gone;
  clearTimeout(timer);
  if (code !== 0 && signal !== 'SIGKILL') failures.push(`a sender ended with ${code ?? signal}`);
  return signal === 'SIGKILL';
}
