import type { Pick, Score } from '../domain/edition.ts';
import { shownPaper } from '../domain/shown-paper.ts';
import { strongestTerms, whyLine, type LineFacts } from '../rank/explain.ts';
import type { RankedPaper } from '../rank/rank.ts';
import type { ScoreModel } from '../rank/score.ts';
import type { PlacedPaper } from '../rank/select.ts';

/** Names kept of a long author list: so many from the front, and the last. */
const firstAuthors = 12;

/** A placed paper as it is frozen, with all that a renderer needs and the reason why it is there. */
export function pickOf(
  placed: PlacedPaper,
  topicNames: ReadonlyMap<string, string>,
  model: ScoreModel | undefined,
  facts: LineFacts,
): Pick {
  const { ranked, topic } = placed;
  const { standing, rise } = facts;
  return {
    paper: shownPaper(ranked.candidate.paper, firstAuthors, ranked.counts),
    topic,
    alsoIn: placed.alsoIn,
    score: { ...explained(ranked, model), ...(standing && { standing }), ...(rise && { rise }) },
    why: whyLine(ranked, topic, topicNames, facts),
    rank: placed.rank,
  };
}

/** A score with what its chance of being listed is made of, where that is learned. */
function explained({ candidate, score }: RankedPaper, model: ScoreModel | undefined): Score {
  if (score.chance === undefined || !model?.listingTerms) return score;
  return { ...score, chanceFor: strongestTerms(model.listingTerms(candidate.paper)) };
}
