import { createHash } from 'node:crypto';
import type { PaperId } from '../domain/paper.ts';
import type { DroppedEntry, Listing, ListingAnswer, ListingEntry, Validators } from '../domain/listing.ts';

/** What became of one item of an answer: an entry, a paper that was taken back, or the reason why it is neither. */
export type ReadItem = ListingEntry | DroppedEntry | WithdrawnEntry;

/** No entry of a paper, but word that it was taken back. */
export interface WithdrawnEntry extends DroppedEntry {
  readonly withdrawn: PaperId;
}

/** Entries in the source's order, each paper once: a second item of the same paper is dropped, and said so. */
export function collect(
  items: readonly ReadItem[],
): Pick<Listing, 'announced' | 'entries' | 'dropped' | 'withdrawn'> {
  const entries = new Map<string, ListingEntry>();
  const dropped: DroppedEntry[] = [];
  const withdrawn: PaperId[] = [];
  for (const item of items) {
    if ('withdrawn' in item) {
      withdrawn.push(item.withdrawn);
    } else if ('reason' in item) {
      dropped.push(item);
    } else if (entries.has(item.paper.id)) {
      dropped.push({ key: item.sourceKey, reason: `expected each paper once; ${item.paper.id} came again` });
    } else {
      entries.set(item.paper.id, item);
    }
  }
  return {
    announced: items.length - withdrawn.length,
    entries: [...entries.values()],
    dropped,
    ...(withdrawn.length > 0 && { withdrawn }),
  };
}

/**
 * `unchanged` when the listing says the same as the one that `before` was made of, else the listing with `http`'s
 * validators and the hash of what it says. By default that is its day and its entries as we read them, not the bytes:
 * times of generation and data that we do not use do not count as a change.
 */
export function listingAnswer(
  listing: Listing,
  before: Validators | undefined,
  http: Validators = {},
  said: readonly unknown[] = [listing.listDate, listing.entries, listing.dropped, listing.withdrawn],
): ListingAnswer {
  const bodyHash = createHash('sha256').update(JSON.stringify(said)).digest('hex');
  if (bodyHash === before?.bodyHash) return { state: 'unchanged' };
  return { state: 'read', listing, validators: { ...http, bodyHash } };
}
