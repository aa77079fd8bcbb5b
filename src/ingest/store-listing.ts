import type { DroppedEntry, Listing, Validators } from '../domain/listing.ts';
import type { CalendarDate, Instant } from '../domain/time.ts';
import { utcMidnight } from '../domain/time.ts';
import { aliasedPapers } from '../store/aliases.ts';
import { chunks } from '../store/chunks.ts';
import type { Database, Queryable } from '../store/database.ts';
import { insertListing, lastListingBefore, lastReadAt } from '../store/listings.ts';
import { withdrawPapers } from '../store/papers.ts';
import { insertRevisions } from '../store/revisions.ts';
import { judgeListing, type Health } from './health.ts';
import { idsHash } from './ids-hash.ts';
import { storeBlock } from './store-block.ts';

export interface ListingReport {
  readonly requestKey: string;
  readonly listDate: CalendarDate;
  /** Entries in the answer, of each kind and dropped. */
  readonly announced: number;
  readonly announcedNew: number;
  readonly announcedCrossListed: number;
  readonly announcedRevised: number;
  readonly dropped: Listing['dropped'];
  /** Papers never seen before, announced as new or cross-listed. */
  readonly added: number;
  /** Papers that changed, known before or announced as a replacement. */
  readonly revised: number;
  readonly unchanged: number;
  /** Signals that were stored, because they differ from the last count. */
  readonly signals: number;
  /** How far it can be trusted. */
  readonly health: Health;
}

/** A listing as it was read, with what its judgement needs. */
export interface ReadListing {
  readonly requestKey: string;
  readonly listing: Listing;
  readonly validators: Validators;
  /** Our last good reading of the source before this one. */
  readonly lastOkAt?: Instant;
  /** The newest list day that the source should have announced by now, where its calendar is known. */
  readonly dueDate?: CalendarDate;
}

/** So many entries are compared at a time: enough to make the cost of a question small. */
const blockSize = 2_000;

/**
 * Stores one listing in one transaction: papers, what the source said, revisions, signals and the counts.
 * Reading the same listing again changes nothing but the count of readings. One that was read before a
 * listing that is stored already (a past day done again) adds what is missing and revises nothing: what the
 * source said then is not news. One that is partial or stale is stored too, but without its validators: it
 * will be asked for again whole.
 */
export async function storeListing(db: Database, read: ReadListing): Promise<ListingReport> {
  const { requestKey, lastOkAt } = read;
  return db.transaction().execute(async (transaction) => {
    const { source, listDate, readAt, hasVotes, entries } = read.listing;
    const lastAt = (await lastReadAt(transaction, source, requestKey)) ?? -Infinity;
    const seenAfter = lastTimeWithout(read.listing, lastOkAt);
    const isOutdated = readAt < lastAt;
    const of = {
      source,
      listDate,
      readAt,
      hasVotes,
      isOutdated,
      ...(seenAfter !== undefined && { seenAfter }),
    };
    const counts = { added: 0, revised: 0, unchanged: 0 };
    let signals = 0;
    const repeated: DroppedEntry[] = [];
    for (const block of chunks(entries, blockSize)) {
      const stored = await storeBlock(transaction, of, block);
      counts.added += stored.added;
      counts.revised += stored.revised;
      counts.unchanged += stored.unchanged;
      signals += stored.signals;
      repeated.push(...stored.repeated);
    }
    counts.revised += await storeWithdrawn(transaction, read.listing);
    const listing = { ...read.listing, dropped: [...read.listing.dropped, ...repeated] };
    const earlier = await lastListingBefore(transaction, source, requestKey, listDate);
    const health = judgeListing(listing, earlier, read.dueDate);
    const isWhole = health.state === 'ok' || health.state === 'quiet';
    await insertListing(
      transaction,
      requestKey,
      listing,
      counts,
      { health: health.state, idsHash: idsHash(listing) },
      isWhole && !isOutdated ? read.validators : {},
    );
    const count = (...kinds: readonly string[]): number =>
      entries.filter((entry) => kinds.includes(entry.kind)).length;
    return {
      requestKey,
      listDate,
      announced: listing.announced,
      announcedNew: count('new'),
      announcedCrossListed: count('cross-list'),
      announcedRevised: count('replacement', 'replacement-cross-list'),
      dropped: listing.dropped,
      ...counts,
      signals,
      health,
    };
  });
}

/** Papers taken back without an entry of their own; returns how many that was news of. */
async function storeWithdrawn(db: Queryable, listing: Listing): Promise<number> {
  const ids = listing.withdrawn ?? [];
  const aliases = await aliasedPapers(db, ids);
  const papers = ids.map((id) => aliases.get(id) ?? id);
  const withdrawn = await withdrawPapers(db, papers, listing.readAt);
  await insertRevisions(
    db,
    withdrawn.map((paperId) => ({
      paperId,
      source: listing.source,
      seenAt: listing.readAt,
      fields: ['withdrawn'],
    })),
  );
  return withdrawn.length;
}

/** Our last reading of the source without the papers that are new now; at least the start of the list day. */
function lastTimeWithout(
  listing: Pick<Listing, 'listDate' | 'readAt'>,
  lastOkAt: Instant | undefined,
): Instant | undefined {
  const known = [utcMidnight(listing.listDate), ...(lastOkAt === undefined ? [] : [lastOkAt])];
  const earlier = known.filter((at) => at < listing.readAt);
  return earlier.length > 0 ? Math.max(...earlier) : undefined;
}
