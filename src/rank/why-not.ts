import { lateKey } from '../domain/edition.ts';
import type { CalendarDate, Instant } from '../domain/time.ts';
import { dayMs } from '../domain/time.ts';
import type { Paper } from '../domain/paper.ts';
import { oneDecimal } from './explain.ts';
import type { RankedPaper } from './rank.ts';
import type { PlacedPaper, Selection } from './select.ts';
import { canBeVotedFor, isGoodEnough, leastScore, outsideKey, selectedPapers } from './select.ts';

/** One paper and the edition it is looked for in. */
export interface WhyNotQuestion {
  readonly paper: Paper;
  /** The candidates of that edition, best first. */
  readonly ranked: readonly RankedPaper[];
  readonly selection: Selection;
  /** The digest's topic keys in order. */
  readonly topics: readonly string[];
  readonly topicNames: ReadonlyMap<string, string>;
  /** The earlier edition of the digest that picked it, if any. */
  readonly pickedOn?: CalendarDate;
  readonly windowDays: number;
  readonly mode: 'final' | 'early';
  /** The time the edition was made for. */
  readonly now: Instant;
}

/** Why a paper is not in an edition: facts, one a line; none when it is in it. */
export function whyNot(question: WhyNotQuestion): readonly string[] {
  const { paper, ranked, selection } = question;
  if (selectedPapers(selection).some((placed) => placed.ranked.candidate.paper.id === paper.id)) return [];
  if (question.pickedOn !== undefined) return [`already picked in the edition of ${question.pickedOn}`];
  const own = ranked.find((other) => other.candidate.paper.id === paper.id);
  return own ? whyNotPicked(own, question) : [whyNoCandidate(question)];
}

function whyNoCandidate({ paper, windowDays, now }: WhyNotQuestion): string {
  if (paper.firstSeenAt > now) return 'first seen only after this edition';
  const days = (now - paper.firstSeenAt) / dayMs;
  if (days > windowDays) return `too old: first seen ${oneDecimal(days)} days before, at most ${windowDays}`;
  return 'no source had announced it as new';
}

function whyNotPicked(own: RankedPaper, question: WhyNotQuestion): readonly string[] {
  const { ranked, selection, topics, topicNames } = question;
  const name = (topic: string): string => topicNames.get(topic) ?? topic;
  const matched = own.matches.map((match) => match.topic);
  const mine = matched.filter((topic) => topics.includes(topic));
  const facts = [`scored ${oneDecimal(own.score.value)}`];
  if (question.mode === 'early' && !own.candidate.isNew) {
    const late = selection.sections.find((section) => section.topic === lateKey)?.picks ?? [];
    return [...facts, `met before the last edition, so only a late riser in an early one${lastShown(late)}`];
  }
  const sections = selection.sections.filter((section) => mine.includes(section.topic));
  for (const topic of mine) {
    const rivals = ranked.filter((other) => other.matches.some((match) => match.topic === topic));
    const shown = sections.find((section) => section.topic === topic)?.picks ?? [];
    facts.push(`place ${rivals.indexOf(own) + 1} of ${rivals.length} in ${name(topic)}${lastShown(shown)}`);
  }
  if (mine.length === 0) {
    facts.push(
      matched.length > 0
        ? `in ${matched.map(name).join(', ')}, but in no topic of this digest`
        : 'outside every topic',
    );
    const rivals = ranked.filter((other) => !other.matches.some((match) => topics.includes(match.topic)));
    const { outside } = selection;
    facts.push(`place ${rivals.indexOf(own) + 1} of ${rivals.length} ${outsideKey}${lastShown(outside)}`);
  }
  const rooms = mine.length === 0 ? [selection.outside] : sections.map((section) => section.picks);
  if (canBeVotedFor(own) && own.score.value < leastScore) {
    facts.push(`below ${leastScore} expected votes, the least for a pick`);
  } else if (rooms.some((picks) => !isGoodEnough(own, picks[0]?.ranked))) {
    facts.push(`below ${leastScore} expected votes, and the best there has votes or twice as much`);
  }
  if (selection.alsoNew.includes(own)) facts.push('named by its title only');
  return facts;
}

function lastShown(picks: readonly PlacedPaper[]): string {
  const last = picks.at(-1);
  return last ? `, the last shown had ${oneDecimal(last.ranked.score.value)}` : ', none shown';
}
