import { asError, SourceError, type SourceErrorCode } from '../errors.ts';
import { isMissing } from '../domain/edition.ts';
import type { PaperId } from '../domain/paper.ts';
import { dayMs, hourMs, utcMidnight, type CalendarDate, type Instant } from '../domain/time.ts';
import { beyondInWords, daysInWords, dueRequests, type DueRequests } from '../sources/catch-up.ts';
import type { HttpClient } from '../sources/http.ts';
import type { ListingRequest, NewestListOnly, Source } from '../sources/source.ts';
import { newsOnlyIn } from '../store/appearances.ts';
import type { Database } from '../store/database.ts';
import { lastListing, lastListingBefore, lastReadAt, lastValidators, wasRead } from '../store/listings.ts';
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
 * Reads all sources at `now`, with the list days missed since each was last good, and stores what is new. Each
 * listing is committed whole or not at all; a source that fails is reported and the others go on. An unchanged
 * listing writes nothing. A source of which days or papers cannot be had is `partial`, and the reason names them.
 */
export async function ingest(
  sources: readonly Source[],
  context: IngestContext,
): Promise<readonly SourceReport[]> {
  let done = 0;
  // What a source of newest lists lacks can be told when the others were read.
  const others = Promise.withResolvers<void>();
  const running = sources.map(async (source) => {
    const report = await ingestSource(source, { sources, othersRead: others.promise }, context);
    done += 1;
    context.onProgress?.(done, sources.length);
    return report;
  });
  const whole = running.filter((_, place) => !sources[place]?.newestListOnly);
  void Promise.allSettled(whole).then(() => others.resolve());
  return (await Promise.allSettled(running)).map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

async function ingestSource(
  source: Source,
  { sources, othersRead }: { readonly sources: readonly Source[]; readonly othersRead: Promise<void> },
  context: IngestContext,
): Promise<SourceReport> {
  const { db, now, signal, http } = context;
  const listings: ListingReport[] = [];
  const failures: RequestFailure[] = [];
  const unchanged: Health[] = [];
  const before = (await sourceStates(db)).get(source.name);
  const lastOkAt = before?.lastOkAt;
  let due: DueRequests = { requests: [], caughtUp: new Set() };
  try {
    due = await dueRequests(source, lastOkAt, now);
  } catch (error) {
    failures.push(failureOf('requests', error));
  }
  for (const request of due.requests) {
    signal.throwIfAborted();
    // A request that names its day is for that day, newest or not.
    const dueDate = request.listDate === undefined ? source.dueDate?.(now) : undefined;
    try {
      const validators = await lastValidators(db, source.name, request.key);
      // An earlier try to catch up had this day whole, and failed at another.
      const readAt = validators?.bodyHash && (await lastReadAt(db, source.name, request.key));
      if (due.caughtUp.has(request.key) && readAt && readAt > (lastOkAt ?? 0) && wasOver(request, readAt)) {
        continue;
      }
      const answer = await source.read(request, { now, signal, http, ...(validators && { validators }) });
      if (answer.state === 'unchanged') {
        unchanged.push(judgeUnchanged(await lastListing(db, source.name, request.key), dueDate));
      } else {
        listings.push(
          await storeListing(db, {
            requestKey: request.key,
            listing: answer.listing,
            validators: answer.validators,
            ...(lastOkAt !== undefined && { lastOkAt }),
            ...(dueDate !== undefined && { dueDate }),
          }),
        );
      }
    } catch (error) {
      if (signal.aborted) throw error;
      failures.push(failureOf(request.key, error));
    }
  }
  const read = standing(failures, [...listings.map((listing) => listing.health), ...unchanged]);
  if (source.newestListOnly) await othersRead;
  const lack = isMissing(read) ? undefined : await lackOf(source, due, sources, db);
  const outcome: Outcome = lack === undefined ? read : { state: 'partial', reason: lack };
  const isAsBefore = outcome.state === 'ok' && listings.length === 0;
  // Days out of reach are named once: from now on all is good again.
  if (lack !== undefined && due.beyond) await recordSourceState(db, source.name, now, read);
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

/** A list that grows during its day is whole after it; somewhere the day lasts 12 h longer than in UTC. */
function wasOver({ listDate }: ListingRequest, readAt: Instant): boolean {
  return listDate === undefined || readAt >= utcMidnight(listDate) + dayMs + 12 * hourMs;
}

interface Outcome {
  readonly state: SourceStanding;
  readonly reason?: string;
}

/** How a source stands by all its answers: the worst counts, and it is quiet only when every listing is. */
function standing(failures: readonly RequestFailure[], healths: readonly Health[]): Outcome {
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

/** What cannot be had of a source that answered well, in words, or undefined. */
async function lackOf(
  { name, newestListOnly }: Source,
  { beyond }: DueRequests,
  sources: readonly Source[],
  db: Database,
): Promise<string | undefined> {
  if (beyond) return beyondInWords(beyond);
  const last = newestListOnly && (await lastListing(db, name, newestListOnly.requestKey));
  if (!newestListOnly || !last) return undefined;
  const lost = await lostDays(name, newestListOnly, last.listDate, sources, db);
  if (lost.length > 0) return `the lists of ${daysInWords(lost)} were missed, and it has the newest only`;
  for (const other of sources) {
    const papers = await lackingPapers(name, newestListOnly, last.listDate, other, db);
    if (papers.length > 0) {
      return `expected all papers that ${other.name} has for ${last.listDate}; it lacks ${papers.length} new or cross-listed ones, the first ${papers[0]}`;
    }
  }
  return undefined;
}

/** List days just before the newest one that neither the source nor the whole lists of others had. */
async function lostDays(
  name: string,
  newest: NewestListOnly,
  newestDate: CalendarDate,
  sources: readonly Source[],
  db: Database,
): Promise<readonly CalendarDate[]> {
  const earlier = await lastListingBefore(db, name, newest.requestKey, newestDate);
  const days = earlier ? newest.listDatesBetween(earlier.listDate, newestDate) : [];
  const hasWholeList = async (category: string, day: CalendarDate): Promise<boolean> => {
    for (const { name: other, wholeLists } of sources) {
      if (!wholeLists?.categories.includes(category)) continue;
      if (await wasRead(db, other, wholeLists.requestKeys(category, day), day)) return true;
    }
    return false;
  };
  const lost: CalendarDate[] = [];
  for (const day of days) {
    if (await wasRead(db, name, [newest.requestKey], day)) continue;
    const had = await Promise.all(newest.categories.map((category) => hasWholeList(category, day)));
    if (!had.every(Boolean)) lost.push(day);
  }
  return lost;
}

/** Papers that another source announced as news of that day, in the categories of both, and `name` never named. */
async function lackingPapers(
  name: string,
  { categories }: NewestListOnly,
  listDate: CalendarDate,
  { name: other, wholeLists }: Source,
  db: Database,
): Promise<readonly PaperId[]> {
  const isShared = (category: string): boolean =>
    categories.some((own) => category === own || category.startsWith(`${own}.`));
  if (!wholeLists?.categories.some(isShared)) return [];
  const papers = await newsOnlyIn(db, other, name, listDate);
  const isAll = wholeLists.categories.every(isShared);
  return papers.filter((paper) => isAll || paper.categories.some(isShared)).map(({ id }) => id);
}
