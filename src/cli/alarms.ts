import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { App } from '../app.ts';
import { blockedMs, retryDelayMs, stopMs } from '../deliver/back-off.ts';
import type { SubmissionAnswer } from '../deliver/transport.ts';
import { lateStop } from '../domain/late-stop.ts';
import { dayMs, minuteMs, type Instant } from '../domain/time.ts';
import {
  deleteOldAlarms,
  endAlarm,
  leaseAlarm,
  markAlarm,
  postponeAlarm,
  takeTroubles,
  type AlarmChannel,
  type AlarmMessage,
} from '../store/alarms.ts';
import { alarmPlan, type AlarmBody } from '../watch/alarm-plan.ts';
import { handOver } from './alarm-ways.ts';
import type { Watched } from '../watch/troubles.ts';
import { openWatch } from './watch-state.ts';

interface Round {
  readonly now: () => Instant;
  readonly signal: AbortSignal;
}

/** So often the troubles are looked for, and what waits is tried. */
const lookEveryMs = 3 * minuteMs;
const leaseMs = 5 * minuteMs;
/** An alarm that is older is no news any more: the reminder of the next day says the same. */
const staleMs = dayMs;
/** Tried one after the other in one round. */
const mostInRound = 20;

type Message = AlarmMessage<AlarmBody>;

/**
 * Looks for troubles every few minutes until stopped and tells the operator as it is configured, beside the mails of an
 * edition, which can take hours. With nobody to tell it does nothing. What fails is logged and tried again.
 */
export async function keepAlarming(app: App, round: Round): Promise<void> {
  if (channelsOf(app).length === 0) return;
  const watch = openWatch(app, round.now);
  while (!round.signal.aborted) {
    try {
      await lookForTroubles(app, await watch(), round.now());
      await sendAlarms(app, round);
    } catch (error) {
      app.log.error({ err: error }, 'the operator could not be told of troubles');
    }
    await setTimeout(lookEveryMs, undefined, { signal: round.signal }).catch(() => {});
  }
}

/** Compares the troubles with those known, and queues what there is to say; see `alarmPlan`. */
export async function lookForTroubles(
  app: Pick<App, 'db' | 'config' | 'log'>,
  { troubles }: Pick<Watched, 'troubles'>,
  now: Instant,
): Promise<void> {
  const { lastingMinutes } = app.config.alarms;
  const { body } = await takeTroubles(app.db, now, channelsOf(app), (known) =>
    alarmPlan(troubles, known, lastingMinutes, now),
  );
  for (const { id, expected, came } of body?.begun ?? []) app.log.warn({ expected, came }, `trouble: ${id}`);
  for (const id of body?.ended ?? []) app.log.info(`trouble over: ${id}`);
}

/**
 * Tries every message that is due, each channel by itself, so that one that is down holds up no other. A message is marked
 * before it leaves; one that was handed over without an answer is not sent again. One that is refused or finds its way
 * blocked is tried again later, at longer and longer intervals, and given up after a day.
 */
export async function sendAlarms(app: App, round: Round): Promise<void> {
  await Promise.all(channelsOf(app).map((channel) => sendOver(app, channel, round)));
  await deleteOldAlarms(app.db, round.now());
}

function channelsOf({ config: { alarms } }: Pick<App, 'config'>): readonly AlarmChannel[] {
  return [...(alarms.mail ? (['mail'] as const) : []), ...(alarms.webhook ? (['webhook'] as const) : [])];
}

async function sendOver(app: App, channel: AlarmChannel, { now, signal }: Round): Promise<void> {
  const { db } = app;
  const owner = randomUUID();
  const late = lateStop(signal, stopMs);
  try {
    for (let tried = 0; tried < mostInRound && !signal.aborted; tried += 1) {
      const lease = { owner, now: now(), leaseUntil: now() + leaseMs };
      const message = await leaseAlarm<AlarmBody>(db, channel, lease);
      if (!message) return;
      if (now() - message.madeAt >= staleMs) {
        await endAlarm(db, message.id, owner, 'expired');
        continue;
      }
      const answer = await handOver(app, message, () => markAlarm(db, message.id, owner), late.signal);
      const isDone = await settle(app, message, owner, answer, now());
      if (!isDone) return;
    }
  } finally {
    late.done();
  }
}

/** False when the way is not to be tried again now. */
async function settle(
  { db, log }: App,
  message: Message,
  owner: string,
  answer: SubmissionAnswer,
  now: Instant,
): Promise<boolean> {
  switch (answer.result) {
    case 'accepted':
      await endAlarm(db, message.id, owner, 'sent');
      return true;
    case 'in_doubt':
      await endAlarm(db, message.id, owner, 'in-doubt');
      return true;
    case 'rejected':
      log.warn({ channel: message.channel, reply: answer.reply }, 'an alarm was refused');
      await endAlarm(db, message.id, owner, 'failed');
      return true;
    case 'deferred':
    case 'blocked': {
      log.warn({ channel: message.channel, reply: answer.reply }, 'an alarm waits for another try');
      const wait = retryDelayMs(message.id, message.attempts);
      const dueAt = now + Math.max(wait, answer.result === 'blocked' ? blockedMs : 0);
      await postponeAlarm(db, message, owner, dueAt);
      return false;
    }
  }
}
