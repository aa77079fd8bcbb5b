import { dayMs, type Instant } from '../domain/time.ts';
import { asError } from '../errors.ts';
import type { HttpClient } from '../sources/http.ts';
import type { CountablePaper, SignalReading, SignalSource } from '../sources/signal-source.ts';
import type { Database } from '../store/database.ts';
import { papersToCount, storeSignals } from '../store/signals.ts';
import { recordSourceState } from '../store/source-states.ts';

export interface SignalReport {
  readonly source: string;
  readonly address: string;
  /** `partial` with some counts and some failures, `failed` with failures only. */
  readonly state: 'ok' | 'partial' | 'failed';
  /** Counts that the source gave. */
  readonly counted: number;
  /** Of those, the ones that differ from the last and were stored. */
  readonly stored: number;
  readonly failures: SignalReading['failures'];
}

export interface SignalIngestContext {
  readonly db: Database;
  readonly http: HttpClient;
  readonly now: Instant;
  readonly signal: AbortSignal;
  /** Papers first seen in the last so many days are counted. */
  readonly days: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Asks every source what it counts about the papers first seen in the last `days` days, all sources at once, and stores
 * the counts of each in one transaction. A source that fails, whole or in part, is reported and recorded with its
 * first reason; nothing else depends on it. Rejects only with the reason of `signal`.
 */
export async function ingestSignals(
  sources: readonly SignalSource[],
  context: SignalIngestContext,
): Promise<readonly SignalReport[]> {
  if (sources.length === 0) return [];
  const { db, now, days } = context;
  const papers = await papersToCount(db, now - days * dayMs, now);
  let done = 0;
  const ended = await Promise.allSettled(
    sources.map(async (source) => {
      const report = await ingestSource(source, papers, context);
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

async function ingestSource(
  source: SignalSource,
  papers: readonly CountablePaper[],
  { db, http, now, signal }: SignalIngestContext,
): Promise<SignalReport> {
  let reading: SignalReading = { counts: [], failures: [] };
  let stored = 0;
  try {
    reading = await source.read(papers, { now, signal, http });
    const signals = reading.counts.map((count) => ({ ...count, source: source.name, countedAt: now }));
    stored = await db
      .transaction()
      .execute((transaction) => storeSignals(transaction, source.name, now, signals));
  } catch (thrown) {
    signal.throwIfAborted();
    const failure = { key: source.address, reason: asError(thrown).message };
    reading = { counts: [], failures: [...reading.failures, failure] };
  }
  const { counts, failures } = reading;
  const [failure] = failures;
  const state = !failure ? 'ok' : counts.length > 0 ? 'partial' : 'failed';
  await recordSourceState(db, source.name, now, { state, ...(failure && { reason: failure.reason }) });
  return {
    source: source.name,
    address: source.address,
    state,
    counted: counts.length,
    stored,
    failures,
  };
}
