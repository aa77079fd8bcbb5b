import type { Paper } from './paper.ts';
import type { Signal } from './signal.ts';
import type { TopicMatch } from './topic.ts';
import type { Instant } from './time.ts';

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
  /** The topics it was found to belong to before, by the same rules. */
  readonly matches?: readonly TopicMatch[];
  /** First met since the digest's last edition. */
  readonly isNew: boolean;
}
