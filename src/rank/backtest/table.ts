import type { CalendarDate } from '../../domain/time.ts';
import { rawVotes, type Formula } from './baselines.ts';
import { bootstrapOver, type Estimate } from './bootstrap.ts';
import { measure, type Measures } from './metrics.ts';
import type { ReplayedDay } from './replay.ts';

export type Estimates = { readonly [Name in keyof Measures]: Estimate };

/** How well one formula did over the days. */
export interface FormulaResult {
  readonly name: string;
  readonly level: Estimates;
  /** Its measures less those of raw votes, day by day; absent for raw votes. */
  readonly difference?: Estimates;
}

export interface Table {
  readonly firstDate: CalendarDate;
  readonly lastDate: CalendarDate;
  readonly days: number;
  readonly papersPerDay: number;
  readonly rows: readonly FormulaResult[];
}

/** How well a formula ordered one day. */
export function measured(day: ReplayedDay, formula: Formula): Measures {
  return measure(
    day.papers.map((paper) => ({ score: formula.score(paper, day.sendAt), truth: paper.truth })),
    day.allTruth,
  );
}

/** What the formulas measured on each of `days` came to on those at `places`; undefined where there is none. */
export function tableOf(
  days: readonly ReplayedDay[],
  places: readonly number[],
  rows: readonly { readonly name: string; readonly values: readonly Measures[] }[],
): Table | undefined {
  const chosen = places.flatMap((place) => days[place] ?? []);
  const [first, last] = [chosen[0], chosen.at(-1)];
  if (!first || !last) return undefined;
  const estimate = bootstrapOver(chosen.length);
  const valuesOf = (values: readonly Measures[], name: keyof Measures): number[] =>
    places.map((place) => values[place]?.[name] ?? 0);
  const raw = rows.find((row) => row.name === rawVotes.name)?.values ?? [];
  return {
    firstDate: first.listDate,
    lastDate: last.listDate,
    days: chosen.length,
    papersPerDay: chosen.reduce((sum, day) => sum + day.papers.length, 0) / chosen.length,
    rows: rows.map(({ name, values }): FormulaResult => {
      const level = estimates((measureName) => estimate(valuesOf(values, measureName)));
      if (values === raw) return { name, level };
      const difference = estimates((measureName) => {
        const base = valuesOf(raw, measureName);
        return estimate(valuesOf(values, measureName).map((value, place) => value - (base[place] ?? 0)));
      });
      return { name, level, difference };
    }),
  };
}

function estimates(of: (name: keyof Measures) => Estimate): Estimates {
  return {
    n5: of('n5'),
    n10: of('n10'),
    l5: of('l5'),
    p3: of('p3'),
    d: of('d'),
    a5: of('a5'),
    a10: of('a10'),
  };
}
