import { randomUUID } from 'node:crypto';
import type { Delivery } from '../domain/delivery.ts';
import { mailDomainKey } from '../domain/mail-domain.ts';
import { minuteMs, type Instant } from '../domain/time.ts';
import { asError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { countInDoubt, expireDeliveries } from '../store/deliveries.ts';
import { claimDeliveries, postponeLeases, recordSuppressed, releaseLeases } from '../store/leases.ts';
import { suppressedAmong, takeSteps, type LedgerStep } from '../store/ledger-steps.ts';
import { blockedMs, retryDelayMs, staleAfterMs, stopMs } from './back-off.ts';
import { groupCommit } from './group-commit.ts';
import { lookAhead } from './look-ahead.ts';
import { lateStop } from '../domain/late-stop.ts';
import type { Counted, Throttle } from './throttle.ts';
import type { OutgoingMessage, SubmissionAnswer, Transport } from './transport.ts';
import { watchTroubles } from './troubles.ts';

export interface Dispatch {
  readonly db: Database;
  readonly transport: Transport;
  /** Submissions at once. */
  readonly concurrency: number;
  /**
   * The message of a delivery, the same bytes in every attempt; asked for a little before its turn. When it throws,
   * that delivery waits and the others go on.
   */
  readonly render: (delivery: Delivery) => Promise<OutgoingMessage>;
  /** Keeps to the limits; without it there are none. It is disposed of by whoever made it. */
  readonly throttle?: Throttle;
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
  /** Left for later by a limit; nothing counts against them. */
  readonly held: number;
}

export interface DispatchResult extends DispatchCounts {
  /** The refusal that was our own fault, or why the run stopped early; nothing of it counts against an address. */
  readonly blocked?: string;
}

/** A row in our hands. */
interface Leased {
  readonly delivery: Delivery;
  readonly leaseUntil: Instant;
  /** Whether the reader said no before it was leased; the marker asks again. */
  readonly isSuppressed: boolean;
}

/** A row whose mail is being made, or could not be. */
interface Prepared extends Leased {
  readonly mail: Promise<{ readonly message: OutgoingMessage } | { readonly fault: string }>;
}

const leaseMs = 5 * minuteMs;
/** One statement leases so many rows at most, and half a minute of work for each submission at once. */
const mostClaimed = 500;
const claimedEach = 50;
/** Mails made ahead: signing goes on in other threads meanwhile. */
const madeAhead = 16;
/** The longest that a step of the ledger waits for others to share its commit. */
const commitWaitMs = 5;
/** So many of the open submissions have to wait for their marker before it is committed sooner than that. */
const markersAwaited = 0.8;

/**
 * Sends every due delivery once and returns when none is due. Rows are leased, marked in doubt just before the
 * message leaves unless their reader said no, and moved on by the answer; any number of dispatchers may work
 * on one database. Throws only when the database fails; what was open then stays in doubt or goes back.
 *
 * Steps of several rows share a commit. The steps of one submission are committed before those of the next one in
 * its place, or with them: so at no time are more rows in doubt on the disk than submissions are open.
 */
export async function dispatch(job: Dispatch): Promise<DispatchResult> {
  const { db, now } = job;
  const owner = randomUUID();
  const stale = (): Instant => now() - staleAfterMs;
  const halt = new AbortController();
  /** Of accepted mails, which nobody else waits for. */
  const recordings = new Set<Promise<void>>();
  const stopping = AbortSignal.any([job.signal, halt.signal]);
  const counts = { accepted: 0, deferred: 0, rejected: 0, expired: 0, suppressed: 0, inDoubt: 0, held: 0 };
  const troubles = watchTroubles();
  const failures: unknown[] = [];
  /** Let go by the limits and not submitted yet. */
  const unspent = new Set<Delivery>();
  const markersShared = Math.ceil(job.concurrency * markersAwaited);
  const ledger = groupCommit((steps: readonly LedgerStep[]) => takeSteps(db, steps), {
    isFull: (steps) => steps.filter(({ step }) => step === 'mark').length >= markersShared,
    waitMs: commitWaitMs,
  });

  const { signal: transportSignal, done } = lateStop(job.signal, stopMs);
  const take = lookAhead(
    claim,
    (leased): Prepared => ({ ...leased, mail: prepare(leased.delivery) }),
    madeAhead,
  );
  try {
    counts.expired += await expireDeliveries(db, { publishedBefore: stale(), now: now() });
    await Promise.all(Array.from({ length: job.concurrency }, work));
    await ledger.settled();
    await Promise.all(recordings);
    if (failures.length > 0) throw failures[0];
    counts.inDoubt = await countInDoubt(db, stale());
    return { ...counts, ...(troubles.blocked !== undefined && { blocked: troubles.blocked }) };
  } finally {
    done();
    for (const delivery of unspent) job.throttle?.giveBack(counted(delivery));
    await releaseLeases(db, owner);
  }

  async function claim(): Promise<readonly Leased[]> {
    if (stopping.aborted) return [];
    const leaseUntil = now() + leaseMs;
    const limit = Math.min(mostClaimed, job.concurrency * claimedEach);
    const due = { owner, limit, now: now(), leaseUntil, publishedSince: stale() };
    const claimed = await claimDeliveries(db, due);
    const deliveries = await withinLimits(claimed);
    // What a limit holds is due later: there may be others.
    if (deliveries.length === 0 && claimed.length > 0) return claim();
    const suppressed = await suppressedAmong(
      db,
      deliveries.map(({ id }) => id),
    );
    return deliveries.map((delivery) => ({
      delivery,
      leaseUntil,
      isSuppressed: suppressed.has(delivery.id),
    }));
  }

  /** Those that may go now; the others are handed back until their time. */
  async function withinLimits(deliveries: readonly Delivery[]): Promise<readonly Delivery[]> {
    if (!job.throttle) return deliveries;
    const free: Delivery[] = [];
    const held: { lease: Delivery; until: Instant }[] = [];
    for (const delivery of deliveries) {
      const until = await job.throttle.holdUntil(counted(delivery), now());
      if (until === undefined) {
        free.push(delivery);
        unspent.add(delivery);
      } else held.push({ lease: delivery, until });
    }
    await hold(held);
    return free;
  }

  async function hold(held: Parameters<typeof postponeLeases>[1]): Promise<void> {
    await postponeLeases(db, held);
    counts.held += held.length;
  }

  function counted(delivery: Delivery): Counted {
    return {
      relay: job.transport.name,
      domain: mailDomainKey(delivery.address),
      digest: delivery.digest,
    };
  }

  async function prepare(delivery: Delivery): Prepared['mail'] {
    try {
      return { message: await job.render(delivery) };
    } catch (error) {
      return { fault: `the mail could not be made: ${asError(error).message}` };
    }
  }

  async function work(): Promise<void> {
    try {
      for (let next = await take(); next && !stopping.aborted; next = await take()) {
        // One that waited too long for us is left to whoever claims it next.
        if (now() < next.leaseUntil) await send(next);
      }
    } catch (error) {
      fail(error);
    }
  }

  /** The database failed: nothing more is started, and the run throws at its end. */
  function fail(error: unknown): void {
    failures.push(error);
    halt.abort();
  }

  async function send({ delivery, isSuppressed, mail }: Prepared): Promise<void> {
    const startedAt = now();
    if (isSuppressed || !(await job.isSubscribed(delivery))) return leaveOut(delivery);
    const until = job.throttle?.pausedUntil(counted(delivery), startedAt);
    if (until !== undefined) return hold([{ lease: delivery, until }]);

    const made = await mail;
    if ('fault' in made) {
      return record(delivery, { result: 'blocked', about: 'message', reply: made.fault }, startedAt);
    }
    const marker: { set?: ReturnType<typeof ledger.add> } = {};
    const beforeHandover = async (): Promise<boolean> => {
      marker.set = ledger.add({ step: 'mark', lease: delivery, startedAt, now: now() });
      return (await marker.set) === 'marked';
    };
    unspent.delete(delivery);
    const answer = await job.transport.submit(made.message, beforeHandover, transportSignal);
    const marked = await marker.set;
    if (marked === 'suppressed') return leaveOut(delivery);
    if (marked === 'lost' || (marked === undefined && wasStopped(answer))) return;
    // An accepted one needs no waiting: its step is committed before the marker of whatever comes next here.
    const recorded = record(delivery, answer, startedAt);
    if (answer.result !== 'accepted') return recorded;
    const recording = recorded.catch(fail).finally(() => recordings.delete(recording));
    recordings.add(recording);
  }

  /** Our own stop before the hand-over is no answer: the lease goes back as it was. */
  function wasStopped(answer: SubmissionAnswer): boolean {
    return transportSignal.aborted && answer.result === 'deferred' && answer.code === undefined;
  }

  async function leaveOut(delivery: Delivery): Promise<void> {
    if (await recordSuppressed(db, delivery, now())) counts.suppressed += 1;
    job.onProgress?.(counts);
  }

  /** Who asks for less mail gets less. */
  async function heed(answer: SubmissionAnswer, delivery: Delivery): Promise<void> {
    if (!job.throttle) return;
    if (answer.result === 'accepted') await job.throttle.taken(counted(delivery));
    if (answer.result === 'blocked' && answer.about === 'sender') job.throttle.giveBack(counted(delivery));
    if (answer.result === 'deferred' && answer.about !== undefined) {
      await job.throttle.slowDown(answer.about, counted(delivery), now(), answer.waitMs);
    }
  }

  async function record(delivery: Delivery, answer: SubmissionAnswer, startedAt: Instant): Promise<void> {
    const times = { startedAt, now: now(), nextAttemptAt: now() + waitAfter(answer, delivery) };
    const result = await ledger.add({ step: 'record', lease: delivery, outcome: answer, times });
    if (result !== 'recorded') return;
    await heed(answer, delivery);
    if (answer.result === 'in_doubt') counts.inDoubt += 1;
    else if (answer.result !== 'blocked') counts[answer.result] += 1;
    if (troubles.note(answer)) halt.abort();
    job.onProgress?.(counts);
  }
}

/** A refusal of ours that concerns every message ends the run, so its row may stay due. */
function waitAfter(answer: SubmissionAnswer, delivery: Delivery): number {
  if (answer.result !== 'blocked') return retryDelayMs(delivery.id, delivery.attempts);
  return answer.about === 'sender' ? 0 : blockedMs;
}
