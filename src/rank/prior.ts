import type { PaperRecord } from '../domain/paper.ts';
import type { Instant } from '../domain/time.ts';
import { dayMs } from '../domain/time.ts';

/** More than that would let the prior outshout real votes: a safety choice, not measured. */
const mostExpectedVotes = 60;

/**
 * Medians of Hugging Face's lists of 2025. An unknown author list or date is taken as the usual one, for
 * none would be a claim. What a source does not tell of organisation, code, pictures and followers adds
 * nothing, as in the fit.
 */
const usualAuthors = 7;
const usualDaysSinceSubmission = 2;

/** Weights of ln(1 + expected votes), each beside the signal that it multiplies. */
export interface VoteWeights {
  readonly constant: number;
  /** ln(1 + authors). */
  readonly authors: number;
  /** 1 with an organisation, code, a project page, else 0. */
  readonly organization: number;
  readonly code: number;
  readonly project: number;
  /** Pictures and videos, at most two. */
  readonly media: number;
  /** ln(1 + days since it was submitted). */
  readonly days: number;
  /** ln(1 + followers of who put it on the list). */
  readonly followers: number;
}

/**
 * Fitted on Hugging Face's lists of January to November 2025 and checked on the months after the ones they were
 * fitted on. They keep that community's taste: long author lists and code.
 */
export const statedWeights: VoteWeights = {
  constant: 1.118,
  authors: 0.558,
  organization: 0.192,
  code: 0.222,
  project: 0.24,
  media: 0.19,
  days: -0.191,
  followers: 0.01,
};

/** The signals that the weights multiply, for a paper as known at `now`; the constant's is 1. */
export function voteSignals(paper: PaperRecord, now: Instant): VoteWeights {
  const days =
    paper.submittedAt === undefined ? usualDaysSinceSubmission : Math.max(0, now - paper.submittedAt) / dayMs;
  return {
    constant: 1,
    authors: Math.log1p(paper.authors.length || usualAuthors),
    organization: paper.organization === undefined ? 0 : 1,
    code: paper.links.code === undefined ? 0 : 1,
    project: paper.links.project === undefined ? 0 : 1,
    media: Math.min(paper.mediaCount ?? 0, 2),
    days: Math.log1p(days),
    followers: Math.log1p(paper.submitterFollowers ?? 0),
  };
}

/** In the order in which the terms are added: floating-point sums depend on it. */
export const voteTerms = [
  'constant',
  'authors',
  'organization',
  'code',
  'project',
  'media',
  'days',
  'followers',
] as const satisfies readonly (keyof VoteWeights)[];

/**
 * The votes usually cast on a paper like this once Hugging Face lists it, 0 to 60, from what is known
 * without any vote.
 */
export function expectedVotes(
  paper: PaperRecord,
  now: Instant,
  weights: VoteWeights = statedWeights,
): number {
  const signals = voteSignals(paper, now);
  const logVotes = voteTerms.reduce((sum, term) => sum + weights[term] * signals[term], 0);
  return Math.min(mostExpectedVotes, Math.max(0, Math.expm1(logVotes)));
}

const categoryWeight = new Map([
  ['cs.CL', 1.17],
  ['cs.LG', 1.47],
  ['cs.AI', 0.91],
  ['cs.CV', 0.59],
]);

/**
 * The chance, 0 to 1, that a paper seen only on a list without votes will be taken up by Hugging Face.
 *
 * The weights were fitted on 43,386 arXiv papers, of which 8 % were listed. A primary category outside
 * the four named ones has weight 0.
 */
export function chanceOfListing(paper: PaperRecord): number {
  const authors = paper.authors.length || usualAuthors;
  const { abstract, links, comments = '' } = paper;
  const told = `${abstract} ${comments}`;
  const hasCode = links.code !== undefined || /\bgithub\b/i.test(told);
  const hasProject = links.project !== undefined || /\bproject page\b|\.github\.io\b/i.test(told);
  const logit =
    -5.97 +
    1.21 * Math.log1p(authors) +
    (authors >= 10 ? 0.28 : 0) +
    (hasCode ? 0.89 : 0) +
    (hasProject ? 2.06 : 0) +
    (/\bopen[- ]?sourc/i.test(told) ? 0.54 : 0) -
    (/accept|cvpr|iclr/i.test(comments) ? 0.88 : 0) +
    (categoryWeight.get(paper.categories[0] ?? '') ?? 0);
  return 1 / (1 + Math.exp(-logit));
}
