import { dayMs, type Instant } from '../../domain/time.ts';

/** The most entries of a document. */
export const maxItems = 100;

/** Feed readers call a megabyte a burden (JSON Feed 1.1); what is counted is only about the size. */
const maxBytes = 900_000;

/** An entry stays in the feed for so long after it came, where the limits of the feed allow it: who is away misses nothing. */
const keptMs = 14 * dayMs;

/** So many stay however old they are: a feed is never empty because little was picked. */
const keptItems = 20;

/** What the archive needs to know of an entry. */
export interface Datable {
  readonly publishedAt: Instant;
  /** When it and all that came with it was published. */
  readonly arrivedAt: Instant;
  /** About how large it is in a document. */
  readonly bytes: number;
}

/** Entries of one calendar month (UTC) that stand in an archive document of their own, for ever the same. */
export interface ArchivePart<T> {
  /** `2026-10`, then `2026-10-2` for the second of a month. */
  readonly name: string;
  /** Newest first. */
  readonly entries: readonly T[];
}

export interface Archived<T> {
  /** The entries of the document that readers subscribe to, newest first. */
  readonly current: readonly T[];
  /** Oldest first. No entry stands twice, and none is missing. */
  readonly parts: readonly ArchivePart<T>[];
  /** The name of the part that comes next. */
  readonly nextPart?: string;
}

/**
 * Parts the entries of a feed, given in any order, into the document that readers subscribe to and archive documents
 * (RFC 5005 section 4).
 *
 * It goes through the past as it happened: whatever comes later, a part that was made stays as it is. A month goes to the
 * archive when all of it is two weeks older than the newest entry and twenty newer ones stay; before that the oldest
 * entries go when there are more than a hundred, or too many bytes.
 */
export function archived<T extends Datable>(entries: readonly T[]): Archived<T> {
  const parts: ArchivePart<T>[] = [];
  const partsOfMonth = new Map<string, number>();
  let current: T[] = [];
  const arrivals = Map.groupBy(
    entries.toSorted((a, b) => a.arrivedAt - b.arrivedAt || a.publishedAt - b.publishedAt),
    (entry) => entry.arrivedAt,
  );
  for (const arrival of arrivals.values()) {
    current = [...current, ...arrival].toSorted((a, b) => a.publishedAt - b.publishedAt);
    for (let count = archivable(current); count > 0; count = archivable(current)) {
      const month = monthOf(current[0]);
      parts.push({ name: nextName(month, partsOfMonth), entries: current.slice(0, count).toReversed() });
      partsOfMonth.set(month, (partsOfMonth.get(month) ?? 0) + 1);
      current = current.slice(count);
    }
  }
  return {
    current: current.toReversed(),
    parts,
    ...(current.length > 0 && { nextPart: nextName(monthOf(current[0]), partsOfMonth) }),
  };
}

function nextName(month: string, partsOfMonth: ReadonlyMap<string, number>): string {
  const before = partsOfMonth.get(month) ?? 0;
  return before === 0 ? month : `${month}-${before + 1}`;
}

/** How many of these entries, oldest first, make the next part; 0 when all of them stay. */
function archivable(entries: readonly Datable[]): number {
  const newestAt = entries.at(-1)?.publishedAt ?? 0;
  const settled = entries.findIndex(
    (entry, index) => newestAt - entry.publishedAt <= keptMs || index >= entries.length - keptItems,
  );
  const tooMany = overflow(entries);
  if (settled === 0 && tooMany === 0) return 0;
  const ends = monthEnd(entries[0]?.publishedAt ?? 0);
  const later = entries.findIndex((entry) => entry.publishedAt >= ends);
  const ofMonth = later < 0 ? entries.length : later;
  const isOver = later > 0 && ofMonth <= settled;
  if (tooMany === 0 && !isOver) return 0;
  return fitting(entries.slice(0, tooMany > 0 ? Math.min(ofMonth, Math.max(tooMany, settled)) : ofMonth));
}

/** How many of these, from the first, one document can hold; at least one. */
function fitting(entries: readonly Datable[]): number {
  let bytes = 0;
  const tooMany = entries.findIndex((entry, index) => {
    bytes += entry.bytes;
    return index > 0 && (index >= maxItems || bytes > maxBytes);
  });
  return tooMany < 0 ? entries.length : tooMany;
}

/** The first instant of the next month, in UTC. */
function monthEnd(at: Instant): Instant {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** How many have to go so that the rest is within the limits; the newest one always stays. */
function overflow(entries: readonly Datable[]): number {
  let bytes = 0;
  for (let kept = 0; kept < entries.length; kept += 1) {
    bytes += entries[entries.length - 1 - kept]?.bytes ?? 0;
    if (kept > 0 && (kept >= maxItems || bytes > maxBytes)) return entries.length - kept;
  }
  return 0;
}

/** `2026-10`, in UTC. */
function monthOf(entry: Datable | undefined): string {
  return new Date(entry?.publishedAt ?? 0).toISOString().slice(0, 7);
}
