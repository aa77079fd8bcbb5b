import type { ListingAnswer, Validators } from '../domain/listing.ts';
import type { CalendarDate, Instant } from '../domain/time.ts';
import type { HttpClient } from './http.ts';

/** One listing that a source can be asked for. */
export interface ListingRequest {
  /** Stable and unique within the source, e.g. `date=2025-10-13`: validators and counts are stored under it. */
  readonly key: string;
  /** The source's own day, where the request names it. */
  readonly listDate?: CalendarDate;
}

export interface ReadContext {
  readonly now: Instant;
  /** What the last answer to the same request key gave. */
  readonly validators?: Validators;
  readonly signal: AbortSignal;
  readonly http: HttpClient;
}

/** What is known of a source that gives its newest list only: a day on which it was not read is lost to it. */
export interface NewestListOnly {
  /** Key of its one request. */
  readonly requestKey: string;
  readonly categories: readonly string[];
  /** The list days after one day and before another, oldest first. */
  listDatesBetween(after: CalendarDate, before: CalendarDate): readonly CalendarDate[];
}

/** What is known of a source that gives the whole list of each category, also of past days. */
export interface WholeLists {
  readonly categories: readonly string[];
  /** Keys of the requests that may have read the list of a category and a day. */
  requestKeys(category: string, listDate: CalendarDate): readonly string[];
}

/** A place we read listings from. It knows its address, its format and its traps; nothing of the store. */
export interface Source {
  /** As configured. */
  readonly name: string;
  readonly kind: string;
  /** For people: the base URL or the files. */
  readonly address: string;
  /**
   * What is worth asking at `now`, oldest day first. Asked for a past `now`, the keys of that time: a source that can
   * give past days names the day in the key, and so it is caught up with after days off.
   */
  requests(now: Instant): Promise<readonly ListingRequest[]> | readonly ListingRequest[];
  /**
   * Its lists grow and collect votes during their day: worth asking every two hours, for the time at which we first
   * see a paper is the only age that it tells.
   */
  readonly growsByDay?: true;
  /** The newest list day that it should have announced by `now`, where its calendar is known. */
  dueDate?(now: Instant): CalendarDate;
  /** Where a missed day cannot be had from it. */
  readonly newestListOnly?: NewestListOnly;
  /** Where it can tell what another source of the same categories lacks. */
  readonly wholeLists?: WholeLists;
  /** Rejects with a `SourceError`; other requests of the same source are not affected. */
  read(request: ListingRequest, context: ReadContext): Promise<ListingAnswer>;
}
