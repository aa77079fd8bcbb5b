import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  carriedWith,
  coversFor,
  editionsHad,
  type Carried,
  type Covers,
  type DatedEdition,
} from '../../src/domain/covers.ts';
import type { Cadence } from '../../src/domain/subscriber.ts';
import { addDays, isWeekend, utcMidnight } from '../../src/domain/time.ts';

function editions(dates: readonly string[], unprepared: readonly string[] = []): readonly DatedEdition[] {
  return dates.map((editionDate, index) => ({
    id: index + 1,
    editionDate,
    publishedAt: utcMidnight(editionDate),
    isPrepared: !unprepared.includes(editionDate),
  }));
}

const week = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'];
const wholeWeek = { fromDate: '2026-11-16', toDate: '2026-11-22' };

describe('the first edition of a new week', () => {
  it('carries the week before, and no other edition of it does', () => {
    expect(carriedWith('2026-11-23', editions(week)).weekly).toEqual(wholeWeek);
    expect(carriedWith('2026-11-24', editions([...week, '2026-11-23'])).weekly).toBeUndefined();
  });

  it('is that of Tuesday where Monday had none, or one that was too late to be sent', () => {
    expect(carriedWith('2026-11-24', editions(week)).weekly).toEqual(wholeWeek);
    const late = editions([...week, '2026-11-23'], ['2026-11-23']);
    expect(carriedWith('2026-11-24', late).weekly).toEqual(wholeWeek);
  });

  it('carries the last week that had editions', () => {
    expect(carriedWith('2026-12-01', editions(week)).weekly).toEqual(wholeWeek);
    expect(carriedWith('2026-12-01', editions(week)).monthly).toEqual({
      fromDate: '2026-11-01',
      toDate: '2026-11-30',
    });
  });

  it('carries nothing where there was no edition before', () => {
    expect(carriedWith('2026-11-16', [])).toMatchObject({ lastCarriers: [] });
    expect(carriedWith('2026-11-16', [])).not.toHaveProperty('weekly');
  });

  it('carries nothing when it is dated before an edition that is out', () => {
    expect(carriedWith('2026-11-18', editions(['2026-11-16', '2026-11-23'])).weekly).toBeUndefined();
  });
});

describe('what a mail covers', () => {
  const monday = carriedWith('2026-11-23', editions(week));

  it.each([
    ['every edition: this one', 'every', undefined, 'alone'],
    ['weeks: the whole week, without any mail before', 'weekly', undefined, wholeWeek],
    ['weeks: the whole week after the one before', 'weekly', '2026-11-15', wholeWeek],
    [
      'weeks since Wednesday, daily before: what they have not had',
      'weekly',
      '2026-11-18',
      { fromDate: '2026-11-19', toDate: '2026-11-20' },
    ],
    ['weeks since Saturday, daily before: nothing is left', 'weekly', '2026-11-20', 'nothing'],
    ['months: not yet', 'monthly', undefined, 'nothing'],
    [
      'every edition since Wednesday, weekly before: since the last weekly mail',
      'every',
      '2026-11-17',
      { fromDate: '2026-11-18', toDate: '2026-11-23' },
    ],
    ['every edition again, all of them had', 'every', '2026-11-20', 'alone'],
  ] as const)('for a reader of %s', (_who, cadence, hadTo, covers) => {
    expect(coversFor(cadence, monday, hadTo)).toEqual(covers);
  });

  it('is no weekend by itself for a reader of weekdays, weekly before', () => {
    const days = ['2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20', '2026-11-21', '2026-11-22'];
    const next = carriedWith('2026-11-23', editions(days));
    expect(coversFor('weekdays', next, '2026-11-20')).toBe('alone');
    expect(coversFor('every', next, '2026-11-20')).toEqual({ fromDate: '2026-11-21', toDate: '2026-11-23' });
    expect(coversFor('weekdays', next, '2026-11-19')).toEqual({
      fromDate: '2026-11-20',
      toDate: '2026-11-23',
    });
  });

  it('forgets what came out before a pause ended', () => {
    expect(coversFor('every', monday, '2026-11-10', '2026-11-20')).toBe('alone');
    expect(coversFor('weekly', monday, '2026-11-08', '2026-11-20')).toEqual(wholeWeek);
  });

  it('is no edition twice, however often somebody changes their mind, and none is lost by one change', () => {
    const dates: string[] = [];
    for (let date = '2026-10-01'; date < '2027-01-20'; date = addDays(date, 1)) {
      if (!isWeekend(date)) dates.push(date);
    }
    const cadence = fc.constantFrom<Cadence>('every', 'weekly', 'monthly');
    const change = fc.tuple(fc.integer({ min: 0, max: dates.length }), cadence);
    const life = fc
      .oneof(fc.array(change, { maxLength: 1 }), fc.array(change, { maxLength: 6 }))
      .map((changes) => changes.toSorted(([a], [b]) => a - b));
    fc.assert(
      fc.property(
        cadence,
        life,
        fc.subarray(dates, { minLength: 20 }),
        fc.subarray(dates),
        (first, changes, out, bare) => {
          const all = editions(out);
          const isMissed = changes.length > 1 ? (date: string) => bare.includes(date) : () => false;
          const had: string[] = [];
          const mails: { readonly at: number; readonly covers?: Covers }[] = [];
          for (const [at, edition] of all.entries()) {
            const now = changes.findLast(([day]) => day <= dates.indexOf(edition.editionDate))?.[1] ?? first;
            const carried = carriedWith(edition.editionDate, all.slice(0, at));
            const covers = coversFor(now, carried, lastHad(carried, now));
            // On some days nothing is for them.
            if (covers === 'nothing' || isMissed(edition.editionDate)) continue;
            const several = covers === 'alone' ? undefined : covers;
            had.push(
              ...out.filter((date) =>
                several ? date >= several.fromDate && date <= several.toDate : date === edition.editionDate,
              ),
            );
            mails.push({ at, ...(several && { covers: several }) });
          }
          expect(new Set(had).size).toBe(had.length);
          const start = out.indexOf(had[0] ?? '');
          if (changes.length <= 1) expect(had).toEqual(start < 0 ? [] : out.slice(start, start + had.length));

          /** As the store looks it up: see `hadTo` of store/audience.ts. */
          function lastHad(carried: Carried, now: Cadence): string | undefined {
            const isIn = (ones: readonly DatedEdition[], at: number): boolean =>
              ones.some(({ id }) => id === at + 1);
            const seen = mails.filter(({ at }) => isIn(editionsHad(carried, now), at));
            const wasCarried = seen.some(({ at, covers }) => covers && isIn(carried.lastCarriers, at));
            if (now === 'every' && !wasCarried) return undefined;
            const days = seen.map(({ at, covers }) => covers?.toDate ?? out[at] ?? '');
            return days.toSorted().at(-1);
          }
        },
      ),
    );
  });
});
