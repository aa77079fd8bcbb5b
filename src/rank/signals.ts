import type { Signal, SignalKind } from '../domain/signal.ts';
import type { Instant } from '../domain/time.ts';
import { hourMs } from '../domain/time.ts';

/** The latest known count of each kind; a kind that no source gave is absent. */
export type Counts = Readonly<Partial<Record<SignalKind, number>>>;

/** A rise or fall of one count up to now. */
export interface Gain {
  /** Negative when more was taken back than added. */
  readonly gained: number;
  /** Hours over which it was counted: those asked for, or fewer where the paper or our first count is younger. */
  readonly hours: number;
}

/**
 * The counts of one paper as they stood at `now`; nothing counted later is read.
 *
 * Sources count the same people: where several give a kind, the largest of their latest values holds,
 * never the sum. `signals` may come in any order.
 */
export function latestCounts(signals: readonly Signal[], now: Instant): Counts {
  const counts: Partial<Record<SignalKind, number>> = {};
  for (const kind of new Set(signals.map((signal) => signal.kind))) {
    const latest = leadingSeries(signals, kind, now)?.at(-1);
    if (latest) counts[kind] = latest.value;
  }
  return counts;
}

/** `gainOver` 24 hours. */
export function gainOfLastDay(
  signals: readonly Signal[],
  kind: SignalKind,
  now: Instant,
  zeroAt?: Instant,
): Gain | undefined {
  return gainOver(24, signals, kind, now, zeroAt);
}

/**
 * What one kind gained in the last `hours`, at the source whose latest value is the largest: since its last value at
 * or before their start; else since `zeroAt`, a time in them at which nothing could be counted yet; else since its
 * first value. A value not counted again still holds, for only changes are stored. Undefined where no source counted
 * it by `now`.
 */
export function gainOver(
  hours: number,
  signals: readonly Signal[],
  kind: SignalKind,
  now: Instant,
  zeroAt?: Instant,
): Gain | undefined {
  const series = leadingSeries(signals, kind, now);
  const first = series?.[0];
  const latest = series?.at(-1);
  if (!series || !first || !latest) return undefined;
  const startAt = now - hours * hourMs;
  const before = series.findLast((signal) => signal.countedAt <= startAt);
  if (before) return { gained: latest.value - before.value, hours };
  if (zeroAt !== undefined && zeroAt >= startAt && zeroAt <= first.countedAt) {
    return { gained: latest.value, hours: (now - zeroAt) / hourMs };
  }
  return { gained: latest.value - first.value, hours: (now - first.countedAt) / hourMs };
}

/** The counts of the source whose latest value is the largest, oldest first; ties by the source's name. */
function leadingSeries(
  signals: readonly Signal[],
  kind: SignalKind,
  now: Instant,
): readonly Signal[] | undefined {
  // Nearly all papers are counted by one source in one way, and read in order.
  if (isOneSeries(signals, kind, now)) return signals;
  const known = signals
    .filter((signal) => signal.kind === kind && signal.countedAt <= now)
    .toSorted((a, b) => a.countedAt - b.countedAt || a.value - b.value);
  const bySource = Map.groupBy(known, (signal) => signal.source);
  const [leading] = [...bySource].toSorted(
    ([a, aSeries], [b, bSeries]) => lastValue(bSeries) - lastValue(aSeries) || (a < b ? -1 : 1),
  );
  return leading?.[1];
}

function isOneSeries(signals: readonly Signal[], kind: SignalKind, now: Instant): boolean {
  const [first] = signals;
  if (!first) return false;
  let before = first;
  for (const signal of signals) {
    if (signal.kind !== kind || signal.source !== first.source || signal.countedAt > now) return false;
    if (signal.countedAt < before.countedAt) return false;
    if (signal.countedAt === before.countedAt && signal.value < before.value) return false;
    before = signal;
  }
  return true;
}

function lastValue(series: readonly Signal[]): number {
  return series.at(-1)?.value ?? 0;
}
