import type { Candidate } from '../domain/candidate.ts';
import type { Score, ScorePart, Trend } from '../domain/edition.ts';
import type { SignalKind } from '../domain/signal.ts';
import type { Instant } from '../domain/time.ts';
import { hourMs } from '../domain/time.ts';
import { chanceOfListing, expectedVotes } from './prior.ts';
import type { Counts } from './signals.ts';

const youngestHours = 0.25;
/** Weight of the prior, in shares of a day seen. */
const priorWeight = 0.3;
const kinds: readonly SignalKind[] = ['upvotes', 'comments', 'stars'];

/**
 * Hours from being listed to `now`, at least 0.25. Where the exact time is unknown, the middle between
 * the last time without it and the first time with it.
 */
export function ageHours(candidate: Candidate, now: Instant): number {
  const { listedAt, seenAt, seenAfter = seenAt } = candidate;
  const since = listedAt ?? (Math.min(seenAfter, seenAt) + seenAt) / 2;
  return Math.max(youngestHours, (now - since) / hourMs);
}

/** The share of a day's final votes that a paper of this age usually has, 0 to 1: 0.15 at 1 h, 0.69 at 8 h, 0.89 at 24 h. */
export function shareOfVotesIn(hours: number): number {
  return 1 / (1 + 5.5 / hours ** 1.2);
}

/**
 * The expected final votes of a paper, with parts that add up to it exactly.
 *
 * On a list with votes: with u votes now, c the share usually in at its age, mu the votes papers like it
 * usually get, and k = 0.3,
 *
 *     u + (1 - c) * u / (c + k) + (1 - c) * k * mu / (c + k)
 *
 * the mean of a Gamma-Poisson model: close to mu for a paper just listed, close to u for an old one,
 * never below u.
 *
 * On lists without votes: mu times the chance that it will be listed where people vote. Both are votes
 * expected at the end, so papers of both kinds stand in one order, and nothing unknown is read as 0 votes.
 */
export function scoreCandidate(candidate: Candidate, counts: Counts, now: Instant, trend?: Trend): Score {
  const hours = ageHours(candidate, now);
  const prior = expectedVotes(candidate.paper, now);
  const votes = counts.upvotes ?? (candidate.hasVotes ? 0 : undefined);
  const share = votes === undefined ? 0 : shareOfVotesIn(hours);
  const parts: readonly ScorePart[] =
    votes === undefined
      ? [{ name: 'from topic, authors, links', value: prior * chanceOfListing(candidate.paper) }]
      : [
          { name: 'votes now', value: votes },
          { name: 'still to come, by its own pace', value: ((1 - share) * votes) / (share + priorWeight) },
          {
            name: 'from topic, authors, links',
            value: ((1 - share) * priorWeight * prior) / (share + priorWeight),
          },
        ];
  return {
    value: parts.reduce((sum, part) => sum + part.value, 0),
    parts,
    ageHours: hours,
    shareIn: share,
    missing: kinds.filter((kind) => (kind === 'upvotes' ? votes === undefined : counts[kind] === undefined)),
    ...(trend && { trend }),
  };
}
