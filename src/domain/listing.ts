import type { PaperId, PaperRecord } from './paper.ts';
import type { SignalCount } from './signal.ts';
import type { CalendarDate, Instant } from './time.ts';

/** arXiv's announce types in our words; every other source announces `new`. Relative to the listing, not a property of the paper. */
export type EntryKind = 'new' | 'cross-list' | 'replacement' | 'replacement-cross-list';

export interface ListingEntry {
  /** The source's own id of this entry, e.g. `oai:arXiv.org:2510.01234v2`. */
  readonly sourceKey: string;
  readonly kind: EntryKind;
  readonly paper: PaperRecord;
  /** When the source put it on the list, where it tells exactly. */
  readonly listedAt?: Instant;
  readonly signals: readonly SignalCount[];
}

export interface DroppedEntry {
  /** The id or place of the entry in the answer. */
  readonly key: string;
  /** What was expected and what came. */
  readonly reason: string;
}

/** What a source announced at one time. Entries are unique by paper id, in the source's order. */
export interface Listing {
  /** The configured name of the source. */
  readonly source: string;
  /** The source's own day. */
  readonly listDate: CalendarDate;
  readonly readAt: Instant;
  /** Number of entries that the answer held, also those we dropped. */
  readonly announced: number;
  readonly entries: readonly ListingEntry[];
  readonly dropped: readonly DroppedEntry[];
  /** Whether the source tells that it announces nothing on this day (weekend, holiday). */
  readonly quiet: boolean;
  /**
   * How the source fills a day's list: `batch`, at once; `growing`, during its day. Undefined where it has no
   * daily lists, so that two of its answers may well hold the same papers.
   */
  readonly rhythm?: 'batch' | 'growing';
  /** The source counts people's votes, so that a paper in it without votes is known to have none. */
  readonly hasVotes: boolean;
  /** Papers that it says were taken back, without an entry. */
  readonly withdrawn?: readonly PaperId[];
}

/** What HTTP needs to ask again only for a change, and what we compare where the server has neither. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
  /** SHA-256 of the parsed-relevant body, hex. */
  readonly bodyHash?: string;
}

export type ListingAnswer =
  | { readonly state: 'unchanged' }
  | { readonly state: 'read'; readonly listing: Listing; readonly validators: Validators };
