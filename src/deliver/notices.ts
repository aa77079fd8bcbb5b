import { randomUUID } from 'node:crypto';
import { lateStop } from '../domain/late-stop.ts';
import { minuteMs, type Instant } from '../domain/time.ts';
import { asError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import {
  deleteOldNotices,
  endNotice,
  leaseNotice,
  markNotice,
  postponeNotice,
  type Notice,
} from '../store/notices.ts';
import { deleteOldAnswers } from '../store/idempotency-keys.ts';
import { deleteOldCounts } from '../store/request-counts.ts';
import { deleteExpiredRequests } from '../store/requests.ts';
import { blockedMs, retryDelayMs, stopMs } from './back-off.ts';
import type { OutgoingMessage, SubmissionAnswer, Transport } from './transport.ts';

export interface NoticeRun {
  readonly db: Database;
  readonly transport: Transport;
  /** The mail of a notice, or undefined when none may go out any more; asked right before it would. */
  readonly message: (notice: Notice, now: Instant) => Promise<OutgoingMessage | undefined>;
  readonly now: () => Instant;
  /** Once aborted nothing more is started; what is open gets half a minute to end. */
  readonly signal: AbortSignal;
}

export interface NoticeReport {
  readonly sent: number;
  readonly dropped: number;
  readonly deferred: number;
  readonly failed: number;
  /** The refusal that was our own fault, with which the run ended, or why a mail could not be made. */
  readonly blocked?: string;
}

const leaseMs = 5 * minuteMs;
/** A run ends after so many, so that the mails of an edition get their turn. */
const mostInRun = 1_000;

/**
 * Sends every notice that is due, one after the other: each is leased, looked at once more, marked in doubt right before
 * it leaves, and moved on by the answer. One that was handed over without an answer is not sent again: its reader can
 * ask again, and two would look like a fault of theirs. Forgets at its end what is too old. Throws only when the
 * database fails.
 */
export async function sendNotices(run: NoticeRun): Promise<NoticeReport> {
  const { db, now, signal } = run;
  const owner = randomUUID();
  const counts = { sent: 0, dropped: 0, deferred: 0, failed: 0 };
  let blocked: string | undefined;
  let fault: string | undefined;
  const late = lateStop(signal, stopMs);
  try {
    for (let sent = 0; sent < mostInRun && !signal.aborted && blocked === undefined; sent += 1) {
      const notice = await leaseNotice(db, { owner, now: now(), leaseUntil: now() + leaseMs });
      if (!notice) break;
      const made = await madeOf(run, notice);
      if (made === undefined) {
        counts.dropped += 1;
        await endNotice(db, notice.id, owner, now() < notice.expiresAt ? 'dropped' : 'expired');
      } else if ('fault' in made) {
        fault = made.fault;
        await postponeNotice(db, notice, owner, now() + blockedMs);
      } else {
        const marker = (): Promise<boolean> => markNotice(db, notice.id, owner);
        const answer = await run.transport.submit(made.message, marker, late.signal);
        blocked = await settle({ ...run, signal: late.signal }, notice, owner, answer, counts);
      }
    }
  } finally {
    late.done();
  }
  await forgetOldNotices(db, now());
  const trouble = blocked ?? fault;
  return { ...counts, ...(trouble !== undefined && { blocked: trouble }) };
}

/** What strangers typed and nobody said yes to in time is forgotten, and so are notices and counts that are long over. */
export async function forgetOldNotices(db: Database, now: Instant): Promise<void> {
  await deleteExpiredRequests(db, now);
  await deleteOldNotices(db, now);
  await deleteOldCounts(db, now);
  await deleteOldAnswers(db, now);
}

async function madeOf(
  run: NoticeRun,
  notice: Notice,
): Promise<{ readonly message: OutgoingMessage } | { readonly fault: string } | undefined> {
  try {
    const message = await run.message(notice, run.now());
    return message && { message };
  } catch (error) {
    return { fault: `a mail about a subscription could not be made: ${asError(error).message}` };
  }
}

async function settle(
  { db, now, signal }: NoticeRun,
  notice: Notice,
  owner: string,
  answer: SubmissionAnswer,
  counts: { sent: number; deferred: number; failed: number },
): Promise<string | undefined> {
  switch (answer.result) {
    case 'accepted':
      counts.sent += 1;
      await endNotice(db, notice.id, owner, 'sent');
      return undefined;
    case 'in_doubt':
      counts.failed += 1;
      await endNotice(db, notice.id, owner, 'in-doubt');
      return undefined;
    case 'rejected':
      counts.failed += 1;
      await endNotice(db, notice.id, owner, 'failed');
      return undefined;
    case 'deferred': {
      counts.deferred += 1;
      const wait = signal.aborted ? 0 : retryDelayMs(notice.id, notice.attempts);
      await postponeNotice(db, { ...notice, attempts: notice.attempts + 1 }, owner, now() + wait);
      return undefined;
    }
    case 'blocked':
      await postponeNotice(db, notice, owner, now() + blockedMs);
      return answer.about === 'sender' ? answer.reply : undefined;
  }
}
