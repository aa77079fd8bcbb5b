/**
 * The rows, one interface a table. Instants are integers in epoch milliseconds, calendar days are
 * `YYYY-MM-DD`, lists and objects are JSON text: both dialects hold them alike.
 */
import type { Generated } from 'kysely';

export interface PaperRow {
  id: string;
  version: number | null;
  title: string;
  abstract: string;
  authors: string;
  categories: string;
  keywords: string;
  links: string;
  organization: string | null;
  doi: string | null;
  submitted_at: number | null;
  media_count: number | null;
  submitter_followers: number | null;
  first_seen_at: number;
  first_source: string;
  /** The source whose title, abstract and authors are shown. */
  text_source: string;
  revised_at: number | null;
  comments: string | null;
  withdrawn_at: number | null;
  /** JSON: the source of each field. */
  origins: string;
}

/** A paper in a source: one row for ever. */
export interface AppearanceRow {
  source: string;
  paper_id: string;
  /** The source's own id of the entry we met first. */
  source_key: string;
  /** 1 when the source announced it as new or cross-listed, 0 while only as a replacement. */
  is_news: number;
  /** 1 when the source counts votes. */
  has_votes: number;
  list_date: string;
  listed_at: number | null;
  /** The last time we read the source without it; null when there was none. */
  seen_after: number | null;
  first_seen_at: number;
  /** Hashes of what the source said, by field, to tell what it changed. */
  said: string;
  /** One hash of it all; null in rows older than the column. */
  said_hash: string | null;
}

/** What ranking learned of the past; append-only. */
export interface ModelRow {
  id: Generated<number>;
  kind: string;
  fitted_at: number;
  from_date: string;
  to_date: string;
  list_days: number;
  papers: number;
  body: string;
}

/** What ranking found out about a paper's text, by the rules and the model of that name. */
export interface PaperFactsRow {
  paper_id: string;
  basis: string;
  /** JSON: the topics it belongs to. */
  matches: string;
  /** What its words add to ln(1 + expected votes); null where no model had learned words. */
  word_share: number | null;
  /** Its chance of getting onto a list with votes; null where no model had learned that. */
  chance: number | null;
}

/** Another id of a paper, e.g. its DOI: a source that uses it means the same paper. */
export interface AliasRow {
  alias: string;
  paper_id: string;
}

export interface RevisionRow {
  id: Generated<number>;
  paper_id: string;
  source: string;
  seen_at: number;
  from_version: number | null;
  to_version: number | null;
  fields: string;
}

export interface SignalRow {
  paper_id: string;
  kind: string;
  source: string;
  counted_at: number;
  value: number;
}

/** One answer of a source that was not the same as the one before. */
export interface ListingRow {
  id: Generated<number>;
  source: string;
  request_key: string;
  /** The request key without its day: listings of one series can be compared. */
  series: string;
  list_date: string;
  read_at: number;
  quiet: number;
  announced: number;
  added: number;
  revised: number;
  unchanged: number;
  dropped: string;
  etag: string | null;
  last_modified: string | null;
  body_hash: string | null;
  /** `ok`, `quiet`, `partial` or `stale`. */
  health: string;
  ids_hash: string;
}

export interface SourceStateRow {
  source: string;
  /** `ok`, `quiet`, `partial`, `stale` or `failed`, when it was last asked. */
  state: string;
  reason: string | null;
  asked_at: number;
  last_ok_at: number | null;
}

export interface EditionRow {
  id: Generated<number>;
  digest: string;
  edition_date: string;
  number: number;
  published_at: number;
  /** When its audience was frozen; null until then. */
  prepared_at: number | null;
  content: string;
}

/** A paper is picked once a digest. */
export interface PickRow {
  digest: string;
  paper_id: string;
  edition_id: number;
  topic: string;
}

export interface SlotRow {
  digest: string;
  slot_at: number;
  /** The local day that the schedule means. */
  slot_date: string;
  owner: string;
  lease_until: number;
  finished_at: number | null;
  outcome: string | null;
}

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

/** Who has the one connection to a group of hosts, and when the next request may start. */
export interface PaceRow {
  host_group: string;
  owner: string;
  busy_until: number;
  next_at: number;
}

/** What is fixed at installation: the authority of `tag:` ids, the secret of tokens. */
export interface InstallationRow {
  key: string;
  value: string;
}

/** What was known of a voted paper until it changed. */
export interface FormerFactsRow {
  paper_id: string;
  until_at: number;
  facts: string;
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

/** How often somebody asked in a window of time. */
export interface RequestCountRow {
  /** What is counted and, in a hash, of whom. */
  subject: string;
  window_at: number;
  count: number;
}

/** A list over several days; one that is final is never made again. */
export interface ViewRow {
  id: Generated<number>;
  kind: string;
  period: string;
  from_date: string;
  to_date: string;
  made_at: number;
  is_final: number;
  content: string;
}

/** A paper that stood in the trending view, as it stood there first. */
export interface TrendingEntryRow {
  paper_id: string;
  entered_at: number;
  edition_date: string;
  entry_rank: number;
  pick: string;
}

/** A paper that can be searched. `seq` is its row in the search index: who was met later has a higher one. */
export interface SearchPaperRow {
  seq: Generated<number>;
  paper_id: string;
  /** The day by which it is searched. */
  dated_on: string;
  /** Seconds since 1970; null only before the end of the transaction that writes the row. */
  entry_second: number | null;
}

/** A paper that is new or changed since it was read for the search; can stand there twice. */
export interface SearchQueueRow {
  place: Generated<number>;
  paper_id: string;
}

/** One row: by which rules papers were read, and how often the index has changed. */
export interface SearchStateRow {
  id: number;
  basis: string;
  generation: number;
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

export interface Tables {
  views: ViewRow;
  trending_entries: TrendingEntryRow;
  papers: PaperRow;
  appearances: AppearanceRow;
  aliases: AliasRow;
  paper_facts: PaperFactsRow;
  models: ModelRow;
  revisions: RevisionRow;
  former_facts: FormerFactsRow;
  signals: SignalRow;
  listings: ListingRow;
  source_states: SourceStateRow;
  editions: EditionRow;
  picks: PickRow;
  slots: SlotRow;
  suppressions: SuppressionRow;
  deliveries: DeliveryRow;
  attempts: AttemptRow;
  paces: PaceRow;
  mail_limits: MailLimitRow;
  subscribers: SubscriberRow;
  subscriptions: SubscriptionRow;
  consents: ConsentRow;
  requests: RequestRow;
  notices: NoticeRow;
  request_counts: RequestCountRow;
  installation: InstallationRow;
  search_papers: SearchPaperRow;
  search_queue: SearchQueueRow;
  search_state: SearchStateRow;
  hub_topics: HubTopicRow;
  hub_subscriptions: HubSubscriptionRow;
  hub_messages: HubMessageRow;
  inbound_messages: InboundMessageRow;
  bounce_events: BounceEventRow;
  hook_nonces: HookNonceRow;
}
