import { minuteMs, type Instant } from '../domain/time.ts';
import type { Database } from '../store/database.ts';
import { doubtfulRows, sendAgain, settleAsAccepted, type InDoubt } from '../store/in-doubt.ts';
import { staleAfterMs } from './back-off.ts';

/**
 * What becomes of mail that was handed over without an answer, once nothing speaks for its arrival: `resend` gives it
 * one more try with the same bytes while it is news, so that a reader can get it twice; `hold` leaves it for the operator, so that a
 * reader can miss it.
 */
export type InDoubtPolicy = 'resend' | 'hold';

/** A server may take ten minutes for the answer to the final dot (RFC 5321 section 4.5.3.2.6). */
export const graceMs = 15 * minuteMs;

export interface Resolution {
  /** Something showed that they arrived. */
  readonly accepted: number;
  readonly resent: number;
  /** Left for the operator. */
  readonly held: number;
}

/**
 * Settles what has been in doubt for longer than a server may be silent. `arrived` names what shows that a mail did
 * arrive: a notice that came back, a click to leave. Safe at any time beside any number of senders.
 */
export async function resolveInDoubt(
  db: Database,
  {
    policy,
    arrived,
    now,
  }: {
    readonly policy: InDoubtPolicy;
    readonly arrived: (row: InDoubt) => Promise<string | undefined>;
    readonly now: Instant;
  },
): Promise<Resolution> {
  const counts = { accepted: 0, resent: 0, held: 0 };
  for await (const row of doubtfulRows(db, { handedOverBy: now - graceMs, now })) {
    const evidence = await arrived(row);
    if (evidence !== undefined) {
      if (await settleAsAccepted(db, row.deliveryId, evidence, now)) counts.accepted += 1;
    } else if (policy === 'resend' && row.resentAt === undefined && row.newsAt >= now - staleAfterMs) {
      if (await sendAgain(db, row.deliveryId, now)) counts.resent += 1;
    } else {
      counts.held += 1;
    }
  }
  return counts;
}
