import type { Listing } from '../domain/listing.ts';
import { calendarDate, hourMs, type CalendarDate } from '../domain/time.ts';
import type { EarlierListing } from '../store/listings.ts';
import { idsHash } from './ids-hash.ts';

/**
 * `ok`; `quiet`: nothing announced, as expected; `partial`: cut off or half filled; `stale`: the same as
 * before although a new listing is due. The last two are no news of the source: they are tried again and
 * every edition made meanwhile says so.
 */
export type Health =
  | { readonly state: 'ok' | 'quiet' }
  | { readonly state: 'partial' | 'stale'; readonly reason: string };

/** A list of at least so many papers that shrinks to less than a tenth is half filled, not a slow day. */
const usualSize = 20;
const leastShare = 0.1;
/** A list of which less than half can be read has another form than we know. */
const leastRead = 0.5;

/**
 * How far a listing can be trusted. `dueDate` is the newest list day that the source should have announced by
 * now, where its calendar is known.
 */
export function judgeListing(
  listing: Listing,
  earlier: EarlierListing | undefined,
  dueDate: CalendarDate | undefined,
): Health {
  const cut = listing.dropped.find((entry) => entry.key === 'document');
  if (cut) return { state: 'partial', reason: cut.reason };
  if (dueDate !== undefined && listing.listDate < dueDate) return late(listing.listDate, dueDate);
  if (listing.quiet) return { state: 'quiet' };
  const [unread] = listing.dropped;
  if (unread && listing.entries.length < listing.announced * leastRead) {
    return {
      state: 'partial',
      reason: `${listing.announced - listing.entries.length} of ${listing.announced} entries could not be read, the first: ${unread.reason}`,
    };
  }
  if (!earlier || listing.rhythm === undefined) return { state: 'ok' };
  if (listing.entries.length > 0 && earlier.idsHash === idsHash(listing)) {
    return {
      state: 'stale',
      reason: `expected another list on ${listing.listDate}; it has the same papers as that of ${earlier.listDate}`,
    };
  }
  if (
    !isGrowing(listing) &&
    earlier.announced >= usualSize &&
    listing.announced < earlier.announced * leastShare
  ) {
    return {
      state: 'partial',
      reason: `expected about ${earlier.announced} papers as on ${earlier.listDate}; got ${listing.announced}`,
    };
  }
  return { state: 'ok' };
}

/** A list that fills during its day is short in the morning; somewhere the day lasts 12 h longer than in UTC. */
function isGrowing({ rhythm, listDate, readAt }: Listing): boolean {
  return rhythm === 'growing' && listDate >= calendarDate(readAt - 12 * hourMs, 'Etc/UTC');
}

/** How far an unchanged answer can be trusted: not when the calendar says that a new listing is due. */
export function judgeUnchanged(
  earlier: EarlierListing | undefined,
  dueDate: CalendarDate | undefined,
): Health {
  return earlier && dueDate !== undefined && earlier.listDate < dueDate
    ? late(earlier.listDate, dueDate)
    : { state: 'ok' };
}

function late(listDate: CalendarDate, dueDate: CalendarDate): Health {
  return { state: 'stale', reason: `expected the list of ${dueDate}; it still shows that of ${listDate}` };
}
