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
