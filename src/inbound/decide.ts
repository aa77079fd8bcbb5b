import { dayMs, type Instant } from '../domain/time.ts';
import type { RecipientReport } from './report.ts';

/** What is done about one report of one address. */
export type InboundAction =
  /** No mail of any digest goes there any more. */
  | { readonly action: 'suppress all'; readonly reason: string }
  /** No mail of the digest that it was about. */
  | { readonly action: 'suppress digest'; readonly reason: string }
  /** The operator has to look: it is about us. */
  | { readonly action: 'alarm'; readonly reason: string }
  /** Counted, and nothing else. */
  | { readonly action: 'note'; readonly reason: string };

/** An earlier report about the same address. */
export interface PastReport {
  readonly kind: string;
  readonly at: Instant;
}

/** Two hard bounces on two days within so long end the mail, where one does not. */
export const hardWindowMs = 14 * dayMs;
/** A pause of more than so many days without a bounce forgets what was before. */
export const staleAfterDays = 7;
/** A day with a hard bounce counts 1, one with a soft bounce a half, no day more; this much ends the mail. */
export const scoreLimit = 5;
/** No older report matters. */
export const historyMs = 90 * dayMs;

const dayScores: Readonly<Record<string, number>> = { hard: 1, soft: 0.5 };

/**
 * What follows from a report, given the earlier ones about the same address. A complaint ends all mail and a wish to
 * leave that of its digest, at once. A hard bounce does at once when the server's enhanced code says that the address,
 * or its domain, is not there (RFC 3463: X.1.1, X.1.2, X.1.10); else the second within 14 days. Soft bounces add up, at
 * most once a day, and a week without one forgets them. A refusal for policy is ours and never ends anybody's mail.
 */
export function decide(
  report: Pick<RecipientReport, 'kind' | 'reason' | 'status'>,
  past: readonly PastReport[],
  now: Instant,
): InboundAction {
  switch (report.kind) {
    case 'complaint':
      return { action: 'suppress all', reason: 'complaint' };
    case 'unsubscribe':
      return { action: 'suppress digest', reason: 'unsubscribed' };
    case 'hard': {
      // Two reports of one day may be about one mail: by a delivery status and by a provider.
      const earlier = past.some(
        ({ kind, at }) => kind === 'hard' && at < now && now - at <= hardWindowMs && dayOf(at) !== dayOf(now),
      );
      if (isCertain(report) || earlier)
        return { action: 'suppress all', reason: `hard bounce: ${report.reason ?? 'refused'}` };
      return scored(report, past, now);
    }
    case 'soft':
      return scored(report, past, now);
    case 'policy':
      return { action: 'alarm', reason: `refused for what we are or sent: ${report.reason ?? 'policy'}` };
    case 'notice':
    case 'auto-reply':
    case 'unknown':
      return { action: 'note', reason: report.kind };
  }
}

function isCertain({ reason, status }: Pick<RecipientReport, 'reason' | 'status'>): boolean {
  const detail = status?.replace(/^\d\./, '');
  if (reason === 'unknown host') return detail === '1.2' || detail === '4.4';
  return detail === '1.1' || detail === '1.10';
}

function scored(
  report: Pick<RecipientReport, 'kind' | 'reason'>,
  past: readonly PastReport[],
  now: Instant,
): InboundAction {
  const score = bounceScore([...past, { kind: report.kind, at: now }], now);
  return score >= scoreLimit
    ? { action: 'suppress all', reason: `bounces on many days: ${report.reason ?? report.kind}` }
    : { action: 'note', reason: `bounce score ${score} of ${scoreLimit}` };
}

/** The score at `now`: the sum over the days in UTC since the last pause of more than a week. */
export function bounceScore(reports: readonly PastReport[], now: Instant): number {
  const byDay = new Map<number, number>();
  for (const { kind, at } of reports) {
    const points = dayScores[kind];
    if (points === undefined || at > now || now - at > historyMs) continue;
    const day = dayOf(at);
    byDay.set(day, Math.max(byDay.get(day) ?? 0, points));
  }
  let score = 0;
  let next = dayOf(now);
  for (const [day, points] of [...byDay].toSorted(([a], [b]) => b - a)) {
    if (next - day > staleAfterDays) break;
    score += points;
    next = day;
  }
  return score;
}

/** Days since 1970 in UTC. */
function dayOf(at: Instant): number {
  return Math.floor(at / dayMs);
}
