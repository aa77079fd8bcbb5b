import type { Candidate, PaperFacts } from '../domain/candidate.ts';
import type { Score } from '../domain/edition.ts';
import type { PaperRecord } from '../domain/paper.ts';
import type { Instant } from '../domain/time.ts';
import type { TopicMatch } from '../domain/topic.ts';
import { scoreCandidate, statedModel, type ScoreModel } from './score.ts';
import type { Counts } from './signals.ts';
import { gainOfLastDay, latestCounts } from './signals.ts';
import type { CompiledTopics } from './topics.ts';
import { matchTopics } from './topics.ts';
import type { PlacedTrend } from './trend.ts';
import { findTrends } from './trend.ts';

/** A candidate with all that was found out about it at one time. */
export interface RankedPaper {
  readonly candidate: Candidate;
  readonly facts: PaperFacts;
  /** The topics it belongs to, best first. */
  readonly matches: readonly TopicMatch[];
  readonly counts: Counts;
  readonly score: Score;
  readonly trend: PlacedTrend | undefined;
}

/**
 * The candidates matched, scored and in order at `now`: highest score first, ties by paper id.
 *
 * The same candidates give the same answer in whatever order they come. Each paper comes once.
 */
export function rankPapers(input: {
  readonly candidates: readonly Candidate[];
  readonly topics: CompiledTopics;
  readonly now: Instant;
  /** What scores rest on; the stated constants when left out. */
  readonly model?: ScoreModel;
}): readonly RankedPaper[] {
  const { candidates, topics, now, model = statedModel } = input;
  const matched = candidates.map((candidate) => {
    const facts = candidate.facts ?? factsOf(candidate.paper, topics, model);
    return {
      candidate,
      facts,
      matches: facts.matches,
      counts: latestCounts(candidate.signals, now),
    };
  });
  const trends = findTrends(
    matched.map(({ candidate, matches }) => ({
      id: candidate.paper.id,
      gain: gainOfLastDay(candidate.signals, 'upvotes', now, unlistedAt(candidate)),
      topics: matches.map((match) => match.topic),
    })),
  );
  return matched
    .map(({ candidate, facts, matches, counts }): RankedPaper => {
      const trend = trends.get(candidate.paper.id);
      return {
        candidate,
        facts,
        matches,
        counts,
        score: scoreCandidate({ ...candidate, facts }, counts, now, trend?.trend, model),
        trend,
      };
    })
    .toSorted(byScore);
}

/** What is found out about a paper's text: nothing in it depends on the time. */
export function factsOf(paper: PaperRecord, topics: CompiledTopics, model: ScoreModel): PaperFacts {
  return {
    matches: matchTopics(paper, topics),
    ...(model.wordShare && { wordShare: model.wordShare(paper) }),
    ...(model.listingTerms && { chance: model.chanceOfListing(paper) }),
  };
}

/** Highest score first, ties by paper id. */
export function byScore(a: RankedPaper, b: RankedPaper): number {
  return b.score.value - a.score.value || (a.candidate.paper.id < b.candidate.paper.id ? -1 : 1);
}

/** A time at which no voter could see it yet, where one is known. */
function unlistedAt({ hasVotes, listedAt, seenAfter }: Candidate): Instant | undefined {
  return hasVotes ? (listedAt ?? seenAfter) : undefined;
}
