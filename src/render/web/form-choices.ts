import type { Cadence, ReadingHour } from '../../domain/subscriber.ts';

/** One choice of a list in a form. */
export interface Choice {
  readonly value: string;
  readonly name: string;
  readonly isChosen: boolean;
}

const cadenceNames: Readonly<Record<Cadence, string>> = {
  every: 'With every edition',
  weekdays: 'On weekdays',
  weekly: 'Once a week, the week that is over',
  monthly: 'Once a month, the month that is over',
};

export function cadenceChoices(chosen: Cadence): readonly Choice[] {
  return Object.entries(cadenceNames).map(([value, name]) => ({ value, name, isChosen: value === chosen }));
}

/** Every full hour, and the minute that was chosen elsewhere, after "as soon as it is out". */
export function hourChoices(hour: ReadingHour | undefined): readonly Choice[] {
  const minutes = new Set(Array.from({ length: 24 }, (_, index) => index * 60));
  if (hour) minutes.add(hour.minuteOfDay);
  return [
    { value: '', name: 'As soon as it is out', isChosen: !hour },
    ...[...minutes]
      .toSorted((a, b) => a - b)
      .map((minute) => ({
        value: clock(minute),
        name: clock(minute),
        isChosen: hour?.minuteOfDay === minute,
      })),
  ];
}

let zones: readonly string[] | undefined;

/** Every zone of the IANA list that this system knows, and the chosen one in any case. */
export function zoneChoices(chosen: string): readonly Choice[] {
  zones ??= [...new Set([...Intl.supportedValuesOf('timeZone'), 'Etc/UTC'])].toSorted();
  const names = zones.includes(chosen) ? zones : [...zones, chosen];
  return names.map((zone) => ({ value: zone, name: zone.replaceAll('_', ' '), isChosen: zone === chosen }));
}

/** `07:30`. */
function clock(minuteOfDay: number): string {
  const parts = [Math.floor(minuteOfDay / 60), minuteOfDay % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
