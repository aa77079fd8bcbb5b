import { addDays, calendarDate, dayMs, type CalendarDate } from '../domain/time.ts';
import { asError, SourceError } from '../errors.ts';
import type { ListingRequest, Source } from '../sources/source.ts';
import { sourceStates } from '../store/source-states.ts';
import type { IngestContext, RequestFailure } from './ingest.ts';
import { storeListing } from './store-listing.ts';

/** Younger days are read as they are, with their papers as news. */
const youngestDays = 7;

export interface BackfillReport {
  readonly source: string;
  readonly listDays: number;
  readonly papers: number;
  /** Papers that were not known. */
  readonly added: number;
  readonly failures: readonly RequestFailure[];
}

/**
 * Reads past days of a source to learn from, oldest first, from `days` days ago to a week ago. Their papers are
 * stored with their votes of now and are never news: no edition picks them.
 */
export async function backfill(
  source: Source,
  days: number,
  context: IngestContext,
): Promise<BackfillReport> {
  const { db, http, now, signal } = context;
  const requests = await pastRequests(source, days, context);
  const failures: RequestFailure[] = [];
  let [listDays, papers, added] = [0, 0, 0];
  for (const [place, request] of requests.entries()) {
    signal.throwIfAborted();
    try {
      const answer = await source.read(request, { now, signal, http });
      if (answer.state === 'read') {
        const { listing, validators } = answer;
        const entries = listing.entries.map((entry) => ({ ...entry, kind: 'replacement' as const }));
        const report = await storeListing(db, {
          requestKey: request.key,
          listing: { ...listing, entries },
          validators,
        });
        listDays += listing.entries.length > 0 ? 1 : 0;
        papers += listing.entries.length;
        added += report.revised;
      }
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      const error = asError(thrown);
      failures.push({
        requestKey: request.key,
        code: error instanceof SourceError ? error.code : 'internal',
        message: error.message,
      });
    }
    context.onProgress?.(place + 1, requests.length);
  }
  return { source: source.name, listDays, papers, added, failures };
}

/** What the source would have been asked on each of those days about that very day. */
async function pastRequests(
  source: Source,
  days: number,
  { db, now }: IngestContext,
): Promise<readonly ListingRequest[]> {
  // Days since the last good reading are caught up with, and are news.
  const lastOkAt = (await sourceStates(db)).get(source.name)?.lastOkAt ?? now;
  const [young, read] = [
    addDays(calendarDate(now, 'Etc/UTC'), -youngestDays),
    addDays(calendarDate(lastOkAt, 'Etc/UTC'), -1),
  ];
  const lastDate = young < read ? young : read;
  const firstDate = addDays(calendarDate(now, 'Etc/UTC'), -days);
  const byKey = new Map<string, ListingRequest & { readonly listDate: CalendarDate }>();
  for (let back = days; back >= youngestDays; back -= 1) {
    for (const request of await source.requests(now - back * dayMs)) {
      const { listDate } = request;
      if (listDate !== undefined && listDate >= firstDate && listDate <= lastDate) {
        byKey.set(request.key, { ...request, listDate });
      }
    }
  }
  return [...byKey.values()].toSorted((a, b) => (a.listDate < b.listDate ? -1 : 1));
}
