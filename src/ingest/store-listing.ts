import type { DroppedEntry, Listing, ListingEntry, StreamedListing, Validators } from '../domain/listing.ts';
import type { CalendarDate, Instant } from '../domain/time.ts';
import { utcMidnight } from '../domain/time.ts';
import { aliasedPapers } from '../store/aliases.ts';
import type { Database, Queryable } from '../store/database.ts';
import { insertListing, lastListingBefore, lastReadAt } from '../store/listings.ts';
import { insertRevisions, withdrawPapers } from '../store/papers.ts';
import { judgeListing, type Health } from './health.ts';
import { emptyIdsHash, type IdsHash } from './ids-hash.ts';
import { storeBlock, type BlockOf } from './store-block.ts';

export interface ListingReport {
  readonly requestKey: string;
  readonly listDate: CalendarDate;
  /** Entries in the answer, of each kind and dropped. */
  readonly announced: number;
  readonly announcedNew: number;
  readonly announcedCrossListed: number;
  readonly announcedRevised: number;
  /** The first thousand, with the reasons. */
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
  readonly listing: Listing | StreamedListing;
  readonly validators: Validators;
  /** Our last good reading of the source before this one. */
  readonly lastOkAt?: Instant;
  /** The newest list day that the source should have announced by now, where its calendar is known. */
  readonly dueDate?: CalendarDate;
}

/** So many entries are compared at a time: enough to make the cost of a question small, few enough to hold. */
const blockSize = 2_000;
const mostDroppedNamed = 1_000;

/**
 * Stores one listing in one transaction: papers, what the source said, revisions, signals and the counts.
 * Reading the same listing again changes nothing but the count of readings. One that was read before a
 * listing that is stored already (a past day done again) adds what is missing and revises nothing: what the
 * source said then is not news. One that is partial or stale is stored too, but without its validators: it
 * will be asked for again whole. Memory does not grow with a streamed listing.
 */
export async function storeListing(db: Database, read: ReadListing): Promise<ListingReport> {
  const { requestKey, listing, lastOkAt } = read;
  return db.transaction().execute(async (transaction) => {
    const lastAt = (await lastReadAt(transaction, listing.source, requestKey)) ?? -Infinity;
    const seenAfter = lastTimeWithout(listing, lastOkAt);
    const of: BlockOf = {
      source: listing.source,
      listDate: listing.listDate,
      readAt: listing.readAt,
      hasVotes: listing.hasVotes,
      isOutdated: listing.readAt < lastAt,
      ...(seenAfter !== undefined && { seenAfter }),
    };
    const tally = newTally();
    for await (const block of blocksOf(listing, tally)) {
      const counts = await storeBlock(transaction, of, block);
      tally.added += counts.added;
      tally.revised += counts.revised;
      tally.unchanged += counts.unchanged;
      tally.signals += counts.signals;
    }
    tally.revised += await storeWithdrawn(transaction, listing);
    const announced = 'entries' in listing ? listing.announced : tally.read + tally.droppedCount;
    const dropped = 'entries' in listing ? listing.dropped : tally.dropped;
    const summary = {
      ...listing,
      announced,
      dropped,
      read: tally.read,
      idsHash: tally.ids.text(),
    };
    const earlier = await lastListingBefore(transaction, listing.source, requestKey, listing.listDate);
    const health = judgeListing(summary, earlier, read.dueDate);
    const isWhole = health.state === 'ok' || health.state === 'quiet';
    await insertListing(
      transaction,
      requestKey,
      summary,
      tally,
      { health: health.state, idsHash: summary.idsHash },
      isWhole && !of.isOutdated ? read.validators : {},
    );
    const { added, revised, unchanged, signals, kinds } = tally;
    return {
      requestKey,
      listDate: listing.listDate,
      announced,
      announcedNew: kinds.new,
      announcedCrossListed: kinds['cross-list'],
      announcedRevised: kinds.replacement + kinds['replacement-cross-list'],
      dropped,
      added,
      revised,
      unchanged,
      signals,
      health,
    };
  });
}

interface Tally {
  read: number;
  added: number;
  revised: number;
  unchanged: number;
  signals: number;
  droppedCount: number;
  readonly dropped: DroppedEntry[];
  readonly kinds: Record<ListingEntry['kind'], number>;
  readonly ids: IdsHash;
}

function newTally(): Tally {
  return {
    read: 0,
    added: 0,
    revised: 0,
    unchanged: 0,
    signals: 0,
    droppedCount: 0,
    dropped: [],
    kinds: { new: 0, 'cross-list': 0, replacement: 0, 'replacement-cross-list': 0 },
    ids: emptyIdsHash(),
  };
}

/** The entries in blocks, each counted in `tally` as it passes. */
async function* blocksOf(listing: Listing | StreamedListing, tally: Tally): AsyncGenerator<ListingEntry[]> {
  let block: ListingEntry[] = [];
  for await (const item of 'entries' in listing ? listing.entries : listing.items) {
    if ('reason' in item) {
      tally.droppedCount += 1;
      if (tally.dropped.length < mostDroppedNamed) tally.dropped.push(item);
      continue;
    }
    tally.read += 1;
    tally.kinds[item.kind] += 1;
    tally.ids.add(item.paper.id);
    block.push(item);
    if (block.length < blockSize) continue;
    yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}

/** Papers taken back without an entry of their own; returns how many that was news of. */
async function storeWithdrawn(db: Queryable, listing: Listing | StreamedListing): Promise<number> {
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
