import { asError, SourceError, type SourceErrorCode } from '../errors.ts';
import type { Listing, Validators } from '../domain/listing.ts';
import type { CalendarDate, Instant } from '../domain/time.ts';
import { utcMidnight } from '../domain/time.ts';
import type { HttpClient } from '../sources/http.ts';
import type { ListingRequest, Source } from '../sources/source.ts';
import type { Database, Queryable } from '../store/database.ts';
import { insertListing, lastReadAt, lastValidators } from '../store/listings.ts';
import {
  insertAppearances,
  insertPapers,
  insertRevision,
  knownPapers,
  updateAppearance,
  updatePaper,
} from '../store/papers.ts';
import { storeSignals } from '../store/signals.ts';
import { recordSourceFailure, recordSourceOk, sourceStates } from '../store/source-states.ts';
import { diffListing, isNews, type ChangedPaper, type ListingDiff } from './diff.ts';

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
  readonly quiet: boolean;
}

export interface RequestFailure {
  readonly requestKey: string;
  readonly code: SourceErrorCode | 'internal';
  readonly message: string;
}

export interface SourceReport {
  readonly source: string;
  readonly address: string;
  readonly state: 'ok' | 'quiet' | 'unchanged' | 'failed';
  /** The listings that said something new; an unchanged one leaves no report. */
  readonly listings: readonly ListingReport[];
  readonly unchangedListings: number;
  /** A source with any failure is `failed`; what it did answer is kept all the same. */
  readonly failures: readonly RequestFailure[];
}

export interface IngestContext {
  readonly db: Database;
  readonly http: HttpClient;
  readonly now: Instant;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Reads all sources at `now` and stores what is new. Each listing is committed whole or not at all; a
 * source that fails is reported and the others go on. An unchanged listing writes nothing.
 */
export async function ingest(
  sources: readonly Source[],
  context: IngestContext,
): Promise<readonly SourceReport[]> {
  let done = 0;
  return Promise.all(
    sources.map(async (source) => {
      const report = await ingestSource(source, context);
      done += 1;
      context.onProgress?.(done, sources.length);
      return report;
    }),
  );
}

async function ingestSource(source: Source, context: IngestContext): Promise<SourceReport> {
  const listings: ListingReport[] = [];
  const failures: RequestFailure[] = [];
  let unchangedListings = 0;
  const lastOkAt = (await sourceStates(context.db)).get(source.name)?.lastOkAt;
  let requests: readonly ListingRequest[] = [];
  try {
    requests = await source.requests(context.now);
  } catch (error) {
    failures.push(failureOf('requests', error));
  }
  for (const request of requests) {
    context.signal.throwIfAborted();
    try {
      const validators = await lastValidators(context.db, source.name, request.key);
      const answer = await source.read(request, {
        now: context.now,
        signal: context.signal,
        http: context.http,
        ...(validators && { validators }),
      });
      if (answer.state === 'unchanged') unchangedListings += 1;
      else {
        listings.push(
          await storeListing(context.db, request.key, answer.listing, answer.validators, lastOkAt),
        );
      }
    } catch (error) {
      if (context.signal.aborted) throw error;
      failures.push(failureOf(request.key, error));
    }
  }
  const isQuiet = listings.length === 0 ? undefined : listings.every((listing) => listing.quiet);
  const [failure] = failures;
  if (failure) await recordSourceFailure(context.db, source.name, context.now, failure.message);
  else await recordSourceOk(context.db, source.name, context.now, isQuiet);
  return {
    source: source.name,
    address: source.address,
    state: failure ? 'failed' : isQuiet ? 'quiet' : listings.length === 0 ? 'unchanged' : 'ok',
    listings,
    unchangedListings,
    failures,
  };
}

function failureOf(requestKey: string, thrown: unknown): RequestFailure {
  const error = asError(thrown);
  return {
    requestKey,
    code: error instanceof SourceError ? error.code : 'internal',
    message: error.message,
  };
}

/**
 * Stores one listing in one transaction: papers, what the source said, revisions, signals and the counts.
 * Reading the same listing again changes nothing but the count of readings. One that was read before a
 * listing that is stored already (a past day done again) adds what is missing and revises nothing: what the
 * source said then is not news.
 */
export async function storeListing(
  db: Database,
  requestKey: string,
  listing: Listing,
  validators: Validators,
  lastOkAt: Instant | undefined,
): Promise<ListingReport> {
  return db.transaction().execute(async (transaction) => {
    const ids = listing.entries.map((entry) => entry.paper.id);
    const diff = diffListing(listing, await knownPapers(transaction, listing.source, ids));
    const isOutdated = listing.readAt < ((await lastReadAt(transaction, listing.source)) ?? -Infinity);
    const changes = isOutdated
      ? diff.completed.filter((change) => change.isFirstInSource)
      : [...diff.revised, ...diff.completed];
    await storeAdded(transaction, listing, diff, seenAfter(listing, lastOkAt));
    for (const change of changes) {
      await storeChanged(transaction, listing, change, seenAfter(listing, lastOkAt));
    }
    const signals = await storeSignals(
      transaction,
      listing.source,
      listing.readAt,
      listing.entries.flatMap((entry) =>
        entry.signals.map((signal) => ({
          ...signal,
          paperId: entry.paper.id,
          source: listing.source,
          countedAt: listing.readAt,
        })),
      ),
    );
    const counts = {
      added: diff.added.length,
      revised: (isOutdated ? 0 : diff.revised.length) + diff.addedAsRevised.length,
      unchanged: diff.unchanged + diff.completed.length + (isOutdated ? diff.revised.length : 0),
    };
    await insertListing(transaction, requestKey, listing, counts, validators);
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
      quiet: listing.quiet,
    };
  });
}

/** Our last reading of the source without the papers that are new now; at least the start of the list day. */
function seenAfter(listing: Listing, lastOkAt: Instant | undefined): Instant | undefined {
  const earlier = [utcMidnight(listing.listDate), lastOkAt ?? -Infinity].filter((at) => at < listing.readAt);
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
