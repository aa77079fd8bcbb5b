import { lateKey } from '../domain/edition.ts';
import type { RankedPaper } from './rank.ts';
import { byScore } from './rank.ts';

/** A paper with its place in an edition. */
export interface PlacedPaper {
  readonly ranked: RankedPaper;
  /** The section it stands in, or `outside`. */
  readonly topic: string;
  /** The other topics it belongs to, best first, also those that are not of the digest. */
  readonly alsoIn: readonly string[];
  /** Place by score over the whole edition, from 1, unique. */
  readonly rank: number;
}

export interface Selection {
  /** In the order of the digest's topics, late risers last; a section without picks is not there. */
  readonly sections: readonly { readonly topic: string; readonly picks: readonly PlacedPaper[] }[];
  readonly outside: readonly PlacedPaper[];
  /** New papers of the digest's topics that were not picked, best first. */
  readonly alsoNew: readonly RankedPaper[];
}

export const outsideKey = 'outside';

const latePicks = 5;

/**
 * Expected votes from which a paper may be picked. Whoever puts a paper on a list mostly votes for it:
 * below two, nobody else did or is expected to (one in six of Hugging Face's papers of autumn 2025, a day
 * after it listed them). Three good papers beat five padded ones.
 */
export const leastScore = 2;

/**
 * The picks of one edition from the papers that may be picked.
 *
 * Papers choose in order of score: each takes a place in the topic of the digest that it matches best
 * and that still has room, so none appears twice and one whose first section is full takes the place of
 * a weaker paper in its next. A paper in none of the digest's topics can only be picked outside.
 *
 * A paper that people can vote for needs a score of 2. One that is only on lists without votes may have
 * less where its section holds no better ones with votes, down to half of the section's best: in a field
 * that no voters read, the best of the day are shown, and beside papers with votes it would be filling.
 *
 * In an early edition papers met before the last edition do not compete: the five best of them that people vote for
 * stand last, in a section of their own.
 *
 * `topics` are the digest's topic keys in the order of the sections; the three numbers are limits, from 0.
 */
export function select(input: {
  readonly candidates: readonly RankedPaper[];
  readonly topics: readonly string[];
  readonly mode?: 'final' | 'early';
  readonly picksPerTopic: number;
  readonly picksOutside: number;
  readonly alsoNew: number;
}): Selection {
  const { topics } = input;
  const candidates = input.candidates.toSorted(byScore);
  const sections = new Map<string, PlacedPaper[]>(topics.map((topic) => [topic, []]));
  const outside: PlacedPaper[] = [];
  const late: PlacedPaper[] = [];
  const notPicked: RankedPaper[] = [];
  let rank = 0;

  for (const ranked of candidates) {
    const own = ranked.matches.map((match) => match.topic).filter((topic) => sections.has(topic));
    if (input.mode === 'early' && !ranked.candidate.isNew) {
      if (late.length >= latePicks || !canBeVotedFor(ranked) || ranked.score.value < leastScore) continue;
      rank += 1;
      late.push({ ranked, topic: lateKey, alsoIn: ranked.matches.map((match) => match.topic), rank });
      continue;
    }
    const choices = own.length > 0 ? own : [outsideKey];
    const topic = choices.find((choice) => {
      const section = choice === outsideKey ? outside : (sections.get(choice) ?? []);
      const limit = choice === outsideKey ? input.picksOutside : input.picksPerTopic;
      return section.length < limit && isGoodEnough(ranked, section[0]?.ranked);
    });
    if (topic === undefined) {
      if (own.length > 0 && ranked.candidate.isNew) notPicked.push(ranked);
      continue;
    }
    rank += 1;
    const alsoIn = ranked.matches.map((match) => match.topic).filter((other) => other !== topic);
    (sections.get(topic) ?? outside).push({ ranked, topic, alsoIn, rank });
  }

  return {
    sections: [...sections, [lateKey, late] as const]
      .filter(([, picks]) => picks.length > 0)
      .map(([topic, picks]) => ({ topic, picks })),
    outside,
    alsoNew: notPicked.slice(0, input.alsoNew),
  };
}

/** Whether a paper may stand in a section whose best pick so far is `best`. */
export function isGoodEnough(ranked: RankedPaper, best: RankedPaper | undefined): boolean {
  if (ranked.score.value >= leastScore) return true;
  if (canBeVotedFor(ranked)) return false;
  if (best === undefined) return true;
  return !canBeVotedFor(best) && ranked.score.value >= best.score.value / 2;
}

/** Whether a source that counts votes has listed it. */
export function canBeVotedFor(ranked: RankedPaper): boolean {
  return !ranked.score.missing.includes('upvotes');
}

/** All picks of a selection, best first. */
export function selectedPapers(selection: Selection): readonly PlacedPaper[] {
  return [...selection.sections.flatMap((section) => section.picks), ...selection.outside].toSorted(
    (a, b) => a.rank - b.rank,
  );
}
