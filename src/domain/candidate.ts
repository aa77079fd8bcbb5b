import type { Paper } from './paper.ts';
import type { Signal } from './signal.ts';
import type { TopicMatch } from './topic.ts';
import type { Instant } from './time.ts';

/** What ranking finds out about a paper's text alone. */
export interface PaperFacts {
  /** The topics it belongs to, best first. */
  readonly matches: readonly TopicMatch[];
  /** What its words add to ln(1 + expected votes); undefined where no model has learned words. */
  readonly wordShare?: number;
  /** Its chance of getting onto a list with votes; undefined where no model has learned that. */
  readonly chance?: number;
}

/** A paper that an edition could pick, with all that ranking may know of it at that time. */
export interface Candidate {
  readonly paper: Paper;
  /** Everything counted of it so far, oldest first. */
  readonly signals: readonly Signal[];
  /** When a source that counts votes put it on its list, where it tells exactly. */
  readonly listedAt?: Instant;
  /** When we first met it on the list that gives the votes, else as news; together with `seenAfter` it brackets an unknown `listedAt`. */
  readonly seenAt: Instant;
  /** Our last reading of that source without it, or the start of its list day. */
  readonly seenAfter?: Instant;
  /** Some source that has it counts votes. */
  readonly hasVotes: boolean;
  /** What was found out about its text before, by the same rules and the same model. */
  readonly facts?: PaperFacts;
  /** First met since the digest's last edition. */
  readonly isNew: boolean;
  /** Picked by the digest before: it is compared with, and not picked again. */
  readonly isTaken?: boolean;
}
