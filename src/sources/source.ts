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

/** A place we read listings from. It knows its address, its format and its traps; nothing of the store. */
export interface Source {
  /** As configured. */
  readonly name: string;
  readonly kind: string;
  /** For people: the base URL or the files. */
  readonly address: string;
  /** What is worth asking at `now`, oldest day first. */
  requests(now: Instant): Promise<readonly ListingRequest[]> | readonly ListingRequest[];
  /** The newest list day that it should have announced by `now`, where its calendar is known. */
  dueDate?(now: Instant): CalendarDate;
  /** Rejects with a `SourceError`; other requests of the same source are not affected. */
  read(request: ListingRequest, context: ReadContext): Promise<ListingAnswer>;
}
