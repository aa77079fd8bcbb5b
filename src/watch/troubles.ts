import { formatInstant, hourMs, minuteMs, type Instant } from '../domain/time.ts';
import { isMissing } from '../domain/edition.ts';
import type { WatchedDigest, WatchedSource, WatchState } from './state.ts';

/** What of the program a trouble is about. */
export type WatchedPart = 'sources' | 'schedule' | 'queue' | 'disk';

export interface Trouble {
  /** The same as long as it lasts: its name, and what it is about. */
  readonly id: string;
  readonly name:
    | 'source stale'
    | 'edition late'
    | 'edition missed'
    | 'mail waits'
    | 'mail in doubt'
    | 'bounces'
    | 'refusals'
    | 'complaints'
    | 'disk nearly full';
  /** A source or a digest; undefined where it is about all. */
  readonly about?: string;
  readonly part: WatchedPart;
  /** `critical` is what readers notice. */
  readonly severity: 'warning' | 'critical';
  readonly expected: string;
  readonly came: string;
  readonly advice: string;
}

/** How an installation stands, and what of it is not as it should be. */
export interface Watched {
  readonly state: WatchState;
  readonly troubles: readonly Trouble[];
}

/** From where on something is a trouble. */
export interface Bounds {
  /** A source that was not read well for so long. */
  readonly sourceHours: number;
  /** After the slot and what the digest waits for sources. */
  readonly lateMinutes: number;
  /** Of the mail that waits the longest. */
  readonly waitingMinutes: number;
  /** Of the mails of a day, once there are `leastMails`. */
  readonly bouncesPercent: number;
  readonly refusalsPercent: number;
  readonly complaintsPercent: number;
  readonly leastMails: number;
  readonly freeDiskPercent: number;
  readonly freeDiskMegabytes: number;
}

/** Every trouble of an installation that stands like this, the critical ones first. Pure. */
export function findTroubles(state: WatchState, bounds: Bounds, now: Instant): readonly Trouble[] {
  const found = [
    ...state.digests.flatMap((digest) => editionTroubles(digest, bounds, now)),
    ...diskTroubles(state, bounds),
    ...queueTroubles(state, bounds, now),
    ...shareTroubles(state, bounds),
    ...state.sources.flatMap((source) => sourceTroubles(source, bounds, now)),
  ];
  return [
    ...found.filter(({ severity }) => severity === 'critical'),
    ...found.filter(({ severity }) => severity !== 'critical'),
  ];
}

function sourceTroubles(source: WatchedSource, { sourceHours }: Bounds, now: Instant): readonly Trouble[] {
  const since = source.lastOkAt ?? source.askedAt;
  if (!isMissing(source) || since === undefined || now - since < sourceHours * hourMs) return [];
  const last = source.lastOkAt === undefined ? 'never' : formatInstant(source.lastOkAt);
  return [
    {
      id: `source stale: ${source.name}`,
      name: 'source stale',
      about: source.name,
      part: 'sources',
      severity: 'warning',
      expected: `a good reading within ${sourceHours} hours`,
      came: `${source.state}, last read well ${last}${source.reason === undefined ? '' : `: ${source.reason}`}`,
      advice: 'look whether the source works in a browser, then at its block in the configuration',
    },
  ];
}

function editionTroubles(
  { key, due, missedAt }: WatchedDigest,
  { lateMinutes }: Bounds,
  now: Instant,
): readonly Trouble[] {
  const common = { about: key, part: 'schedule', severity: 'critical' } as const;
  if (due && now - due.deadlineAt >= lateMinutes * minuteMs && now > due.deadlineAt) {
    return [
      {
        ...common,
        id: `edition late: ${key}`,
        name: 'edition late',
        expected: `the edition of ${formatInstant(due.at)} by ${formatInstant(due.deadlineAt + lateMinutes * minuteMs)}`,
        came: 'no edition yet',
        advice: 'look at the log for "slot failed" and at the sources; "broadsheet run" makes it by hand',
      },
    ];
  }
  if (due || missedAt === undefined) return [];
  return [
    {
      ...common,
      id: `edition missed: ${key}`,
      name: 'edition missed',
      expected: `the edition of ${formatInstant(missedAt)}`,
      came: 'none, and it is too late for it',
      advice: 'look at the log for the reason; the next edition covers that time too',
    },
  ];
}

function queueTroubles({ queue }: WatchState, { waitingMinutes }: Bounds, now: Instant): readonly Trouble[] {
  const found: Trouble[] = [];
  const common = { part: 'queue', severity: 'warning' } as const;
  if (queue.oldestDueAt !== undefined && now - queue.oldestDueAt >= waitingMinutes * minuteMs) {
    found.push({
      ...common,
      id: 'mail waits',
      name: 'mail waits',
      expected: `every mail tried within ${waitingMinutes} minutes after it is due`,
      came: `${queue.due} wait, the first since ${formatInstant(queue.oldestDueAt)}`,
      advice: 'look at the log for "sending paused", and at limits that are too low for your readers',
    });
  }
  if (queue.inDoubt > 0) {
    found.push({
      ...common,
      id: 'mail in doubt',
      name: 'mail in doubt',
      expected: 'an answer to every mail that was handed over',
      came: `${queue.inDoubt} without one, which are not sent again by themselves`,
      advice: '"broadsheet in-doubt list" shows them and what you can decide',
    });
  }
  return found;
}

/** Shares of the mails of a day that somebody took or refused. */
export function mailShares({ deliveries, returned }: Pick<WatchState, 'deliveries' | 'returned'>): {
  readonly taken: number;
  readonly answered: number;
  readonly refusals: number;
  readonly bounces: number;
  readonly complaints: number;
} {
  const of = (state: string): number =>
    deliveries.filter((one) => one.state === state).reduce((sum, { count }) => sum + count, 0);
  const taken = of('accepted');
  const answered = taken + of('rejected');
  return {
    taken,
    answered,
    refusals: share(of('rejected'), answered),
    bounces: share((returned['hard'] ?? 0) + (returned['soft'] ?? 0), taken),
    complaints: share(returned['complaint'] ?? 0, taken),
  };
}

/** At most 1: what comes back may be about the mails of another day. */
function share(count: number, all: number): number {
  return all === 0 ? 0 : Math.min(1, count / all);
}

function shareTroubles(state: WatchState, bounds: Bounds): readonly Trouble[] {
  const { taken, answered, refusals, bounces, complaints } = mailShares(state);
  const rows = [
    {
      name: 'refusals',
      all: answered,
      share: refusals,
      percent: bounds.refusalsPercent,
      advice:
        '"broadsheet status DIGEST/DATE" gives the words of the servers; "broadsheet doctor" looks at SPF, DKIM and PTR',
    },
    {
      name: 'bounces',
      all: taken,
      share: bounces,
      percent: bounds.bouncesPercent,
      advice: 'take addresses off your lists that nobody confirmed; "broadsheet doctor" looks at your sender',
    },
    {
      name: 'complaints',
      all: taken,
      share: complaints,
      percent: bounds.complaintsPercent,
      advice: 'write to nobody who did not ask for it, and see that leaving works',
    },
  ] as const;
  return rows
    .filter(({ all, share, percent }) => all >= bounds.leastMails && share * 100 > percent)
    .map(({ name, all, share, percent, advice }) => ({
      id: name,
      name,
      part: 'queue',
      severity: 'warning',
      expected: `at most ${percent} % of the mails of a day`,
      came: `${(share * 100).toFixed(1)} % of ${all}`,
      advice,
    }));
}

function diskTroubles(
  { disk }: WatchState,
  { freeDiskPercent, freeDiskMegabytes }: Bounds,
): readonly Trouble[] {
  const least = Math.max((disk.totalBytes * freeDiskPercent) / 100, freeDiskMegabytes * 1e6);
  if (disk.totalBytes === 0 || disk.freeBytes >= least) return [];
  return [
    {
      id: 'disk nearly full',
      name: 'disk nearly full',
      part: 'disk',
      severity: disk.freeBytes < least / 5 ? 'critical' : 'warning',
      expected: `at least ${megabytes(least)} free where the data are`,
      came: megabytes(disk.freeBytes),
      advice: 'make room: old backups, the outbox, other programs; an edition that finds no room is not made',
    },
  ];
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
