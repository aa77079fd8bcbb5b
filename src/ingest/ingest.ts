import { asError, SourceError, type SourceErrorCode } from '../errors.ts';
import type { Instant } from '../domain/time.ts';
import type { HttpClient } from '../sources/http.ts';
import type { ListingRequest, Source } from '../sources/source.ts';
import type { Database } from '../store/database.ts';
import { lastValidators } from '../store/listings.ts';
import { recordSourceFailure, recordSourceOk, sourceStates } from '../store/source-states.ts';
import { storeListing, type ListingReport } from './store-listing.ts';

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
