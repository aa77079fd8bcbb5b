import { randomUUID } from 'node:crypto';
import type { Delivery } from '../domain/delivery.ts';
import { minuteMs, secondMs, type Instant } from '../domain/time.ts';
import { asError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { countInDoubt, expireDeliveries } from '../store/deliveries.ts';
import {
  claimDeliveries,
  leaseStanding,
  markInDoubt,
  recordOutcome,
  recordSuppressed,
  releaseLeases,
} from '../store/leases.ts';
import { blockedMs, retryDelayMs, staleAfterMs } from './back-off.ts';
import type { OutgoingMessage, SubmissionAnswer, Transport } from './transport.ts';

export interface Dispatch {
  readonly db: Database;
  readonly transport: Transport;
  /** Submissions at once. */
  readonly concurrency: number;
  /** The message of a delivery, the same bytes in every attempt. When it throws, that delivery waits and the others go on. */
  readonly render: (delivery: Delivery) => Promise<OutgoingMessage>;
  /** Whether the reader still wants the digest, asked right before each submission. */
  readonly isSubscribed: (delivery: Delivery) => boolean | Promise<boolean>;
  readonly now: () => Instant;
  /** Once aborted nothing more is started; what is open gets half a minute to end. */
  readonly signal: AbortSignal;
  readonly onProgress?: (counts: DispatchCounts) => void;
}

/** What happened to rows in this run; `inDoubt` is how many stand in doubt at its end, earlier ones included. */
export interface DispatchCounts {
  readonly accepted: number;
  readonly deferred: number;
  readonly rejected: number;
  readonly expired: number;
  readonly suppressed: number;
  readonly inDoubt: number;
}

export interface DispatchResult extends DispatchCounts {
  /** The refusal that was our own fault, or why the run stopped early; nothing of it counts against an address. */
  readonly blocked?: string;
}

const leaseMs = 5 * minuteMs;
const stopMs = 30 * secondMs;

/**
 * So many messages in a row, none accepted between, that were refused for reasons of our own or met a
 * server that did not answer: then it is not about the messages, and the run stops.
 */
const troubleLimit = 10;

/**
 * Sends every due delivery once and returns when none is due. Rows are leased, checked once more, marked
 * in doubt just before the message leaves, and moved on by the answer; any number of dispatchers may work
 * on one database. Throws only when the database fails; what was open then stays in doubt or goes back.
 */
export async function dispatch(job: Dispatch): Promise<DispatchResult> {
  const { db, now } = job;
  const owner = randomUUID();
  const stale = (): Instant => now() - staleAfterMs;
  const halt = new AbortController();
  const stopping = AbortSignal.any([job.signal, halt.signal]);
  const counts = { accepted: 0, deferred: 0, rejected: 0, expired: 0, suppressed: 0, inDoubt: 0 };
  let blocked: string | undefined;
  let troubles = 0;

  const { signal: transportSignal, done } = delayed(job.signal, stopMs);
  const queue = dueDeliveries();
  try {
    counts.expired += await expireDeliveries(db, { publishedBefore: stale(), now: now() });
    const workers = Array.from({ length: job.concurrency }, work);
    const failures = (await Promise.allSettled(workers)).filter((worker) => worker.status === 'rejected');
    if (failures[0]) throw failures[0].reason;
    counts.inDoubt = await countInDoubt(db, stale());
    return { ...counts, ...(blocked !== undefined && { blocked }) };
  } finally {
    done();
    await releaseLeases(db, owner);
  }

  /** One stream for all workers; each row is handed to one of them. */
  async function* dueDeliveries(): AsyncGenerator<{ delivery: Delivery; leaseUntil: Instant }> {
    while (!stopping.aborted) {
      const leaseUntil = now() + leaseMs;
      const claim = { owner, limit: job.concurrency * 10, now: now(), leaseUntil, publishedSince: stale() };
      const batch = await claimDeliveries(db, claim);
      if (batch.length === 0) return;
      for (const delivery of batch) {
        if (stopping.aborted) return;
        yield { delivery, leaseUntil };
      }
    }
  }

  async function work(): Promise<void> {
    try {
      for await (const { delivery, leaseUntil } of queue) {
        if (now() >= leaseUntil) continue; // it waited too long for us: whoever claims it next has it
        await send(delivery);
        job.onProgress?.(counts);
      }
    } catch (error) {
      halt.abort();
      throw error;
    }
  }

  async function send(delivery: Delivery): Promise<void> {
    const startedAt = now();
    const standing = await leaseStanding(db, delivery);
    if (standing === 'lost') return;
    if (standing === 'suppressed' || !(await job.isSubscribed(delivery))) return leaveOut(delivery);

    let message;
    try {
      message = await job.render(delivery);
    } catch (error) {
      const reply = `the mail could not be made: ${asError(error).message}`;
      const answer = { result: 'blocked', about: 'message', reply } as const;
      if (await record(delivery, answer, startedAt)) watch(answer);
      return;
    }
    const marker: { set?: ReturnType<typeof markInDoubt> } = {};
    const beforeHandover = async (): Promise<boolean> => {
      marker.set = markInDoubt(db, delivery, { startedAt, now: now() });
      return (await marker.set) === 'marked';
    };
    const answer = await job.transport.submit(message, beforeHandover, transportSignal);
    const marked = await marker.set;
    if (marked === 'suppressed') return leaveOut(delivery);
    if (marked === 'lost' || (marked === undefined && wasStopped(answer))) return;
    if (await record(delivery, answer, startedAt)) watch(answer);
  }

  /** Our own stop before the hand-over is no answer: the lease goes back as it was. */
  function wasStopped(answer: SubmissionAnswer): boolean {
    return transportSignal.aborted && answer.result === 'deferred' && answer.code === undefined;
  }

  async function leaveOut(delivery: Delivery): Promise<void> {
    if (await recordSuppressed(db, delivery, now())) counts.suppressed += 1;
  }

  async function record(delivery: Delivery, outcome: SubmissionAnswer, startedAt: Instant): Promise<boolean> {
    const wait = waitAfter(outcome, delivery);
    const times = { startedAt, now: now(), nextAttemptAt: now() + wait };
    if (!(await recordOutcome(db, delivery, outcome, times))) return false;
    if (outcome.result === 'in_doubt') counts.inDoubt += 1;
    else if (outcome.result !== 'blocked') counts[outcome.result] += 1;
    return true;
  }

  /** Tells a fault of ours, or of the server, from one of a single message. */
  function watch(answer: SubmissionAnswer): void {
    switch (answer.result) {
      case 'accepted':
        troubles = 0;
        break;
      case 'rejected':
        break;
      case 'deferred':
        if (answer.code === undefined) trouble(answer.reply);
        break;
      case 'in_doubt':
        trouble(answer.reply);
        break;
      case 'blocked':
        blocked = answer.reply;
        if (answer.about === 'sender') halt.abort();
        else trouble(answer.reply);
    }
  }

  function trouble(reply: string): void {
    troubles += 1;
    if (troubles < troubleLimit) return;
    blocked = reply;
    halt.abort();
  }
}

/** A refusal of ours that concerns every message ends the run, so its row may stay due. */
function waitAfter(answer: SubmissionAnswer, delivery: Delivery): number {
  if (answer.result !== 'blocked') return retryDelayMs(delivery.id, delivery.attempts);
  return answer.about === 'sender' ? 0 : blockedMs;
}

/** A signal that aborts so long after the other one. `done` when it is not needed any more. */
function delayed(
  signal: AbortSignal,
  ms: number,
): { readonly signal: AbortSignal; readonly done: () => void } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => {
    timer = setTimeout(() => controller.abort(signal.reason), ms);
  };
  if (signal.aborted) start();
  else signal.addEventListener('abort', start, { once: true });
  return {
    signal: controller.signal,
    done: () => {
      signal.removeEventListener('abort', start);
      clearTimeout(timer);
    },
  };
}
