import type { PaperId, PaperLinks } from '../domain/paper.ts';
import type { SignalCount } from '../domain/signal.ts';
import type { Instant } from '../domain/time.ts';
import type { HttpClient } from './http.ts';

/** What a signal source needs to know of a paper to find it in its own books. */
export interface CountablePaper {
  readonly id: PaperId;
  readonly links: PaperLinks;
  readonly doi?: string;
}

export interface PaperCount extends SignalCount {
  readonly paperId: PaperId;
}

export interface SignalContext {
  readonly now: Instant;
  readonly signal: AbortSignal;
  readonly http: HttpClient;
}

export interface SignalReading {
  /** At most one of each kind for a paper. A paper that the source does not know has none, which is no failure. */
  readonly counts: readonly PaperCount[];
  /** What could not be read: the paper, address or group of papers, and why. */
  readonly failures: readonly { readonly key: string; readonly reason: string }[];
}

/** A place that counts something about papers we know already. It announces none: it has no listings. */
export interface SignalSource {
  /** As configured. */
  readonly name: string;
  readonly kind: string;
  /** For people: the base URL. */
  readonly address: string;
  /**
   * The counts of those of `papers` that it knows; the first are asked first, and a source that is cut short has read
   * those. What fails is in `failures` and the rest goes on; rejects only with the reason of `context.signal`.
   */
  read(papers: readonly CountablePaper[], context: SignalContext): Promise<SignalReading>;
}
