import { createHash } from 'node:crypto';
import type { DroppedEntry, Listing, ListingAnswer, ListingEntry, Validators } from '../domain/listing.ts';

/** What became of one item of an answer: an entry, or the reason why it is none. */
export type ReadItem = ListingEntry | DroppedEntry;

/** Entries in the source's order, each paper once: a second item of the same paper is dropped, and said so. */
export function collect(items: readonly ReadItem[]): Pick<Listing, 'announced' | 'entries' | 'dropped'> {
  const entries = new Map<string, ListingEntry>();
  const dropped: DroppedEntry[] = [];
  for (const item of items) {
    if ('reason' in item) {
      dropped.push(item);
    } else if (entries.has(item.paper.id)) {
      dropped.push({ key: item.sourceKey, reason: `expected each paper once; ${item.paper.id} came again` });
    } else {
      entries.set(item.paper.id, item);
    }
  }
  return { announced: items.length, entries: [...entries.values()], dropped };
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
  said: readonly unknown[] = [listing.listDate, listing.entries, listing.dropped],
): ListingAnswer {
  const bodyHash = createHash('sha256').update(JSON.stringify(said)).digest('hex');
  if (bodyHash === before?.bodyHash) return { state: 'unchanged' };
  return { state: 'read', listing, validators: { ...http, bodyHash } };
}
