/* The rows of readers and of what they said. How values are held: `schema.ts`. */
import type { Generated } from 'kysely';

/** A person with an address. */
export interface SubscriberRow {
  id: Generated<number>;
  address: string;
  address_hash: string;
  name: string | null;
  language: string | null;
  /** IANA zone of `minute_of_day`; null means the digest's. */
  zone: string | null;
  minute_of_day: number | null;
  /** No mail before that local day. */
  paused_until: string | null;
  /** JSON: authors, labs and words. */
  follows: Generated<string>;
  /** JSON: words of papers that are not shown. */
  muted: Generated<string>;
  /** The secret of the private feed; null until it is asked for. */
  feed_key: string | null;
  origin: string;
  created_at: number;
  changed_at: number;
  changed_by: string;
}

/** subscriber x digest. */
export interface SubscriptionRow {
  subscriber_id: number;
  digest: string;
  state: string;
  /** JSON: keys of topics; null means all of the digest. */
  topics: string | null;
  cadence: Generated<string>;
  changed_at: number;
  /** Who had the last word: what the reader said is not overruled by a file. */
  changed_by: string;
}

/** Who said yes or no to what, when and how; append-only. */
export interface ConsentRow {
  id: Generated<number>;
  address_hash: string;
  /** A digest's key, or `*`. */
  digest: string;
  act: string;
  at: number;
  way: string;
  /** Names the text that they said yes to. */
  wording: string | null;
  client_hash: string | null;
}

/** What somebody asked for on a page and has not, or just, said yes to by the link in a mail. */
export interface RequestRow {
  id: Generated<number>;
  kind: string;
  /** Of the subscriber whom it is about. */
  address_hash: string;
  /** The address that is to be written to from then on. */
  new_address: string;
  /** JSON: what was chosen in the form. */
  choice: Generated<string>;
  wording: string | null;
  client_hash: string | null;
  asked_at: number;
  expires_at: number;
  state: Generated<string>;
}

/** How often somebody asked in a window of time. */
export interface RequestCountRow {
  /** What is counted and, in a hash, of whom. */
  subject: string;
  window_at: number;
  count: number;
}

/** What was answered to a request of the API, by the hash of the key that it carried. */
export interface IdempotencyKeyRow {
  key_hash: string;
  /** Stands for all of the request. */
  fingerprint: string;
  /** Of the person whom it is about. */
  address_hash: string;
  status: number;
  /** JSON: value by name. */
  headers: string;
  body: string | null;
  answered_at: number;
}
