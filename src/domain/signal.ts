import type { PaperId } from './paper.ts';
import type { Instant } from './time.ts';

export type SignalKind = 'upvotes' | 'comments' | 'stars' | 'citations';

/** A count that a source told us, before it is tied to a time. */
export interface SignalCount {
  readonly kind: SignalKind;
  /** A whole number from 0. Not monotonic: votes can be taken back. */
  readonly value: number;
}

/** One counted fact about a paper at one time. Append-only; a value equal to the last is not stored again. */
export interface Signal extends SignalCount {
  readonly paperId: PaperId;
  readonly source: string;
  readonly countedAt: Instant;
}
