import type { Candidate } from './candidate.ts';
import type { CalendarDate, Instant } from './time.ts';

/** One stored reading of a day's list of a source that counts votes. */
export interface PastReading {
  readonly listDate: CalendarDate;
  readonly readAt: Instant;
  /** Entries in the answer, and how many different papers could be read of them. */
  readonly announced: number;
  readonly papers: number;
}

/** A paper on such a list, with everything that was ever counted of it. */
export interface PastListing {
  readonly listDate: CalendarDate;
  readonly candidate: Candidate;
  /** When a source first told of its code, where that was after it was first met. */
  readonly codeAddedAt?: Instant;
}

/** What is stored of past days. */
export interface StoredPast {
  /** Oldest first. */
  readonly readings: readonly PastReading[];
  /** By list date and paper id; a paper listed on several days stands on the first. */
  readonly listings: readonly PastListing[];
}
