/*
 * A sender in a process of its own, for `crash-run.ts` to kill: what is due, and unless it is to go round once, what
 * falls due later, by a clock that jumps there. Says `at INSTANT` each time. Its one argument is an `Order` as JSON.
 */
import { DatabaseSync } from 'node:sqlite';
import { dispatch } from '../../src/deliver/dispatch.ts';
import { graceMs, resolveInDoubt } from '../../src/deliver/resolve.ts';
import { signedOnly } from '../../src/deliver/sender.ts';
import { createSmtp } from '../../src/deliver/smtp.ts';
import { createThrottle } from '../../src/deliver/throttle.ts';
import { minuteMs, secondMs } from '../../src/domain/time.ts';
import { openDatabase } from '../../src/store/database.ts';
import { crashMail } from './crash-mail.ts';
import { connections, type Order } from './crash-order.ts';

const mostRounds = 600;
const order = JSON.parse(process.argv[2] ?? '') as Order;
const timeouts = { connectMs: 5 * secondMs, transactionMs: 8 * secondMs, finalReplyMs: 12 * secondMs };
const db = await openDatabase(order.path);
const transport = signedOnly(
  createSmtp({ host: '127.0.0.1', port: order.port, secure: false, connections }, timeouts),
);
const render = crashMail(order.keyFile);

/** When anything can be done again; undefined when all is done. */
function nextInstant(): number | undefined {
  using file = new DatabaseSync(order.path);
  const row = file
    .prepare(
      `select min(instant) as instant from (
         select next_attempt_at as instant from deliveries where state in ('pending', 'deferred')
         union all select lease_until from deliveries where state = 'leased'
         union all select handed_over_at + ? from deliveries join attempts
           on delivery_id = id and attempts.lease_epoch = deliveries.lease_epoch
           where state = 'in_doubt' and resent_at is null and ?)`,
    )
    .get(graceMs, order.policy === 'resend' ? 1 : 0);
  const instant = row?.['instant'];
  return typeof instant === 'number' ? instant : undefined;
}

let at = order.at;
for (let round = 1; ; round += 1) {
  process.stdout.write(`at ${at}\n`);
  await resolveInDoubt(db, { policy: order.policy, arrived: async () => undefined, now: at });
  const throttle = order.isThrottled
    ? createThrottle(db, { relays: {}, domains: {}, digests: {} })
    : undefined;
  await dispatch({
    db,
    transport,
    concurrency: connections,
    render,
    ...(throttle && { throttle }),
    isSubscribed: () => true,
    now: () => at,
    signal: new AbortController().signal,
  });
  await throttle?.[Symbol.asyncDispose]();
  const next = nextInstant();
  if (order.isOneRound || next === undefined) break;
  if (round === mostRounds) throw new Error(`expected an end after ${mostRounds} rounds`);
  at = Math.max(at, next) + 4 * minuteMs;
}
await transport.close();
await db.destroy();
