import type { CalendarDate, Instant } from './time.ts';

/** A person with an address, as the operator's files or the store know them. */
export interface Subscriber {
  /** As written; compared by `addressKey`. */
  readonly address: string;
  readonly name?: string;
  /** When their mail is due; undefined means with the edition. */
  readonly hour?: ReadingHour;
  readonly subscriptions: readonly Subscription[];
}

/** A time of the day in a place. */
export interface ReadingHour {
  /** 0 to 1439. */
  readonly minuteOfDay: number;
  /** IANA zone; undefined means the digest's. */
  readonly zone?: string;
}

/** subscriber x digest. */
export interface Subscription {
  readonly digest: string;
  /** Topic keys; undefined means all topics of the digest. */
  readonly topics?: readonly string[];
  readonly state: 'pending' | 'confirmed' | 'unsubscribed';
  /** Undefined where whoever names it says nothing about it. */
  readonly cadence?: Cadence;
}

/**
 * How often mail comes: with every edition, with those that are dated from Monday to Friday, or once for all editions of
 * a week or a month, with the first edition after it.
 */
export const cadences = ['every', 'weekdays', 'weekly', 'monthly'] as const;
export type Cadence = (typeof cadences)[number];

/** Whose word a choice is. What readers said themselves is not overruled by a file or an import. */
export const choosers = ['file', 'reader', 'import', 'operator'] as const;
export type Chooser = (typeof choosers)[number];

/** Where a subscriber came from. */
export const origins = ['file', 'sign-up', 'import', 'operator'] as const;
export type Origin = (typeof origins)[number];

/** Names and phrases whose papers come first. */
export interface Follows {
  readonly authors: readonly string[];
  readonly labs: readonly string[];
  readonly words: readonly string[];
}

export const noFollows: Follows = { authors: [], labs: [], words: [] };

/** What comes first for a reader and what they do not want to see. */
export interface Wish {
  readonly follows: Follows;
  /** Papers with one of these words are not shown. */
  readonly muted: readonly string[];
}

/** What a subscriber can choose for all digests. */
export interface Profile {
  readonly name?: string;
  /** BCP 47. */
  readonly language?: string;
  readonly hour?: ReadingHour;
  /** No mail before that day. */
  readonly pausedUntil?: CalendarDate;
  readonly follows: Follows;
  /** Papers with one of these words are not shown. */
  readonly muted: readonly string[];
}

export interface StoredSubscription extends Subscription {
  readonly cadence: Cadence;
  readonly changedAt: Instant;
  readonly changedBy: Chooser;
}

/** A subscriber as the store knows them. */
export interface StoredSubscriber extends Profile {
  readonly id: number;
  readonly address: string;
  readonly addressHash: string;
  readonly origin: Origin;
  readonly createdAt: Instant;
  readonly changedAt: Instant;
  /** Whose word the profile is. */
  readonly changedBy: Chooser;
  readonly subscriptions: readonly StoredSubscription[];
}

/** One spelling of an address for comparing: trimmed, NFC, all in lower case. */
export function addressKey(address: string): string {
  return address.normalize('NFC').trim().toLowerCase();
}

const addressForm = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+\.[^\s@<>()[\]\\,;:".]{2,}$/;

/** Whether mail can be addressed to it: one `@`, a dot in the domain, no spaces, quotes or control characters, at most 254 octets (RFC 5321). */
export function isAddress(text: string): boolean {
  return addressForm.test(text) && !/\p{Cc}/u.test(text) && Buffer.byteLength(text) <= 254;
}
