import { addDays, isWeekend, type CalendarDate } from '../../domain/time.ts';
import { isShown, type Estimate } from './bootstrap.ts';
import type { EarlyTrending } from './early-trending.ts';
import { measureNames, type Measures } from './metrics.ts';
import type { ReplayTimes, SkippedDay } from './replay.ts';
import type { FormulaResult, Table } from './table.ts';

const titles: Readonly<Record<keyof Measures, string>> = {
  n5: 'nDCG@5',
  n10: 'nDCG@10',
  l5: 'linear@5',
  p3: 'P@3',
  d: "Somers'D",
  a5: 'all@5',
  a10: 'all@10',
};
const compared = ['n5', 'n10', 'p3', 'd'] as const satisfies readonly (keyof Measures)[];
const nameWidth = 22;
const levelWidth = 10;
const differenceWidth = 28;
/** Fewer days say little: one unusual day moves the mean. */
const fewDays = 30;
const mostSpansNamed = 12;

/**
 * The result as text, a line each: levels, differences to raw votes with 95 % intervals, what was skipped and why,
 * and what it shows. Numbers have four decimals, so that it is the same on every machine.
 */
export function reportLines(result: EarlyTrending, times: ReplayTimes): readonly string[] {
  const { all, learned, skipped, full } = result;
  return [
    `edition at the last reading from ${times.sendFromHours} to ${times.sendToHours} h after 00:00 UTC of the list day, ` +
      `end from ${times.truthHours} h on`,
    ...(all ? ['', ...tableLines('all days', all)] : []),
    ...(learned ? ['', ...tableLines('days after the first 30, which are only learned from', learned)] : []),
    ...(all ? ['', ...legend] : []),
    ...skippedLines(skipped),
    ...fullLines(full),
    '',
    ...conclusions(result),
  ];
}

const legend = [
  'Every value is the expected one over ties. nDCG has the gain ln(1 + votes), linear the votes; all@ counts papers',
  'listed after the edition as lost. Intervals: bootstrap over days, 2,000 resamples; "no difference shown" holds 0.',
];

/** Levels, then differences, under a title; by default with what the table says of its days. */
export function tableLines(title: string, table: Table, of?: string): readonly string[] {
  const head = `${title}: ${of ?? `${daysOf(table)}, ${table.papersPerDay.toFixed(1)} papers a day`}`;
  return [
    head,
    'level'.padEnd(nameWidth) + measureNames.map((name) => titles[name].padStart(levelWidth)).join(''),
    ...table.rows.map(
      ({ name, level }) =>
        name.padEnd(nameWidth) +
        measureNames.map((measure) => fixed(level[measure].mean).padStart(levelWidth)).join(''),
    ),
    '',
    'less raw votes'.padEnd(nameWidth) +
      compared.map((name) => titles[name].padStart(differenceWidth)).join(''),
    ...table.rows.flatMap(({ name, difference }) =>
      difference
        ? [
            name.padEnd(nameWidth) +
              compared
                .map((measure) => differenceText(difference[measure]).padStart(differenceWidth))
                .join(''),
          ]
        : [],
    ),
  ];
}

function daysOf({ days, firstDate, lastDate }: Table): string {
  return `${days} ${days === 1 ? 'day' : 'days'} from ${firstDate} to ${lastDate}`;
}

function differenceText(estimate: Estimate): string {
  return isShown(estimate)
    ? `${signed(estimate.mean)} [${signed(estimate.low)}, ${signed(estimate.high)}]`
    : 'no difference shown';
}

/** The skipped days by reason, as spans of working days; none where none was skipped. */
export function skippedLines(skipped: readonly SkippedDay[]): readonly string[] {
  if (skipped.length === 0) return [];
  const reasons = Map.groupBy(skipped, (day) => day.reason);
  return [
    '',
    `skipped: ${skipped.length} days`,
    ...[...reasons].map(([reason, days]) => {
      const dates = days.map((day) => day.listDate);
      const spans = dates.every(isWeekend) ? [] : spansOf(dates);
      const named = spans.slice(0, mostSpansNamed).join(', ');
      const more = spans.length > mostSpansNamed ? ` and ${spans.length - mostSpansNamed} more` : '';
      return `  ${reason}: ${days.length}${named && ` (${named}${more})`}`;
    }),
  ];
}

function fullLines(full: EarlyTrending['full']): readonly string[] {
  if (full.length === 0) return [];
  const named = full.map(({ listDate, cutOff }) => `${listDate} (${cutOff})`);
  return [
    `full last answers that lack papers known before: ${named.join(', ')};`,
    '  the end of such a paper is its last count, or the lowest in the answer where that is less',
  ];
}

/** `2025-12-01 to 2026-01-30`; a weekend between two days does not divide them. */
function spansOf(dates: readonly CalendarDate[]): readonly string[] {
  const spans: { first: CalendarDate; last: CalendarDate }[] = [];
  for (const date of dates) {
    const span = spans.at(-1);
    if (span && nextWorkingDay(span.last) >= date) span.last = date;
    else spans.push({ first: date, last: date });
  }
  return spans.map(({ first, last }) => (first === last ? first : `${first} to ${last}`));
}

function nextWorkingDay(date: CalendarDate): CalendarDate {
  const next = addDays(date, 1);
  return isWeekend(next) ? nextWorkingDay(next) : next;
}

/** What may be said of the order of the editions; the last line is the result. */
function conclusions({ all, learned }: EarlyTrending): readonly string[] {
  const table = learned ?? all;
  if (!table)
    return [
      'no day could be replayed: it takes readings of a day at both times, of your own or by "broadsheet import"',
    ];
  const warning = warningOf(table);
  const chosen = table.rows.findLast((row) => row.difference && row.name.startsWith('EV'));
  return [
    ...(warning === undefined ? [] : [warning]),
    chosen ? verdict(chosen, `${table.days} days`) : 'nothing to compare',
  ];
}

/** Whether a table rests on too little; undefined where it does not. */
export function warningOf({ days }: Table): string | undefined {
  return days < fewDays ? `warning: ${days} days are few; ${fewDays} are the least to build on` : undefined;
}

/** What may be said of one order against raw votes: a difference whose interval holds 0 is not claimed. */
export function verdict({ name, difference }: FormulaResult, over: string): string {
  const words = compared.map((measure) =>
    difference ? `${titles[measure]} ${differenceText(difference[measure])}` : '',
  );
  return `${name} against raw votes over ${over}: ${words.join('; ')}`;
}

/** Four decimals; never `-0.0000`. */
function fixed(value: number): string {
  return value.toFixed(4).replace(/^-(0\.0+)$/, '$1');
}

function signed(value: number): string {
  const text = fixed(value);
  return text.startsWith('-') ? text : `+${text}`;
}

/** For JSON.stringify: six decimals, so that it is the same on every machine. */
export function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toFixed(6)) : value;
}

/** The result as one JSON document; numbers have six decimals, so that it is the same on every machine. */
export function reportDocument(result: EarlyTrending, times: ReplayTimes): string {
  const { all, learned, skipped, full } = result;
  const tables = { all: all && tableDocument(all), learned: learned && tableDocument(learned) };
  return JSON.stringify({ times, ...tables, skipped, full }, rounded, 2);
}

/** A table, for JSON, with the names of the measures in which a difference is shown. */
export function tableDocument(table: Table) {
  return {
    ...table,
    rows: table.rows.map(({ name, level, difference }) => ({
      name,
      level,
      ...(difference && {
        difference,
        shown: measureNames.filter((measure) => isShown(difference[measure])),
      }),
    })),
  };
}
