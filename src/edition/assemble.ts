import type { Candidate } from '../domain/candidate.ts';
import type { Digest } from '../domain/digest.ts';
import { lateKey } from '../domain/edition.ts';
import type {
  Coverage,
  Edition,
  EditionPaper,
  Pick,
  Score,
  SourceState,
  TitleOnly,
  UpdatedPaper,
} from '../domain/edition.ts';
import type { Author, PaperId } from '../domain/paper.ts';
import type { CalendarDate, Instant } from '../domain/time.ts';
import type { Topic } from '../domain/topic.ts';
import { strongestTerms, whyLine } from '../rank/explain.ts';
import { findFollowUps } from '../rank/follow-up.ts';
import type { PaperText } from '../rank/words.ts';
import { rankPapers, type RankedPaper } from '../rank/rank.ts';
import type { ScoreModel } from '../rank/score.ts';
import { select, selectedPapers, type PlacedPaper, type Selection } from '../rank/select.ts';
import { compileTopics } from '../rank/topics.ts';

/** Names kept of a long author list: so many from the front, and the last. */
const firstAuthors = 12;

/** Everything an edition is made of, as the store knew it at `now`. */
export interface EditionMaterial {
  readonly digest: Digest;
  /** All configured topics. */
  readonly topics: readonly Topic[];
  readonly editionDate: CalendarDate;
  readonly number: number;
  readonly now: Instant;
  /** When the digest's last edition was published. */
  readonly lastEditionAt?: Instant;
  readonly candidates: readonly Candidate[];
  /** Papers that the digest picked before, as far back as a follow-up of one is worth telling. */
  readonly earlierPicks?: readonly PaperText[];
  readonly updated: readonly UpdatedPaper[];
  readonly revisedPapers: number;
  readonly sources: readonly SourceState[];
  /** What scores rest on; the stated constants when left out. */
  readonly model?: ScoreModel;
}

/** An edition with the ranking it came from, which `why` explains. */
export interface Assembled {
  readonly edition: Edition;
  /** All candidates in order, picked or not. */
  readonly ranked: readonly RankedPaper[];
  readonly selection: Selection;
}

/** The edition that this material gives: the same material, the same edition, in whatever order it comes. */
export function assembleEdition(material: EditionMaterial): Assembled {
  const { digest, topics, now } = material;
  const ranked = rankPapers({
    candidates: material.candidates,
    topics: compileTopics(topics),
    now,
    ...(material.model && { model: material.model }),
  });
  const selection = select({
    candidates: ranked,
    topics: digest.topics,
    mode: digest.mode,
    picksPerTopic: digest.picksPerTopic,
    picksOutside: digest.picksOutside,
    alsoNew: digest.alsoNew,
  });
  const names = new Map([
    ...topics.map((topic) => [topic.key, topic.name] as const),
    [lateKey, 'Late risers'],
  ]);
  const followed = followedBy(selection, ranked, material.earlierPicks ?? []);
  const pick = (placed: PlacedPaper): Pick =>
    pickOf(placed, names, material.model, followed.get(placed.ranked.candidate.paper.id));
  const edition: Edition = {
    digest: digest.key,
    digestName: digest.name,
    topics: digest.topics.map((key) => ({ key, name: names.get(key) ?? key })),
    editionDate: material.editionDate,
    number: material.number,
    publishedAt: now,
    zone: digest.zone,
    sections: selection.sections.map(({ topic, picks }) => ({
      topic,
      name: names.get(topic) ?? topic,
      picks: picks.map(pick),
    })),
    outside: selection.outside.map(pick),
    updated: material.updated,
    alsoNew: selection.alsoNew.map((paper) => titleOf(paper, digest)),
    coverage: coverageOf(material, ranked),
  };
  return { edition, ranked, selection };
}

/** Papers whose words tell the weight of words: enough to tell a rare word, few enough to read each night. */
const mostTextsWeighed = 3_000;

/** For each pick that goes on from an earlier one: that one. */
function followedBy(
  selection: Selection,
  ranked: readonly RankedPaper[],
  earlierPicks: readonly PaperText[],
): ReadonlyMap<PaperId, PaperText> {
  const earlier = new Map(earlierPicks.map((paper) => [paper.id, paper]));
  if (earlier.size === 0) return new Map();
  const picked = selectedPapers(selection).map(({ ranked: { candidate } }) => candidate.paper);
  const others = ranked.slice(0, mostTextsWeighed).map(({ candidate }) => candidate.paper);
  const found = findFollowUps(picked, [...earlierPicks, ...others]);
  return new Map(
    [...found].flatMap(([id, { of }]) => {
      const paper = earlier.get(of);
      return paper ? [[id, paper]] : [];
    }),
  );
}

function pickOf(
  placed: PlacedPaper,
  topicNames: ReadonlyMap<string, string>,
  model: ScoreModel | undefined,
  followed: PaperText | undefined,
): Pick {
  const { ranked, topic } = placed;
  return {
    paper: editionPaper(ranked),
    topic,
    alsoIn: placed.alsoIn,
    score: explained(ranked, model),
    why: whyLine(ranked, topic, topicNames, followed),
    rank: placed.rank,
  };
}

/** A score with what its chance of being listed is made of, where that is learned. */
function explained({ candidate, score }: RankedPaper, model: ScoreModel | undefined): Score {
  if (score.chance === undefined || !model?.listingTerms) return score;
  return { ...score, chanceFor: strongestTerms(model.listingTerms(candidate.paper)) };
}

function editionPaper({ candidate, counts }: RankedPaper): EditionPaper {
  const { paper } = candidate;
  return {
    id: paper.id,
    ...(paper.version !== undefined && { version: paper.version }),
    title: paper.title,
    abstract: paper.abstract,
    authors: namedAuthors(paper.authors),
    authorCount: paper.authors.length,
    categories: paper.categories,
    links: paper.links,
    ...(paper.organization !== undefined && { organization: paper.organization }),
    ...(paper.doi !== undefined && { doi: paper.doi }),
    ...(paper.submittedAt !== undefined && { submittedAt: paper.submittedAt }),
    firstSeenAt: paper.firstSeenAt,
    source: paper.firstSource,
    counts,
  };
}

function namedAuthors(authors: readonly Author[]): readonly Author[] {
  return authors.length <= firstAuthors + 1
    ? authors
    : [...authors.slice(0, firstAuthors), ...authors.slice(-1)];
}

function titleOf({ candidate, matches }: RankedPaper, digest: Digest): TitleOnly {
  return {
    id: candidate.paper.id,
    title: candidate.paper.title,
    url: candidate.paper.links.abstract,
    topics: matches.map((match) => match.topic).filter((topic) => digest.topics.includes(topic)),
  };
}

function coverageOf(material: EditionMaterial, ranked: readonly RankedPaper[]): Coverage {
  const fresh = ranked.filter(({ candidate }) => candidate.isNew);
  const counts = new Map<string, number>();
  for (const { matches } of fresh) {
    const own = material.digest.topics.filter((topic) => matches.some((match) => match.topic === topic));
    if (own.length > 0) counts.set(own.join(' '), (counts.get(own.join(' ')) ?? 0) + 1);
  }
  return {
    ...(material.lastEditionAt !== undefined && { fromAt: material.lastEditionAt }),
    toAt: material.now,
    newPapers: fresh.length,
    newByTopics: [...counts]
      .map(([topics, count]) => ({ topics: topics.split(' '), count }))
      .toSorted((a, b) => (a.topics.join(' ') < b.topics.join(' ') ? -1 : 1)),
    revisedPapers: material.revisedPapers,
    sources: material.sources,
  };
}

/** Whether something new came and something is worth a pick; an edition without is not published. */
export function hasNews(edition: Edition): boolean {
  return edition.coverage.newPapers > 0 && (edition.sections.length > 0 || edition.outside.length > 0);
}
