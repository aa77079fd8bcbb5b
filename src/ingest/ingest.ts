import { asError, SourceError, type SourceErrorCode } from '../errors.ts';
import type { Instant } from '../domain/time.ts';
import type { HttpClient } from '../sources/http.ts';
import type { ListingRequest, Source } from '../sources/source.ts';
import type { Database } from '../store/database.ts';
import { lastListing, lastValidators } from '../store/listings.ts';
import { recordSourceState, sourceStates, type SourceStanding } from '../store/source-states.ts';
import { judgeUnchanged, type Health } from './health.ts';
import { storeListing, type ListingReport } from './store-listing.ts';

export interface RequestFailure {
  readonly requestKey: string;
  readonly code: SourceErrorCode | 'internal';
  readonly message: string;
}

export interface SourceReport {
  readonly source: string;
  readonly address: string;
  /** The worst of its answers; `unchanged` when all were as before, as expected. */
  readonly state: SourceStanding | 'unchanged';
  /** Why it is partial, stale or failed, one sentence. */
  readonly reason?: string;
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
  const ended = await Promise.allSettled(
    sources.map(async (source) => {
      const report = await ingestSource(source, context);
      done += 1;
      context.onProgress?.(done, sources.length);
      return report;
    }),
  );
  return ended.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

async function ingestSource(source: Source, context: IngestContext): Promise<SourceReport> {
  const { db, now, signal, http } = context;
  const listings: ListingReport[] = [];
  const failures: RequestFailure[] = [];
  const unchanged: Health[] = [];
  const before = (await sourceStates(db)).get(source.name);
  let requests: readonly ListingRequest[] = [];
  try {
    requests = await source.requests(now);
  } catch (error) {
    failures.push(failureOf('requests', error));
  }
  for (const request of requests) {
    signal.throwIfAborted();
    // A request that names its day is for that day, newest or not.
    const dueDate = request.listDate === undefined ? source.dueDate?.(now) : undefined;
    try {
      const validators = await lastValidators(db, source.name, request.key);
      const answer = await source.read(request, { now, signal, http, ...(validators && { validators }) });
      if (answer.state === 'unchanged') {
        unchanged.push(judgeUnchanged(await lastListing(db, source.name, request.key), dueDate));
      } else {
        listings.push(
          await storeListing(db, {
            requestKey: request.key,
            listing: answer.listing,
            validators: answer.validators,
            ...(before?.lastOkAt !== undefined && { lastOkAt: before.lastOkAt }),
            ...(dueDate !== undefined && { dueDate }),
          }),
        );
      }
    } catch (error) {
      if (signal.aborted) throw error;
      failures.push(failureOf(request.key, error));
    }
  }
  const outcome = standing(failures, [...listings.map((listing) => listing.health), ...unchanged]);
  const isAsBefore = outcome.state === 'ok' && listings.length === 0;
  await recordSourceState(db, source.name, now, isAsBefore && before?.state === 'quiet' ? before : outcome);
  return {
    source: source.name,
    address: source.address,
    ...outcome,
    ...(isAsBefore && { state: 'unchanged' }),
    listings,
    unchangedListings: unchanged.length,
    failures,
  };
}

/** How a source stands by all its answers: the worst counts, and it is quiet only when every listing is. */
function standing(
  failures: readonly RequestFailure[],
  healths: readonly Health[],
): { readonly state: SourceStanding; readonly reason?: string } {
  const [failure] = failures;
  if (failure) return { state: 'failed', reason: failure.message };
  const untrusted = healths.find((health) => health.state === 'stale' || health.state === 'partial');
  if (untrusted) return untrusted;
  return {
    state: healths.length > 0 && healths.every((health) => health.state === 'quiet') ? 'quiet' : 'ok',
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
