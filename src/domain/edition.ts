import type { Author, PaperId, PaperLinks, RevisedField } from './paper.ts';
import type { SignalKind } from './signal.ts';
import type { CalendarDate, Instant } from './time.ts';

/** One named part of a score. The numeric parts add up to the score. */
export interface ScorePart {
  readonly name: 'votes now' | 'still to come, by its own pace' | 'from topic, authors, links';
  readonly value: number;
}

/** How fast signals rise against what is usual. */
export interface Trend {
  /** Votes gained in the last `hours`. */
  readonly gained: number;
  /** Hours over which `gained` was counted, at most 24. */
  readonly hours: number;
  /** Share of the candidates that gained less or as much, 0 to 1. */
  readonly percentile: number;
}

/** Where a paper stands among the recent papers of a topic; fewer than 20 of them say nothing. */
export interface Standing {
  /** Undefined among those of all topics and of none. */
  readonly topic?: string;
  /** Share of them that have less, 0 to 1. */
  readonly percentile: number;
  /** How many they are, this one among them. */
  readonly of: number;
}

/** What one signal gained lately, against what is usual; lists of what is rising are ordered by `pace`. */
export interface Rise {
  readonly signal: SignalKind;
  /** From 0. */
  readonly gained: number;
  readonly hours: number;
  /** Of votes: how many a paper of this age with so many before usually gains in those hours. */
  readonly usual?: number;
  /** Of votes: how many it would end with if it always had gained as now, in expected final votes; else `gained`. */
  readonly pace: number;
}

/** The number we order by, in expected final votes, with its parts. */
export interface Score {
  readonly value: number;
  readonly parts: readonly ScorePart[];
  /** Hours since it was listed, as far as known. */
  readonly ageHours: number;
  /** Share of the final votes that a paper of this age usually has, 0 to 1. */
  readonly shareIn: number;
  /** On no list with votes: the chance of getting onto one, 0 to 1. */
  readonly chance?: number;
  /** What counts most for or against that chance, most first. */
  readonly chanceFor?: readonly string[];
  /** Signals that no source gave. */
  readonly missing: readonly SignalKind[];
  readonly trend?: Trend;
  /** Among recent papers of the topic it stands in. */
  readonly standing?: Standing;
  /** In a list that is not ordered by `value` but by what rises. */
  readonly rise?: Rise;
}

/** A paper as an edition shows it, frozen: everything a renderer needs. */
export interface EditionPaper {
  readonly id: PaperId;
  readonly version?: number;
  readonly title: string;
  readonly abstract: string;
  /** The first names in order and, when there are more, the last one at the end; `authorCount` counts all. */
  readonly authors: readonly Author[];
  readonly authorCount: number;
  readonly categories: readonly string[];
  readonly links: PaperLinks;
  readonly organization?: string;
  readonly doi?: string;
  readonly submittedAt?: Instant;
  readonly firstSeenAt: Instant;
  readonly source: string;
  /** Latest known counts at the edition's time. */
  readonly counts: Readonly<Partial<Record<SignalKind, number>>>;
}

/** A paper chosen for a topic in an edition, with the reason. */
export interface Pick {
  readonly paper: EditionPaper;
  /** The section it stands in; `outside` for the block outside all topics of the digest. */
  readonly topic: string;
  /** Keys of the other topics it belongs to. */
  readonly alsoIn: readonly string[];
  readonly score: Score;
  /** Facts in one line: `"tool use" in title · +38 votes in 24 h · code`. */
  readonly why: string;
  /** Place by score over the whole edition, from 1, unique. */
  readonly rank: number;
}

export interface EditionSection {
  readonly topic: string;
  readonly name: string;
  readonly picks: readonly Pick[];
}

/** A paper shown before that changed. */
export interface UpdatedPaper {
  readonly id: PaperId;
  /** The section it was picked for. */
  readonly topics: readonly string[];
  readonly version?: number;
  readonly title: string;
  readonly url: string;
  readonly fields: readonly RevisedField[];
}

/** A paper named by its title only. */
export interface TitleOnly {
  readonly id: PaperId;
  readonly title: string;
  readonly url: string;
  readonly topics: readonly string[];
}

/** How a source stood when the edition was made. */
export interface SourceState {
  readonly name: string;
  readonly state: 'ok' | 'quiet' | 'partial' | 'stale' | 'failed' | 'never read';
  /** Papers first met through it since the last edition. */
  readonly added: number;
  readonly lastReadAt?: Instant;
  /** Why it is partial, stale or failed, one sentence. */
  readonly reason?: string;
}

/** Something of the source may be missing in the edition. */
export function isMissing(source: { readonly state: SourceState['state'] }): boolean {
  return source.state !== 'ok' && source.state !== 'quiet';
}

export interface Coverage {
  /** Since the last edition of this digest; undefined in the first. */
  readonly fromAt?: Instant;
  readonly toAt: Instant;
  /** Papers first seen in that time. */
  readonly newPapers: number;
  /** The new papers by the set of the digest's topics they belong to, so that any choice of topics can be counted. */
  readonly newByTopics: readonly { readonly topics: readonly string[]; readonly count: number }[];
  readonly revisedPapers: number;
  readonly sources: readonly SourceState[];
}

/** The section of an early edition for papers that rose after the last edition was made; no topic has this key. */
export const lateKey = 'late-risers';

/** One dated issue of a digest: frozen when published. Every output is made from it and nothing else. */
export interface Edition {
  readonly digest: string;
  readonly digestName: string;
  /** The digest's topics in the order of its sections, also those without a pick today. */
  readonly topics: readonly { readonly key: string; readonly name: string }[];
  /** The local date in the digest's zone; unique within the digest. */
  readonly editionDate: CalendarDate;
  /** From 1, without gaps, within the digest. */
  readonly number: number;
  /** When it was frozen; no output holds another "now". */
  readonly publishedAt: Instant;
  readonly zone: string;
  readonly sections: readonly EditionSection[];
  readonly outside: readonly Pick[];
  readonly updated: readonly UpdatedPaper[];
  readonly alsoNew: readonly TitleOnly[];
  readonly coverage: Coverage;
}

/** All picks of an edition, best first. */
export function editionPicks(edition: Edition): readonly Pick[] {
  return [...edition.sections.flatMap((section) => section.picks), ...edition.outside].toSorted(
    (a, b) => a.rank - b.rank,
  );
}

/** Places of the lead: two minutes of reading. */
export const leadPlaces = 8;
/** Picks of one section in the lead. */
const mostOfASectionInLead = 3;

/**
 * All picks in the order in which the lead is filled: best first, but of the first eight at most three stand in one
 * section as long as others are there, so that a large field does not fill it. Ranks stay what they are.
 */
export function leadOrder(edition: Edition): readonly Pick[] {
  const shares = new Map<string, number>();
  const [lead, rest]: [Pick[], Pick[]] = [[], []];
  for (const pick of editionPicks(edition)) {
    const share = (shares.get(pick.topic) ?? 0) + 1;
    const hasRoom = lead.length < leadPlaces && share <= mostOfASectionInLead;
    if (hasRoom) shares.set(pick.topic, share);
    (hasRoom ? lead : rest).push(pick);
  }
  return [...lead, ...rest];
}

/**
 * The edition as a reader of some of its topics gets it: the picks that belong to one of them, also those
 * that stand in a section the reader did not choose, each in the first of its topics that they did; and what
 * is outside all topics of the digest.
 */
export function editionFor(edition: Edition, topics: readonly string[]): Edition {
  const sections = new Map(
    edition.topics
      .filter(({ key }) => topics.includes(key))
      .map(({ key, name }) => [key, { topic: key, name, picks: new Array<Pick>() }]),
  );
  for (const pick of editionPicks(edition)) {
    const own = [pick.topic, ...pick.alsoIn];
    const topic = own.find((key) => sections.has(key));
    if (topic !== undefined) {
      sections.get(topic)?.picks.push({ ...pick, topic, alsoIn: own.filter((key) => key !== topic) });
    }
  }
  return {
    ...edition,
    sections: [...sections.values()].filter((section) => section.picks.length > 0),
    updated: edition.updated.filter((paper) => paper.topics.some((topic) => topics.includes(topic))),
    alsoNew: edition.alsoNew.filter((paper) => paper.topics.some((topic) => topics.includes(topic))),
  };
}

/**
 * `214 new in your topics, 12 shown, 2 from outside`, for a reader of these topics (all of the digest's when
 * undefined). Some of what is shown can be older: a paper that rises late has its place too.
 */
export function coverageCounts(
  edition: Edition,
  topics?: readonly string[],
): { newInTopics: number; shown: number; outside: number } {
  const newInTopics = edition.coverage.newByTopics
    .filter((group) => group.topics.some((topic) => topics?.includes(topic) ?? true))
    .reduce((sum, group) => sum + group.count, 0);
  const { sections, outside } = topics ? editionFor(edition, topics) : edition;
  const shown = sections.reduce((sum, section) => sum + section.picks.length, 0);
  return { newInTopics, shown, outside: outside.length };
}

/** The path of an edition's page below the site's root: `editions/daily/2026-11-24/`. */
export function editionPath(edition: { digest: string; editionDate: CalendarDate }): string {
  return `editions/${edition.digest}/${edition.editionDate}/`;
}
