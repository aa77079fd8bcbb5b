import type { Candidate, PaperFacts } from '../domain/candidate.ts';
import type { Rise } from '../domain/edition.ts';
import type { SignalKind } from '../domain/signal.ts';
import type { Instant } from '../domain/time.ts';
import { ageHours, shareOfVotesIn, statedModel, type ScoreModel } from './score.ts';
import { gainOver, latestCounts, type Gain } from './signals.ts';

/**
 * What the votes of a paper on a list with votes gained in the last hours (24 or so), against what is usual at its age.
 *
 * With g votes gained in the last h hours, s the share of all votes that papers of its age usually get in those hours,
 * mu the votes that papers like it usually get, and k the weight of the prior, it is ordered by its pace
 *
 *     (g + k * mu) / (s + k)
 *
 * the votes it would end with if it always had gained as now. For a paper of the first day g is all its votes and the
 * order is that of expected votes; of an older one few votes are usual, so that some late ones count for many, and k
 * keeps three late votes from counting for a hundred. Of a paper that was not counted before those hours, the gain is
 * all its votes, in its whole life.
 */
export function voteRise(
  candidate: Candidate,
  now: Instant,
  overHours: number,
  facts: PaperFacts | undefined = candidate.facts,
  model: ScoreModel = statedModel,
): Rise {
  const age = ageHours(candidate, now);
  const votes = latestCounts(candidate.signals, now).upvotes ?? 0;
  const known = gainOver(overHours, candidate.signals, 'upvotes', now);
  const { gained, hours } =
    known && known.hours >= overHours ? positive(known) : { gained: votes, hours: age };
  const shareNow = shareOfVotesIn(age, model.curve);
  const shareBefore = hours < age ? shareOfVotesIn(age - hours, model.curve) : 0;
  const share = shareNow - shareBefore;
  const { priorWeight } = model;
  const prior = model.expectedVotes(candidate.paper, now, facts?.wordShare);
  return {
    signal: 'upvotes',
    gained,
    hours,
    ...(shareBefore > 0 && { usual: ((votes - gained) * share) / shareBefore }),
    pace: (gained + priorWeight * prior) / (share + priorWeight),
  };
}

/** What another signal gained in the last `hours`, to stand in where nobody counts votes. */
export function signalRise(
  candidate: Candidate,
  signal: SignalKind,
  now: Instant,
  hours: number,
): Rise | undefined {
  const gain = gainOver(hours, candidate.signals, signal, now);
  return gain && { signal, ...positive(gain), pace: Math.max(0, gain.gained) };
}

/** What was taken back is no rise. */
function positive({ gained, hours }: Gain): Gain {
  return { gained: Math.max(0, gained), hours };
}
