/* The rows of mail that goes out and comes in. How values are held: `schema.ts`. */
import type { Generated } from 'kysely';

export interface SuppressionRow {
  address_hash: string;
  /** A digest's key, or `*` for all mail. */
  digest: string;
  reason: string;
  since_at: number;
}

export interface DeliveryRow {
  id: Generated<number>;
  edition_id: number;
  digest: string;
  address: string;
  address_hash: string;
  name: string | null;
  topics: string | null;
  state: string;
  attempts: number;
  next_attempt_at: number;
  lease_owner: string | null;
  lease_until: number | null;
  lease_epoch: number;
  message_id: string;
  prepared_at: number;
  ended_at: number | null;
  last_code: number | null;
  last_reply: string | null;
  /** The operator of the mailbox or its domain; '' in rows older than the column. */
  domain_key: Generated<string>;
  /** When it was given another try after an answer stayed out; null when never. */
  resent_at: number | null;
  /** The reader's own hour; null means at once. */
  due_at: number | null;
  /** First and last day of the editions that the mail puts together; null means the one edition alone. */
  covers_from: string | null;
  covers_to: string | null;
  /** JSON: whom its reader follows and which words they do not want; null for most. */
  wish: string | null;
}

/** An audience that is being frozen, block by block; the row goes when it is whole. */
export interface AudienceRow {
  edition_id: number;
  started_at: number;
  /** The hash of the last address looked at; '' before the first. */
  cursor: string;
  /** JSON: what became of the readers looked at. */
  counts: string;
}

/** One try at a delivery, at most one a lease; append-only. */
export interface AttemptRow {
  delivery_id: number;
  lease_epoch: number;
  started_at: number;
  /** When the marker was committed, just before the message was handed over. */
  handed_over_at: number | null;
  ended_at: number | null;
  result: string | null;
  code: number | null;
  reply: string | null;
}

/** How much mail went under a name (a relay, an operator of mailboxes, a digest) and how fast it may go on. */
export interface MailLimitRow {
  name: string;
  tokens: number;
  refilled_at: number;
  factor: number;
  slowed_at: number;
  paused_until: number;
  strikes: number;
  day_at: number;
  used_today: number;
}

/** A mail about a subscription itself. */
export interface NoticeRow {
  id: Generated<number>;
  kind: string;
  request_id: number | null;
  /** Of the subscriber whom it is about. */
  address_hash: string;
  asked_at: number;
  due_at: number;
  expires_at: number;
  state: Generated<string>;
  attempts: Generated<number>;
  lease_until: number | null;
  lease_owner: string | null;
}

/** A mail or request that came in, for ever. */
export interface InboundMessageRow {
  id: Generated<number>;
  via: string;
  received_at: number;
  /** JSON: addresses. */
  envelope_to: string;
  raw_hash: string;
  raw: Uint8Array;
  state: string;
  reason: string | null;
  handled_at: number | null;
}

/** What came back about an address; append-only. */
export interface BounceEventRow {
  id: Generated<number>;
  provider: string;
  event_id: string;
  delivery_id: number | null;
  message_id: number | null;
  address_hash: string;
  kind: string;
  reason: string | null;
  status: string | null;
  code: number | null;
  diagnostic: string;
  happened_at: number;
  received_at: number;
  action: string;
}

/** What a provider signs with in place of the body. */
export interface HookNonceRow {
  provider: string;
  nonce: string;
  body_hash: string;
  seen_at: number;
}
