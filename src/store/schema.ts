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

export interface Tables {
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
  installation: InstallationRow;
}
