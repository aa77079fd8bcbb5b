import type { Candidate } from '../domain/candidate.ts';
import type { SignalKind } from '../domain/signal.ts';
import type { Instant } from '../domain/time.ts';
import { newContest, type Contest, type DaysPick, type Entry } from './days-contest.ts';
import { factsOf, type RankedPaper } from './rank.ts';
import { signalRise, voteRise } from './risers.ts';
import { leastScore } from './select.ts';
import { scoreCandidate, type ScoreModel } from './score.ts';
import { latestCounts } from './signals.ts';
import type { CompiledTopics } from './topics.ts';

/** What an order over several days goes by. */
export interface DaysOrder {
  /** `expected`: by expected votes. `rising`: by what the last hours gained against what is usual. */
  readonly by: 'expected' | 'rising';
  /** So many hours; also those of a signal that stands in for votes. */
  readonly hours: number;
  /** So many papers are kept. */
  readonly places: number;
}

export interface DaysRanking {
  /** What it is ordered by: votes, or what stands in for them where nobody counted any. */
  readonly signal: SignalKind;
  /** Papers that were compared: where votes lead all that a source with votes listed, else those of which that signal was counted. */
  readonly papers: number;
  /** Best first. */
  readonly picks: readonly DaysPick[];
}

/** Takes papers block by block, so that a month need not be in memory at once. */
export interface DaysRanker {
  add(block: readonly Candidate[]): void;
  /** To be asked once, after the last block. */
  result(): DaysRanking;
}

/** In the order in which they stand in for votes: the ones nearest to what readers of the lists do come first. */
const standIns = ['comments', 'citations', 'stars'] as const satisfies readonly SignalKind[];
/** Looked at where nothing rose in the hours asked for, as after days on which the source could not be read. */
const longRiseHours = 72;
/** A riser must rise as one in five papers of the days does in its whole life. A judgement, not measured. */
const barPercentile = 0.8;

/**
 * Ranks the papers of several days at `now`: the same papers in blocks of any size and in any order give the same
 * answer; ties by paper id.
 *
 * Votes lead. More signals as terms beside them were measured and do not help; so another signal counts only where
 * votes bring no paper into the list, mostly because no source counts them or it died: then the first of comments, citations
 * and stars that gained anything takes their whole weight. A paper without the leading signal is not in the list; one
 * with it needs two expected votes, or among what rises a pace that one in five papers of these days reaches.
 */
export function daysRanker(
  order: DaysOrder,
  topics: CompiledTopics,
  now: Instant,
  model: ScoreModel,
): DaysRanker {
  const contests = contestsFor(order, now, model);
  return {
    add(block) {
      for (const candidate of block) {
        const ranked = rankedAlone(candidate, topics, now, model);
        for (const one of contests) {
          const entry = one.entry(ranked);
          if (entry) one.contest.enter(entry);
        }
      }
    },
    result() {
      for (const { signal, contest } of contests) {
        const picks = contest.picks();
        if (picks.length > 0) return { signal, papers: contest.papers(), picks };
      }
      return { signal: 'upvotes', papers: 0, picks: [] };
    },
  };
}

interface NamedContest {
  readonly signal: SignalKind;
  readonly contest: Contest;
  /** Undefined for a paper that does not take part. */
  entry(ranked: RankedPaper): Entry | undefined;
}

/** The first that has a worthy paper holds: a paper that is alone in it stands first, so votes never lower one. */
function contestsFor(
  { by, hours, places }: DaysOrder,
  now: Instant,
  model: ScoreModel,
): readonly NamedContest[] {
  const rising = (over: number): NamedContest => ({
    signal: 'upvotes',
    contest: newContest(places, barPercentile),
    entry(ranked) {
      const { candidate, facts, score } = ranked;
      if (!candidate.hasVotes) return undefined;
      const rise = voteRise(candidate, now, over, facts, model);
      const isWorthy = rise.gained > 0 && rise.pace >= leastScore;
      return { ranked, rise, value: rise.pace, measure: score.value, isWorthy };
    },
  });
  const expected: NamedContest = {
    signal: 'upvotes',
    contest: newContest(places, 0),
    entry(ranked) {
      if (!ranked.candidate.hasVotes) return undefined;
      const { value } = ranked.score;
      const isWorthy = (ranked.counts.upvotes ?? 0) > 0 && value >= leastScore;
      return { ranked, value, measure: value, isWorthy };
    },
  };
  const standingIn = (signal: SignalKind): NamedContest => ({
    signal,
    contest: newContest(places, by === 'rising' ? barPercentile : 0),
    entry(ranked) {
      const rise = signalRise(ranked.candidate, signal, now, hours);
      return rise && { ranked, rise, value: rise.pace, measure: rise.pace, isWorthy: rise.gained > 0 };
    },
  });
  const votes = by === 'rising' ? [rising(hours), rising(longRiseHours)] : [expected];
  return [...votes, ...standIns.map(standingIn)];
}

function rankedAlone(
  candidate: Candidate,
  topics: CompiledTopics,
  now: Instant,
  model: ScoreModel,
): RankedPaper {
  const facts = candidate.facts ?? factsOf(candidate.paper, topics, model);
  const counts = latestCounts(candidate.signals, now);
  const score = scoreCandidate({ ...candidate, facts }, counts, now, undefined, model);
  return { candidate, facts, matches: facts.matches, counts, score, trend: undefined };
}
