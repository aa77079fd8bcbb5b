import { cut } from '../text.ts';

export interface SubjectFacts {
  /** `Tue 24 Nov`, or what several editions cover. */
  readonly date: string;
  /** Names of the topics that have picks, in order. */
  readonly topics: readonly string[];
  /** Picks in those topics. */
  readonly inTopics: number;
  /** Picks of those whom the reader follows, which stand apart. */
  readonly followed: number;
  /** Picks outside. */
  readonly outside: number;
  /** Title of the best pick, plain text; undefined without picks. */
  readonly leadTitle: string | undefined;
  readonly isSample: boolean;
}

const maxLength = 110;
const maxTopics = 3;
const maxNamesLength = 50;

/**
 * One line that helps to decide: `Tue 24 Nov · 6 papers for Agents, Retrieval · Title of the best`; names
 * of topics only where all of them fit, else their number.
 * At most about 110 characters; the title gives way first.
 */
export function subjectLine(facts: SubjectFacts): string {
  const opening = [facts.isSample ? '[Sample]' : '', facts.date].filter(Boolean).join(' ');
  const start = `${opening} · ${whatIsIn(facts)}`;
  if (facts.leadTitle === undefined) return start;
  return `${start} · ${cut(facts.leadTitle, Math.max(30, maxLength - start.length - 3))}`;
}

function whatIsIn({ topics, inTopics, followed, outside }: SubjectFacts): string {
  if (followed > 0) {
    const own = `${papers(followed)} from those you follow`;
    return inTopics === 0 ? own : `${own}, ${inTopics} more`;
  }
  if (inTopics === 0)
    return outside === 0 ? 'no papers in your topics' : `${papers(outside)} outside your topics`;
  const names = topics.join(', ');
  if (topics.length > 1 && (topics.length > maxTopics || names.length > maxNamesLength)) {
    return `${papers(inTopics)} in ${topics.length} topics`;
  }
  return `${papers(inTopics)} for ${cut(names, maxNamesLength)}`;
}

function papers(count: number): string {
  return `${count} ${count === 1 ? 'paper' : 'papers'}`;
}
