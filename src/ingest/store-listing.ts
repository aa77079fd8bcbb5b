import type { Listing, Validators } from '../domain/listing.ts';
import type { CalendarDate, Instant } from '../domain/time.ts';
import { utcMidnight } from '../domain/time.ts';
import { insertAppearances, saidBefore, updateAppearance } from '../store/appearances.ts';
import type { Database, Queryable } from '../store/database.ts';
import { insertListing, lastListingBefore, lastReadAt } from '../store/listings.ts';
import { insertPapers, insertRevision, knownPapers, updatePaper } from '../store/papers.ts';
import { storeSignals } from '../store/signals.ts';
import { idsHash, judgeListing, type Health } from './health.ts';
import { changedEntries, diffListing, isNews, type ChangedPaper, type ListingDiff } from './diff.ts';

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

/**
 * Stores one listing in one transaction: papers, what the source said, revisions, signals and the counts.
 * Reading the same listing again changes nothing but the count of readings. One that was read before a
 * listing that is stored already (a past day done again) adds what is missing and revises nothing: what the
 * source said then is not news. One that is partial or stale is stored too, but without its validators: it
 * will be asked for again whole.
 */
export async function storeListing(db: Database, read: ReadListing): Promise<ListingReport> {
  const { requestKey, listing, lastOkAt } = read;
  return db.transaction().execute(async (transaction) => {
    const ids = listing.entries.map((entry) => entry.paper.id);
    const changed = changedEntries(listing, await saidBefore(transaction, listing.source, ids));
    const diff = diffListing(
      { ...listing, entries: changed },
      await knownPapers(
        transaction,
        listing.source,
        changed.map((entry) => entry.paper.id),
      ),
    );
    const isOutdated =
      listing.readAt < ((await lastReadAt(transaction, listing.source, requestKey)) ?? -Infinity);
    const changes = isOutdated
      ? [...diff.revised, ...diff.completed].filter((change) => change.isFirstInSource)
      : [...diff.revised, ...diff.completed];
    await storeAdded(transaction, listing, diff, seenAfter(listing, lastOkAt));
    for (const change of changes) {
      await storeChanged(transaction, listing, change, seenAfter(listing, lastOkAt));
    }
    // A count equal to the last is not stored: one put in between would pass for the newest.
    const counted = isOutdated ? diff.added.map(({ entry }) => entry) : listing.entries;
    const signals = await storeSignals(
      transaction,
      listing.source,
      listing.readAt,
      counted.flatMap((entry) =>
        entry.signals.map((signal) => ({
          ...signal,
          paperId: entry.paper.id,
          source: listing.source,
          countedAt: listing.readAt,
        })),
      ),
    );
    const revised = changes.filter((change) => change.fields.length > 0);
    const counts = {
      added: diff.added.length,
      revised: revised.length + diff.addedAsRevised.length,
      unchanged: listing.entries.length - diff.added.length - diff.addedAsRevised.length - revised.length,
    };
    const earlier = await lastListingBefore(transaction, listing.source, requestKey, listing.listDate);
    const health = judgeListing(listing, earlier, read.dueDate);
    const isWhole = health.state === 'ok' || health.state === 'quiet';
    const judgement = { health: health.state, idsHash: idsHash(listing) };
    await insertListing(
      transaction,
      requestKey,
      listing,
      counts,
      judgement,
      isWhole && !isOutdated ? read.validators : {},
    );
    const count = (...kinds: readonly string[]): number =>
      listing.entries.filter((entry) => kinds.includes(entry.kind)).length;
    return {
      requestKey,
      listDate: listing.listDate,
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

/** Our last reading of the source without the papers that are new now; at least the start of the list day. */
function seenAfter(listing: Listing, lastOkAt: Instant | undefined): Instant | undefined {
  const known = [utcMidnight(listing.listDate), ...(lastOkAt === undefined ? [] : [lastOkAt])];
  const earlier = known.filter((at) => at < listing.readAt);
  return earlier.length > 0 ? Math.max(...earlier) : undefined;
}

async function storeAdded(
  db: Queryable,
  listing: Listing,
  diff: ListingDiff,
  after: Instant | undefined,
): Promise<void> {
  const unknown = [...diff.added, ...diff.addedAsRevised];
  await insertPapers(
    db,
    unknown.map(({ entry }) => ({
      paper: { ...entry.paper, firstSeenAt: listing.readAt, firstSource: listing.source },
      textSource: listing.source,
    })),
  );
  await insertAppearances(
    db,
    unknown.map(({ entry, said }) => ({
      source: listing.source,
      entry,
      said,
      isNews: isNews(entry),
      hasVotes: listing.hasVotes,
      listDate: listing.listDate,
      firstSeenAt: listing.readAt,
      ...(after !== undefined && { seenAfter: after }),
    })),
  );
}

async function storeChanged(
  db: Queryable,
  listing: Listing,
  change: ChangedPaper,
  after: Instant | undefined,
): Promise<void> {
  const { entry, said, record, textSource, fields, fromVersion } = change;
  const isRevised = fields.length > 0;
  await updatePaper(db, {
    id: record.id,
    record,
    textSource,
    ...(isRevised && { revisedAt: listing.readAt }),
  });
  if (change.isFirstInSource) {
    await insertAppearances(db, [
      {
        source: listing.source,
        entry,
        said,
        isNews: isNews(entry),
        hasVotes: listing.hasVotes,
        listDate: listing.listDate,
        firstSeenAt: listing.readAt,
        ...(after !== undefined && { seenAfter: after }),
      },
    ]);
  } else {
    await updateAppearance(db, {
      source: listing.source,
      paperId: record.id,
      said,
      ...(change.becameNews && { becameNewsAt: listing.readAt }),
    });
  }
  if (isRevised) {
    await insertRevision(db, {
      paperId: record.id,
      source: listing.source,
      seenAt: listing.readAt,
      fields,
      ...(fromVersion !== undefined && { fromVersion }),
      ...(record.version !== undefined && { toVersion: record.version }),
    });
  }
}
