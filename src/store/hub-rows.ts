/* The rows of the hub. How values are held: `schema.ts`. */
import type { Generated } from 'kysely';

/** A feed as the hub was last told of it. */
export interface HubTopicRow {
  /** The feed's absolute address. */
  topic: string;
  /** Its file below the published folder. */
  path: string;
  content_type: string;
  content_hash: string;
  announced_at: number;
}

/** A server that gets a feed whenever it changes, until its lease ends. */
export interface HubSubscriptionRow {
  topic: string;
  callback: string;
  host: string;
  /** Signs what is sent to it. */
  secret: string | null;
  subscribed_at: number;
  expires_at: number;
  /** What it got last. */
  delivered_hash: string | null;
}

/** Something that is still to be told to another server: gone once it was told or given up. */
export interface HubMessageRow {
  id: Generated<number>;
  /** `intent` (a question about a subscription), `content` (a changed feed) or `ping` (to another's hub). */
  lane: string;
  topic: string;
  /** The callback or the hub. */
  target: string;
  host: string;
  /** Of an intent: `subscribe`, `unsubscribe` or `denied`. */
  mode: string | null;
  lease_seconds: number | null;
  secret: string | null;
  reason: string | null;
  /** Of content and ping: what the feed had become. */
  content_hash: string | null;
  attempts: number;
  next_attempt_at: number;
  lease_owner: string | null;
  lease_until: number | null;
  lease_epoch: number;
}
