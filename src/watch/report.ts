import { isMissing } from '../domain/edition.ts';
import { formatInstant, type Instant } from '../domain/time.ts';
import type { WatchState } from './state.ts';
import type { Trouble, WatchedPart } from './troubles.ts';

/** `down` is a process that cannot do its work; with `degraded` it works and something is not as it should be. */
export type HealthWord = 'ok' | 'degraded' | 'down';

/** How it is, for anybody. */
export interface BareHealth {
  readonly state: HealthWord;
  /** The process answers. */
  readonly live: boolean;
  /** The database can be read, and there are pages to serve. */
  readonly ready: boolean;
}

/** The state and its parts, as they stand in the JSON of `health`. */
export function healthReport(
  state: WatchState,
  troubles: readonly Trouble[],
  { now, hasPages }: { readonly now: Instant; readonly hasPages: boolean },
) {
  const isTroubled = (part: WatchedPart): boolean => troubles.some((trouble) => trouble.part === part);
  const wordOf = (part: WatchedPart, isWorse = false): HealthWord =>
    isWorse || isTroubled(part) ? 'degraded' : 'ok';
  const parts = {
    sources: {
      state: wordOf('sources', state.sources.some(isMissing)),
      sources: state.sources.map(({ name, state: stands, askedAt, lastOkAt, reason }) => ({
        name,
        state: stands,
        askedAt: instant(askedAt),
        lastGoodAt: instant(lastOkAt),
        ...(reason !== undefined && { reason }),
      })),
    },
    schedule: {
      state: wordOf('schedule'),
      digests: state.digests.map(({ key, lastSlotAt, nextSlotAt, due, newest }) => ({
        digest: key,
        lastSlotAt: instant(lastSlotAt),
        nextSlotAt: instant(nextSlotAt),
        dueSince: instant(due?.at),
        latestEdition: newest?.editionDate ?? null,
        latestEditionAt: instant(newest?.publishedAt),
      })),
    },
    queue: {
      state: wordOf('queue'),
      open: state.queue.open,
      due: state.queue.due,
      oldestDueAt: instant(state.queue.oldestDueAt),
      inDoubt: state.queue.inDoubt,
    },
    disk: { state: wordOf('disk'), ...state.disk, databaseBytes: state.databaseBytes },
  };
  const isWell = troubles.length === 0 && Object.values(parts).every((part) => part.state === 'ok');
  return {
    state: hasPages ? (isWell ? 'ok' : 'degraded') : 'down',
    live: true,
    ready: hasPages,
    at: formatInstant(now),
    parts,
    troubles,
  } satisfies BareHealth & Record<string, unknown>;
}

export type HealthReport = ReturnType<typeof healthReport>;

function instant(at: Instant | undefined): string | null {
  return at === undefined ? null : formatInstant(at);
}
