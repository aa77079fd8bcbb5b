import type { Author, Paper } from '../../src/domain/paper.ts';
import type { Signal, SignalKind } from '../../src/domain/signal.ts';
import { dayMs, hourMs, parseInstant } from '../../src/domain/time.ts';
import type { Topic } from '../../src/domain/topic.ts';
import type { Candidate } from '../../src/domain/candidate.ts';

export const now = parseInstant('2026-11-18T06:00:00Z') ?? 0;

export function hoursAgo(hours: number): number {
  return now - hours * hourMs;
}

export function topic(key: string, rules: Partial<Topic> = {}): Topic {
  return { key, name: key, include: [key], exclude: [], categories: [], keywords: [], ...rules };
}

export function authors(count: number): readonly Author[] {
  return Array.from({ length: count }, (_, place) => ({ name: `Author ${place}` }));
}

/** An invented paper of seven authors, sent in two days ago. */
export function paper(number: number, said: Partial<Paper> = {}): Paper {
  return {
    id: `arxiv:2611.${String(number).padStart(5, '0')}`,
    title: `On the matter of ${number}`,
    abstract: 'We look at it.',
    authors: authors(7),
    categories: [],
    keywords: [],
    links: { abstract: `https://papers.example.org/${number}` },
    submittedAt: now - 2 * dayMs,
    firstSeenAt: hoursAgo(8),
    firstSource: 'voted',
    origins: {},
    ...said,
  };
}

export function count(kind: SignalKind, value: number, hours: number, source = 'voted'): Signal {
  return { paperId: 'arxiv:2611.00001', source, kind, value, countedAt: hoursAgo(hours) };
}

/** A candidate that voters could see for that many hours. */
export function voted(subject: Paper, votes: number, hours = 8): Candidate {
  return {
    paper: subject,
    signals: [{ ...count('upvotes', votes, 0), paperId: subject.id }],
    listedAt: hoursAgo(hours),
    seenAt: hoursAgo(hours),
    hasVotes: true,
    isNew: true,
  };
}

/** A candidate that is only on lists without votes. */
export function unvoted(subject: Paper, hours = 8): Candidate {
  return { paper: subject, signals: [], seenAt: hoursAgo(hours), hasVotes: false, isNew: true };
}
