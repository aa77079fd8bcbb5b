import { listingChance, listingTerms, type ListingModel } from './listing-chance.ts';
import { linearValue } from './ridge.ts';
import { statedModel, type ScoreModel } from './score.ts';
import { scaledSides } from './side-scales.ts';
import { mostVotes, sidesOf, sideWeight, type VotePrior } from './vote-prior.ts';
import { paperText, wordVector } from './words.ts';

/**
 * Scores whose expected votes, and where there is a model of it the chance of being listed, are learned of the past;
 * curve and weight are the stated ones.
 */
export function learnedModel(prior: VotePrior, listing?: ListingModel): ScoreModel {
  const { words, scales, model } = prior;
  const wordShare = (paper: { readonly title: string; readonly abstract: string }): number =>
    words ? linearValue({ words: wordVector(paperText(paper), words), sides: [] }, model) - model.mean : 0;
  return {
    ...statedModel,
    wordShare,
    expectedVotes(paper, now, known = wordShare(paper)) {
      const sides = scales ? scaledSides(sidesOf(paper, now), scales, sideWeight) : [];
      const logVotes = sides.reduce(
        (sum, side, at) => sum + side * (model.sides[at] ?? 0),
        model.mean + known,
      );
      return Math.min(mostVotes, Math.max(0, Math.expm1(logVotes)));
    },
    ...(listing && {
      chanceOfListing: (paper) => listingChance(paper, listing),
      listingTerms: (paper) => listingTerms(paper, listing),
    }),
  };
}
