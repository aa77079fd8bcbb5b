import type { Covers } from './covers.ts';
import type { Wish } from './subscriber.ts';
import type { Instant } from './time.ts';

/**
 * The states of one edition to one address.
 *
 * `pending -> leased -> in_doubt -> accepted | deferred | rejected | expired`; `suppressed` when the
 * reader left or the address is on the suppression list at the moment of submission.
 * `in_doubt` is committed just before the message is handed over: only an answer moves it on.
 */
export type DeliveryState =
  | 'pending'
  | 'leased'
  | 'in_doubt'
  | 'accepted'
  | 'deferred'
  | 'rejected'
  | 'expired'
  | 'suppressed';

export interface Delivery {
  readonly id: number;
  readonly editionId: number;
  readonly digest: string;
  readonly address: string;
  /** HMAC of the address key; unique with the edition. */
  readonly addressHash: string;
  readonly name?: string;
  /** Topic keys frozen at preparation; undefined means all. */
  readonly topics?: readonly string[];
  /** Several editions in one mail; undefined means the edition alone. */
  readonly covers?: Covers;
  /** Frozen at preparation; undefined for who follows nobody and mutes nothing. */
  readonly wish?: Wish;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextAttemptAt: Instant;
  readonly leaseEpoch: number;
  /** With angle brackets, the same in every attempt. */
  readonly messageId: string;
}

/** What a transport says of one try. */
export type SubmissionOutcome =
  | { readonly result: 'accepted'; readonly reply: string }
  /**
   * Told to try later: 4xx, or the connection failed before the hand-over. `about` is who asks for less mail, where it is
   * not this recipient alone: all of a domain, or the relay itself; `waitMs` how long, where it says so.
   */
  | {
      readonly result: 'deferred';
      readonly reply: string;
      readonly code?: number;
      readonly about?: 'domain' | 'relay';
      readonly waitMs?: number;
    }
  /** Refused for good: 5xx for this recipient. */
  | { readonly result: 'rejected'; readonly reply: string; readonly code?: number }
  /** Handed over, but no answer came. */
  | { readonly result: 'in_doubt'; readonly reply: string }
  /** Our own fault (bad login, blocked sender): the run pauses and nothing counts against the address. */
  | { readonly result: 'blocked'; readonly reply: string; readonly code?: number };
