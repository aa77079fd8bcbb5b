import type { SourceState } from '../domain/edition.ts';
import type { Instant } from '../domain/time.ts';
import type { SubscriptionCount } from '../store/subscriber-counts.ts';
import type { DeliveryCount, MailQueue, NewestEdition, SuppressionKind } from '../store/watch.ts';

/** A source as it was when it was last asked. */
export interface WatchedSource {
  readonly name: string;
  readonly state: SourceState['state'];
  readonly askedAt?: Instant;
  readonly lastOkAt?: Instant;
  readonly reason?: string;
}

/** A digest and its times. */
export interface WatchedDigest {
  readonly key: string;
  readonly lastSlotAt?: Instant;
  /** Undefined when the schedule never comes again. */
  readonly nextSlotAt?: Instant;
  /** A slot that is due, and until when its edition may wait for sources. */
  readonly due?: { readonly at: Instant; readonly deadlineAt: Instant };
  /** The last slot since the last edition of which nothing comes any more. */
  readonly missedAt?: Instant;
  readonly newest?: NewestEdition;
}

/** How an installation stands. */
export interface WatchState {
  readonly sources: readonly WatchedSource[];
  readonly digests: readonly WatchedDigest[];
  readonly queue: MailQueue;
  /** Of the editions of the last day. */
  readonly deliveries: readonly DeliveryCount[];
  /** Of the last day, by kind: `hard`, `soft`, `policy`, `complaint`. */
  readonly returned: Readonly<Record<string, number>>;
  readonly subscriptions: readonly SubscriptionCount[];
  readonly suppressions: Readonly<Record<SuppressionKind, number>>;
  readonly databaseBytes: number;
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number };
}
