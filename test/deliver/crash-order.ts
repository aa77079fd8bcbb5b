import type { InDoubtPolicy } from '../../src/deliver/resolve.ts';

/** Submissions at once of a sender. */
export const connections = 5;

/** What a sender is told to do. */
export interface Order {
  readonly path: string;
  readonly keyFile: string;
  readonly port: number;
  readonly at: number;
  readonly policy: InDoubtPolicy;
  readonly isThrottled: boolean;
  /** Sends what is due and ends; else it goes on until nothing is left. */
  readonly isOneRound: boolean;
}
