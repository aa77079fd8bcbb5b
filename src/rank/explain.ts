import type { Rise, Score, Standing } from '../domain/edition.ts';
import { plainLine, type PaperRecord } from '../domain/paper.ts';
import type { RankedPaper } from './rank.ts';
import type { Term } from './strongest-words.ts';
import type { PlacedTrend } from './trend.ts';

const longestLine = 110;
const longestTitle = 40;
const mostTerms = 4;
/** In log-odds: less is not worth a word. */
const leastShare = 0.1;
const manyAuthors = 10;
/** A trend is worth a word when few gained more among many. */
const fewestCompared = 20;
const topShare = 0.1;
/** From that share on few votes are still to come, about a day after listing. */
const settledShare = 0.85;

/** What a line says beside what the ranked paper itself tells. */
export interface LineFacts {
  /** The picked paper that this one goes on from. */
  readonly earlier?: Pick<PaperRecord, 'title'> | undefined;
  /** Where it stands among recent papers. */
  readonly standing?: Standing | undefined;
  /** In a list of what rises. */
  readonly rise?: Rise | undefined;
}

/**
 * Why a paper stands in a section: facts in one line of at most 110 characters, most telling first,
 * divided by ` · `. A fact without room is left out; can be empty.
 *
 * `topic` is the section's key or `outside`; `topicNames` maps keys to names.
 */
export function whyLine(
  ranked: RankedPaper,
  topic: string,
  topicNames: ReadonlyMap<string, string>,
  { earlier, standing, rise }: LineFacts = {},
): string {
  const { paper } = ranked.candidate;
  const facts = [
    placeFact(ranked, topic),
    earlier && `follow-up of “${cutTitle(plainLine(earlier.title))}”`,
    rise ? riseFact(rise, ranked) : votesFact(ranked),
    standing && standingFact(standing, topicNames),
    ranked.trend && trendFact(ranked.trend, topicNames),
    linksFact(ranked),
    ranked.counts.upvotes === undefined && paper.authors.length >= manyAuthors
      ? `${paper.authors.length} authors`
      : undefined,
    paper.organization && `by ${paper.organization}`,
  ];
  let line = '';
  for (const fact of facts) {
    if (!fact) continue;
    const longer = line ? `${line} · ${plainLine(fact)}` : plainLine(fact);
    if (longer.length <= longestLine) line = longer;
  }
  return line;
}

function cutTitle(title: string): string {
  const characters = Array.from(title);
  if (characters.length <= longestTitle) return title;
  return `${characters
    .slice(0, longestTitle - 1)
    .join('')
    .trimEnd()}…`;
}

/** The best rule that matched, of the section's topic before others; else the source's first category. */
function placeFact({ matches, candidate }: RankedPaper, topic: string): string | undefined {
  const match = matches.find((other) => other.topic === topic) ?? matches[0];
  if (match) return match.reasons[0];
  const [category] = candidate.paper.categories;
  return category && `category ${category}`;
}

function votesFact({ counts, trend, score }: RankedPaper): string | undefined {
  if (!counts.upvotes) return undefined;
  const votes = `${shortCount(counts.upvotes)} ${counts.upvotes === 1 ? 'vote' : 'votes'}`;
  const expected =
    score.shareIn < settledShare && Math.round(score.value) > counts.upvotes
      ? `, ${shortCount(Math.round(score.value))} expected`
      : '';
  if (!trend || trend.trend.gained <= 0) return votes + expected;
  const hours = `${Math.round(trend.trend.hours)} h`;
  if (trend.trend.gained === counts.upvotes) return `${votes} in ${hours}${expected}`;
  return `${votes}, +${shortCount(trend.trend.gained)} in ${hours}${expected}`;
}

function trendFact(
  { trend, within, place, of }: PlacedTrend,
  topicNames: ReadonlyMap<string, string>,
): string | undefined {
  if (of < fewestCompared || trend.gained <= 0 || place / of > topShare) return undefined;
  const name = within === undefined ? undefined : (topicNames.get(within) ?? within);
  return `fastest ${Math.ceil((100 * place) / of)} % ${name === undefined ? 'of all' : `in ${name}`}`;
}

/** `72 votes, +38 in 24 h, 4 usual`; the usual of a first day would be all. */
function riseFact({ signal, gained, hours, usual }: Rise, { counts }: RankedPaper): string {
  const name = signal === 'upvotes' ? 'votes' : signal;
  const now = counts[signal] ?? 0;
  const gain = `+${shortCount(gained)} in ${Math.round(hours)} h`;
  const least = usual === undefined ? '' : `, ${usual < 1 ? 'under 1' : shortCount(Math.round(usual))} usual`;
  return gained === now
    ? `${shortCount(now)} ${name} in ${Math.round(hours)} h`
    : `${shortCount(now)} ${name}, ${gain}${least}`;
}

/** `97th percentile in Robotics`: 97 of 100 recent papers there have less. */
function standingFact({ topic, percentile }: Standing, topicNames: ReadonlyMap<string, string>): string {
  const within = topic === undefined ? 'of all' : `in ${topicNames.get(topic) ?? topic}`;
  return `${ordinal(Math.floor(percentile * 100))} percentile ${within}`;
}

/** `1st`, `22nd`, `97th`; of 0 to 100. */
function ordinal(number: number): string {
  const ending = number % 100 >= 11 && number % 100 <= 13 ? 'th' : (endings[number % 10] ?? 'th');
  return `${number}${ending}`;
}

const endings: readonly (string | undefined)[] = [undefined, 'st', 'nd', 'rd'];

function linksFact({ candidate, counts }: RankedPaper): string | undefined {
  const { code, project } = candidate.paper.links;
  if (code !== undefined && counts.stars) {
    return `code, ${shortCount(counts.stars)} ${counts.stars === 1 ? 'star' : 'stars'}`;
  }
  if (code !== undefined) return 'code';
  return project === undefined ? undefined : 'project page';
}

/** The numbers behind a score, one fact a line, for the `why` verb. */
export function scoreFacts(score: Score): readonly string[] {
  const facts = [
    `score ${oneDecimal(score.value)} expected votes`,
    ...score.parts.map((part) => `${oneDecimal(part.value)} ${part.name}`),
  ];
  if (score.shareIn > 0) {
    const share = Math.round(score.shareIn * 100);
    facts.push(`${oneDecimal(score.ageHours)} h old, papers of this age have ${share} % of their votes`);
  } else {
    facts.push('on no list where people vote: votes expected times the chance of being listed there');
    if (score.chance !== undefined) facts.push(chanceFact(score.chance, score.chanceFor));
  }
  if (score.trend) {
    const { gained, hours, percentile } = score.trend;
    const sign = gained < 0 ? '' : '+';
    const share = Math.floor(percentile * 100);
    facts.push(
      `${sign}${gained} votes in ${oneDecimal(hours)} h, ${share} % of those compared gained less or as much`,
    );
  }
  if (score.standing) {
    const { topic, percentile, of } = score.standing;
    const share = Math.floor(percentile * 100);
    facts.push(
      `above ${share} % of ${of} recent papers ${topic === undefined ? 'of all topics' : `in ${topic}`}`,
    );
  }
  if (score.missing.length > 0) facts.push(`not known: ${score.missing.join(', ')}`);
  return facts;
}

function chanceFact(chance: number, chanceFor: readonly string[] = []): string {
  const reasons = chanceFor.length === 0 ? '' : `, most of all by: ${chanceFor.join(', ')}`;
  return `a chance of ${Math.round(100 * chance)} % of being listed${reasons}`;
}

/** The terms that move a chance most, in words: `“robot” for, authors against`. */
export function strongestTerms(terms: readonly Term[]): readonly string[] {
  return terms
    .filter(({ name, share }) => name !== 'usual' && name !== 'other words' && Math.abs(share) >= leastShare)
    .toSorted((a, b) => Math.abs(b.share) - Math.abs(a.share) || (a.name < b.name ? -1 : 1))
    .slice(0, mostTerms)
    .map(({ name, share }) => `${name} ${share > 0 ? 'for' : 'against'}`);
}

/** `12.3`; the same on every machine. */
export function oneDecimal(value: number): string {
  return value.toFixed(1);
}

/** `999`, `1.2k`, `12k`, `1.3M`. */
export function shortCount(value: number): string {
  if (value < 1000) return String(value);
  const [scaled, unit] = value < 999_500 ? [value / 1000, 'k'] : [value / 1_000_000, 'M'];
  return `${scaled < 9.95 ? scaled.toFixed(1).replace(/\.0$/, '') : scaled.toFixed(0)}${unit}`;
}
