import type { Cadence } from './subscriber.ts';
import { isWeekend, type CalendarDate, type Instant } from './time.ts';
import { monthOf, weekOf } from './view.ts';

/**
 * First and last local day of the editions that one mail puts together, both counted: those of a whole week or month, or
 * of the days that a reader has not had.
 */
export interface Covers {
  readonly fromDate: CalendarDate;
  readonly toDate: CalendarDate;
}

/** An edition of a digest, as far as the rule looks at it. */
export interface DatedEdition {
  readonly id: number;
  readonly editionDate: CalendarDate;
  readonly publishedAt: Instant;
  /** Whether its audience is frozen. */
  readonly isPrepared: boolean;
}

/** What an edition carries to whom. `earlier` are the digest's editions with a lower number, by date. */
export interface Carried {
  readonly editionDate: CalendarDate;
  readonly earlier: readonly DatedEdition[];
  /** The week, and the month, that goes out with this edition; undefined when an earlier one took it. */
  readonly weekly?: Covers;
  readonly monthly?: Covers;
  /** The editions that carried the week and the month in which the last one before this came out, the older one first. */
  readonly lastCarriers: readonly DatedEdition[];
}

const periods = { weekly: weekOf, monthly: monthOf } as const;

/**
 * The first edition of a new week (month) carries the one before: the last that had editions. It is the first whose
 * audience is frozen, so that where Monday's edition never came, or came too late to be sent, Tuesday's carries it.
 */
export function carriedWith(editionDate: CalendarDate, earlier: readonly DatedEdition[]): Carried {
  const byDate = earlier.toSorted((a, b) => (a.editionDate < b.editionDate ? -1 : 1));
  const period = (cadence: keyof typeof periods): Covers | undefined => {
    const periodOf = periods[cadence];
    const { fromDate: ownFrom } = periodOf(editionDate);
    if (byDate.some((one) => one.isPrepared && one.editionDate >= ownFrom)) return undefined;
    const last = byDate.findLast((one) => one.editionDate < ownFrom);
    if (!last) return undefined;
    const { fromDate, toDate } = periodOf(last.editionDate);
    return { fromDate, toDate };
  };
  const weekly = period('weekly');
  const monthly = period('monthly');
  return {
    editionDate,
    earlier: byDate,
    ...(weekly && { weekly }),
    ...(monthly && { monthly }),
    lastCarriers: lastCarriers(byDate),
  };
}

function lastCarriers(byDate: readonly DatedEdition[]): readonly DatedEdition[] {
  const prepared = byDate.filter((one) => one.isPrepared);
  const last = prepared.at(-1);
  if (!last) return [];
  const firsts = [monthOf, weekOf].flatMap((periodOf) => {
    const { fromDate } = periodOf(last.editionDate);
    return prepared.find((one) => one.editionDate >= fromDate) ?? [];
  });
  return [...new Set(firsts)].toSorted((a, b) => (a.editionDate < b.editionDate ? -1 : 1));
}

/**
 * The editions by which is found what readers of a cadence had: those since the oldest of the last carriers, and for a
 * week or a month those since the week in which its month begins. The last mail before a change, or before weeks with
 * nothing for them, may be as old. Mail of an edition whose audience is not frozen never went out.
 */
export function editionsHad(
  { earlier, lastCarriers, ...carried }: Carried,
  cadence: Cadence,
): readonly DatedEdition[] {
  const [oldest] = lastCarriers;
  if (!oldest) return [];
  const period = cadence === 'weekly' || cadence === 'monthly' ? carried[cadence] : undefined;
  const monthWeek = period && weekOf(monthOf(period.fromDate).fromDate).fromDate;
  const from = monthWeek !== undefined && monthWeek < oldest.editionDate ? monthWeek : oldest.editionDate;
  return earlier.filter((one) => one.isPrepared && one.editionDate >= from);
}

/**
 * What a reader gets with an edition: it `alone`, several editions, or `nothing` this time.
 *
 * `hadTo` is the last day that mail to them covers so far; undefined where there is none that matters. Nobody gets an
 * edition twice and no days are lost when they change how often mail comes: a week or a month begins after what they had
 * already, so who changes from daily to weekly on Wednesday gets Thursday and Friday next Monday; who changes from weekly
 * to daily gets, with the next edition, also those since the last weekly mail. What came out before the end of a pause is
 * not owed.
 */
export function coversFor(
  cadence: Cadence,
  carried: Carried,
  hadTo: CalendarDate | undefined,
  pausedUntil?: CalendarDate,
): Covers | 'alone' | 'nothing' {
  const wasPaused = pausedUntil !== undefined && hadTo !== undefined && pausedUntil > hadTo;
  const dates = carried.earlier.map((one) => one.editionDate);
  if (cadence === 'every' || cadence === 'weekdays') {
    const isTheirs = (date: CalendarDate): boolean => cadence === 'every' || !isWeekend(date);
    const owed = hadTo === undefined || wasPaused ? [] : dates.filter((date) => date > hadTo);
    const first = owed.find(isTheirs);
    return first === undefined ? 'alone' : { fromDate: first, toDate: carried.editionDate };
  }
  const period = carried[cadence];
  if (!period) return 'nothing';
  if (hadTo === undefined || (wasPaused && hadTo < period.fromDate)) return period;
  const owed = dates.filter((date) => date > hadTo && date <= period.toDate);
  const [first] = owed;
  const last = owed.at(-1);
  if (first === undefined || last === undefined) return 'nothing';
  const whole = dates.filter((date) => date >= period.fromDate && date <= period.toDate);
  const isWhole = whole[0] === first && whole.length === owed.length;
  return isWhole ? period : { fromDate: first, toDate: last };
}
