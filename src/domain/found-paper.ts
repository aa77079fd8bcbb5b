import type { Paper } from './paper.ts';
import type { Instant } from './time.ts';

/** A paper that a search found, as it is known now. */
export interface FoundPaper {
  readonly paper: Paper;
  /** Higher for who was met later; for ever the same. */
  readonly seq: number;
  /** When it is said to have come in, in the feeds of searches: a whole second that no other paper has, for ever the same. */
  readonly entryAt: Instant;
  /** The published site has a page of it. */
  readonly hasPage: boolean;
  /** The latest count of the source that counted most; undefined where none counts. */
  readonly votes?: number;
}
