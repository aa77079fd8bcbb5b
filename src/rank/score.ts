import type { Candidate } from '../domain/candidate.ts';
import type { Score, Trend } from '../domain/edition.ts';
import type { SignalKind } from '../domain/signal.ts';
import type { Instant } from '../domain/time.ts';
import { hourMs } from '../domain/time.ts';
import type { PaperRecord } from '../domain/paper.ts';
import type { Term } from './strongest-words.ts';
import { chanceOfListing, expectedVotes } from './prior.ts';
import type { Counts } from './signals.ts';

const youngestHours = 0.25;
const priorPart = 'from topic, authors, links';
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

/** How votes come in: after `a` hours the share 1 / (1 + scale / a ** power) of them is there. */
export interface ShareCurve {
  readonly scale: number;
  readonly power: number;
}

/** What a score rests on besides the paper itself. */
export interface ScoreModel {
  readonly curve: ShareCurve;
  /** Weight of the prior, in shares of a day seen. */
  readonly priorWeight: number;
  /** The votes that papers like it usually get, from 0. `wordShare` is what its words add, where that is known. */
  readonly expectedVotes: (paper: PaperRecord, now: Instant, wordShare?: number) => number;
  /** The chance, 0 to 1, that a paper on no list with votes gets onto one. It depends on the paper alone. */
  readonly chanceOfListing: (paper: PaperRecord) => number;
  /** What that chance is made of, in log-odds; undefined where it is not learned. */
  readonly listingTerms?: (paper: PaperRecord) => readonly Term[];
  /** What the words of a paper add to ln(1 + expected votes); undefined where words do not count. */
  readonly wordShare?: (paper: PaperRecord) => number;
}

/** Fitted on Hugging Face's lists of 2025; the weight of the prior is flat from 0.2 to 0.6. */
export const statedModel: ScoreModel = {
  curve: { scale: 5.5, power: 1.2 },
  priorWeight: 0.3,
  expectedVotes: (paper, now) => expectedVotes(paper, now),
  chanceOfListing,
};

/**
 * The share of a day's final votes that a paper of this age usually has, 0 to 1; by the stated curve 0.15 at 1 h,
 * 0.69 at 8 h, 0.89 at 24 h.
 */
export function shareOfVotesIn(hours: number, curve: ShareCurve = statedModel.curve): number {
  return 1 / (1 + curve.scale / hours ** curve.power);
}

/**
 * The expected final votes of a paper, with parts that add up to it exactly.
 *
 * On a list with votes: with u votes now, c the share usually in at its age, mu the votes papers like it
 * usually get, and k the weight of the prior,
 *
 *     u + (1 - c) * u / (c + k) + (1 - c) * k * mu / (c + k)
 *
 * the mean of a Gamma-Poisson model: close to mu for a paper just listed, close to u for an old one,
 * never below u.
 *
 * On lists without votes: mu times the chance that it will be listed where people vote. Both are votes
 * expected at the end, so papers of both kinds stand in one order, and nothing unknown is read as 0 votes.
 */
export function scoreCandidate(
  candidate: Candidate,
  counts: Counts,
  now: Instant,
  trend?: Trend,
  model: ScoreModel = statedModel,
): Score {
  const { priorWeight } = model;
  const hours = ageHours(candidate, now);
  const prior = model.expectedVotes(candidate.paper, now, candidate.facts?.wordShare);
  const votes = counts.upvotes ?? (candidate.hasVotes ? 0 : undefined);
  const share = votes === undefined ? 0 : shareOfVotesIn(hours, model.curve);
  const { parts, chance } =
    votes === undefined
      ? withoutVotes(prior, candidate.facts?.chance ?? model.chanceOfListing(candidate.paper))
      : withVotes(votes, share, prior, priorWeight);
  return {
    value: parts.reduce((sum, part) => sum + part.value, 0),
    parts,
    ageHours: hours,
    shareIn: share,
    ...(chance !== undefined && { chance }),
    missing: kinds.filter((kind) => (kind === 'upvotes' ? votes === undefined : counts[kind] === undefined)),
    ...(trend && { trend }),
  };
}

type Expected = Pick<Score, 'parts' | 'chance'>;

function withoutVotes(prior: number, chance: number): Expected {
  return { chance, parts: [{ name: priorPart, value: prior * chance }] };
}

function withVotes(votes: number, share: number, prior: number, priorWeight: number): Expected {
  return {
    parts: [
      { name: 'votes now', value: votes },
      { name: 'still to come, by its own pace', value: ((1 - share) * votes) / (share + priorWeight) },
      { name: priorPart, value: ((1 - share) * priorWeight * prior) / (share + priorWeight) },
    ],
  };
}
