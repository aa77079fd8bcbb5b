import type { PaperRecord } from '../domain/paper.ts';
import type { Instant } from '../domain/time.ts';
import { voteSignals, voteTerms } from './prior.ts';
import { fitRidge, linearValue, type LinearModel } from './ridge.ts';
import { fitSides, scaledSides, type SideScales } from './side-scales.ts';
import type { LinearInput } from './sparse-rows.ts';
import { strongestWords, type Term } from './strongest-words.ts';
import { fitWords, paperText, wordVector, type WordModel } from './words.ts';

/** More than that would let the prior outshout real votes: a safety choice, not measured. */
export const mostVotes = 60;
const penalty = 4;
/** Weight of a side signal beside a text of length 1. */
export const sideWeight = 0.25;

/** The static signals, in the order of a prior's weights. */
export const voteSideNames = voteTerms.filter((term) => term !== 'constant');

/** The votes that papers usually get, learned of the past: ln(1 + votes) as a sum over words and static signals. */
export interface VotePrior {
  /** Papers it was fitted on. */
  readonly papers: number;
  /** Undefined where words do not count. */
  readonly words?: WordModel;
  /** Undefined where static signals do not count. */
  readonly scales?: SideScales;
  readonly model: LinearModel;
}

/** A paper of the past with the votes that it had at the end of its list day. */
export interface VotedPaper {
  readonly paper: PaperRecord;
  readonly listedAt: Instant;
  readonly votes: number;
}

/**
 * The prior that fits these papers best, by words, by static signals (authors, organisation, code, ...), or by
 * both. Equal papers in another order give the same prior. Without papers it expects no votes.
 */
export function fitVotePrior(papers: readonly VotedPaper[], use: 'text' | 'static' | 'both'): VotePrior {
  const rows = papers.toSorted(byIdAndTime);
  const words = use === 'static' ? undefined : fitWords(rows.map(({ paper }) => paperText(paper)));
  const scales =
    use === 'text'
      ? undefined
      : fitSides(
          rows.map(({ paper, listedAt }) => sidesOf(paper, listedAt)),
          voteSideNames.length,
        );
  const looked = { ...(words && { words }), ...(scales && { scales }) };
  const model = fitRidge(
    rows.map(({ paper, listedAt, votes }) => ({
      ...inputOf(paper, listedAt, looked),
      target: Math.log1p(Math.max(0, votes)),
    })),
    words?.weights.length ?? 0,
    penalty,
  );
  return { papers: papers.length, model, ...looked };
}

/**
 * The votes to expect of a paper, 0 to 60, with the terms whose shares add up to ln(1 + votes) before it is capped:
 * what is usual, the words that count most, the other words together, each static signal.
 */
export function priorVotes(
  paper: PaperRecord,
  listedAt: Instant,
  prior: VotePrior,
): { readonly value: number; readonly terms: readonly Term[] } {
  const { words, model } = prior;
  const input = inputOf(paper, listedAt, prior);
  return {
    value: Math.min(mostVotes, Math.max(0, Math.expm1(linearValue(input, model)))),
    terms: [
      { name: 'usual', share: model.mean },
      ...(words ? strongestWords(paperText(paper), input.words, words, model) : []),
      ...input.sides.map((side, at) => ({
        name: voteSideNames[at] ?? '',
        share: side * (model.sides[at] ?? 0),
      })),
    ],
  };
}

const noWords = { indices: new Uint32Array(), values: new Float32Array() };

function inputOf(
  paper: PaperRecord,
  listedAt: Instant,
  { words, scales }: Pick<VotePrior, 'words' | 'scales'>,
): LinearInput {
  return {
    words: words ? wordVector(paperText(paper), words) : noWords,
    sides: scales ? scaledSides(sidesOf(paper, listedAt), scales, sideWeight) : [],
  };
}

/** In the order of the prior's side signals. */
export function sidesOf(paper: PaperRecord, listedAt: Instant): readonly number[] {
  const signals = voteSignals(paper, listedAt);
  return voteSideNames.map((name) => signals[name]);
}

/** A fixed order of the sums, whatever the order of the rows. */
function byIdAndTime(left: VotedPaper, right: VotedPaper): number {
  if (left.paper.id !== right.paper.id) return left.paper.id < right.paper.id ? -1 : 1;
  return left.listedAt - right.listedAt || left.votes - right.votes;
}
