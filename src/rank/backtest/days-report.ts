import type { ReplayTimes } from './replay.ts';
import { rounded, skippedLines, tableDocument, tableLines, verdict } from './report.ts';
import type { DaysTask, SeveralDays } from './several-days.ts';

/** Fewer weeks say little. */
const fewWeeks = 8;

/** What the views of that kind are ordered by. */
const chosen: Readonly<Record<DaysTask, string>> = { week: 'expected votes', trending: 'gain against usual' };

const tested: Readonly<Record<DaysTask, string>> = {
  week: 'papers of five list days, against their last known votes',
  trending:
    'papers whose list was read again 12 h later or more, against the votes that came in after the edition',
};

/** The result as text, a line each: what was tested, levels, differences with 95 % intervals, what it shows. */
export function daysLines(result: SeveralDays, times: ReplayTimes): readonly string[] {
  const { task, table, days, papersByAge, skipped } = result;
  const ages = papersByAge.map((papers, place) => `${papers.toFixed(1)} of ${dayName(place)}`).join(', ');
  return [
    `${tested[task]}; edition at the last reading from ${times.sendFromHours} to ${times.sendToHours} h after 00:00 UTC`,
    ...(table
      ? [
          `papers in the mean: ${ages}`,
          '',
          ...tableLines(`means of ${table.days} weeks`, table, `${days} days, ${table.firstDate} and later`),
          '',
          'Every value is the expected one over ties. Intervals: bootstrap over weeks, 2,000 resamples.',
        ]
      : []),
    ...skippedLines(skipped),
    '',
    ...conclusions(result),
  ];
}

function conclusions({ task, table, papersByAge }: SeveralDays): readonly string[] {
  if (!table) return ['no day could be replayed: it takes readings of a day at both times'];
  const row = table.rows.find(({ name }) => name === chosen[task]);
  const oneDay = papersByAge.slice(1).every((papers) => papers === 0);
  return [
    ...(table.days < fewWeeks
      ? [`warning: ${table.days} weeks are few; ${fewWeeks} are the least to build on`]
      : []),
    ...(task === 'trending' && oneDay
      ? [
          'not known: how papers of several days compare, for no older list was read later; only one day was tested',
        ]
      : []),
    ...(task === 'week'
      ? [
          'not known: votes after the last reading of a list; an older paper counts with those of that reading',
        ]
      : []),
    row ? verdict(row, `${table.days} weeks`) : 'nothing to compare',
  ];
}

function dayName(place: number): string {
  if (place === 0) return 'the list day';
  return place === 1 ? 'the one before' : `${place} before`;
}

/** The same as one JSON document. */
export function daysDocument(result: SeveralDays, times: ReplayTimes): string {
  const { table, ...rest } = result;
  return JSON.stringify({ times, ...rest, table: table && tableDocument(table) }, rounded, 2);
}
