import type { Candidate } from './candidate.ts';
import type { Paper } from './paper.ts';
import type { CalendarDate, Instant } from './time.ts';

/** One stored reading of a day's list of a source that counts votes. */
export interface PastReading {
  readonly listDate: CalendarDate;
  readonly readAt: Instant;
  /** Entries in the answer, and how many different papers could be read of them. */
  readonly announced: number;
  readonly papers: number;
}

/** What was known of a paper until it changed. */
export interface FormerFacts {
  readonly untilAt: Instant;
  readonly facts: Pick<Paper, 'authors' | 'links'> & {
    readonly organization?: string | undefined;
    readonly mediaCount?: number | undefined;
    readonly submitterFollowers?: number | undefined;
  };
}

/** A paper on such a list, with everything that was ever counted of it. */
export interface PastListing {
  readonly listDate: CalendarDate;
  readonly candidate: Candidate;
  /** Oldest first; the candidate's paper is as it is known now. */
  readonly former: readonly FormerFacts[];
}

/** What is stored of past days. */
export interface StoredPast {
  /** Oldest first. */
  readonly readings: readonly PastReading[];
  /** By list date and paper id; a paper listed on several days stands on the first. */
  readonly listings: readonly PastListing[];
}
