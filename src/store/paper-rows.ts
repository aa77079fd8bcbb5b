/* The rows of papers, of what sources said, and of what is found out again. How values are held: `schema.ts`. */
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

/** What was known of a voted paper until it changed. */
export interface FormerFactsRow {
  paper_id: string;
  until_at: number;
  facts: string;
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
