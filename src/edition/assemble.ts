import type { Candidate } from '../domain/candidate.ts';
import type { Digest } from '../domain/digest.ts';
import { lateKey } from '../domain/edition.ts';
import type { Coverage, Edition, Pick, SourceState, TitleOnly, UpdatedPaper } from '../domain/edition.ts';
import type { PaperId } from '../domain/paper.ts';
import type { CalendarDate, Instant } from '../domain/time.ts';
import type { Topic } from '../domain/topic.ts';
import { findFollowUps } from '../rank/follow-up.ts';
import type { PaperText } from '../rank/words.ts';
import { rankPapers, type RankedPaper } from '../rank/rank.ts';
import type { ScoreModel } from '../rank/score.ts';
import { select, selectedPapers, type PlacedPaper, type Selection } from '../rank/select.ts';
import { standingPool, type StandingPool } from '../rank/standing.ts';
import { compileTopics } from '../rank/topics.ts';
import { pickOf } from './pick.ts';

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
  /** All that could be picked, in order, picked or not. */
  readonly ranked: readonly RankedPaper[];
  /** These and the papers that the digest picked before, with which they were compared. */
  readonly compared: readonly RankedPaper[];
  readonly selection: Selection;
}

/** The edition that this material gives: the same material, the same edition, in whatever order it comes. */
export function assembleEdition(material: EditionMaterial): Assembled {
  const { digest, topics, now } = material;
  const compared = rankPapers({
    candidates: material.candidates,
    topics: compileTopics(topics),
    now,
    ...(material.model && { model: material.model }),
  });
  const ranked = compared.filter(({ candidate }) => !candidate.isTaken);
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
  const pool = poolOf(compared);
  const pick = (placed: PlacedPaper): Pick => {
    const { ranked: one, topic } = placed;
    const within = topicOf(one, topic);
    const standing = pool.standing(one.score.value, within);
    const earlier = followed.get(one.candidate.paper.id);
    return pickOf(placed, names, material.model, { earlier, standing });
  };
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
  return { edition, ranked, compared, selection };
}

/** Expected votes of all recent papers, of all and by topic. */
function poolOf(compared: readonly RankedPaper[]): StandingPool {
  const pool = standingPool();
  for (const { score, matches } of compared) {
    pool.add(
      score.value,
      matches.map((match) => match.topic),
    );
  }
  return pool;
}

/** The topic among whose papers it is compared: that of its section, else its best one. */
function topicOf({ matches }: RankedPaper, section: string): string | undefined {
  return (matches.find((match) => match.topic === section) ?? matches[0])?.topic;
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
  const places = new Map(material.digest.topics.map((topic, place) => [topic, place]));
  const counts = new Map<string, number>();
  for (const { matches } of fresh) {
    const own = matches
      .map(({ topic }) => topic)
      .filter((topic) => places.has(topic))
      .toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
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
