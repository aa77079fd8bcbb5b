import type { BounceReason } from './report.ts';

/** What a server writes when it refuses, and what that means. */
export interface WordRule {
  readonly reason: BounceReason;
  /** Looks at the refusal on one line in lower case, with `<address>` in place of every mail address. */
  readonly pattern: RegExp;
  /** An invented refusal that this rule is the first to know. */
  readonly example: string;
}
