import { dayMs, minuteMs, type Instant } from '../domain/time.ts';
import type { KnownTrouble, TroubleChange } from '../store/alarms.ts';
import type { Trouble } from './troubles.ts';

/** What the operator is told at once: by one mail and one request, however many troubles there are. */
export interface AlarmBody {
  readonly begun: readonly Trouble[];
  /** Reminders. */
  readonly lasting: readonly Trouble[];
  /** Ids of those that are over. */
  readonly ended: readonly string[];
}

/** A little less than a day, so that the hour of reminders does not move through the days. */
const remindEveryMs = dayMs - 10 * minuteMs;

/**
 * What there is to say of the troubles there are now, to somebody who knows those: each is told when it has lasted for
 * `lastingMinutes`, once a day while it goes on, and when it is over. One that passes sooner is never told. Pure.
 */
export function alarmPlan(
  troubles: readonly Trouble[],
  known: readonly KnownTrouble[],
  lastingMinutes: number,
  now: Instant,
): TroubleChange<AlarmBody> {
  const earlier = new Map(known.map((one) => [one.id, one]));
  const current = new Set(troubles.map(({ id }) => id));
  const begun = troubles.filter(({ id }) => {
    const before = earlier.get(id);
    return before?.toldAt === undefined && now - (before?.seenAt ?? now) >= lastingMinutes * minuteMs;
  });
  const lasting = troubles.filter(({ id }) => {
    const toldAt = earlier.get(id)?.toldAt;
    return toldAt !== undefined && now - toldAt >= remindEveryMs;
  });
  const over = known.filter(({ id }) => !current.has(id));
  const ended = over.filter(({ toldAt }) => toldAt !== undefined).map(({ id }) => id);
  const isSilent = begun.length + lasting.length + ended.length === 0;
  return {
    ended: over.map(({ id }) => id),
    seen: [...current].filter((id) => !earlier.has(id)),
    told: [...begun, ...lasting].map(({ id }) => id),
    ...(!isSilent && { body: { begun, lasting, ended } }),
  };
}
