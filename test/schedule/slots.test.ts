import { Cron } from 'croner';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  dayMs,
  formatInstant,
  hourMs,
  minuteMs,
  weekday,
  type CalendarDate,
} from '../../src/domain/time.ts';
import { dueSlots, nextSlot, type Slot } from '../../src/schedule/slots.ts';

const at = (text: string) => Date.parse(text);
const readable = (slot: Slot | undefined) => slot && `${slot.date} at ${formatInstant(slot.at)}`;

const slot = (date: CalendarDate): Slot => ({ at: at(`${date}T02:30:00Z`), date });

function slotsOf(schedule: string, zone: string, fromAt: number, untilAt: number): Slot[] {
  const slots: Slot[] = [];
  for (
    let slot = nextSlot(schedule, zone, fromAt);
    slot && slot.at < untilAt;
    slot = nextSlot(schedule, zone, slot.at)
  ) {
    slots.push(slot);
  }
  return slots;
}

describe('a daily slot over the change of the clock', () => {
  it.each([
    // zone, schedule, the local day of the change, the slot it must have
    ['Europe/Berlin', '30 2 * * *', '2026-03-29', '2026-03-29T01:00:00Z', 'the gap 02:00 to 03:00 ends'],
    [
      'Europe/Berlin',
      '0 3 * * *',
      '2026-03-29',
      '2026-03-29T01:00:00Z',
      'the first minute after the gap itself',
    ],
    ['Europe/Berlin', '59 1 * * *', '2026-03-29', '2026-03-29T00:59:00Z', 'the last minute before the gap'],
    ['Europe/Berlin', '30 2 * * *', '2026-10-25', '2026-10-25T00:30:00Z', 'the first 02:30 of two'],
    ['Europe/Berlin', '0 3 * * *', '2026-10-25', '2026-10-25T02:00:00Z', 'after both'],
    ['America/New_York', '30 2 * * *', '2026-03-08', '2026-03-08T07:00:00Z', 'the gap ends at 03:00'],
    ['America/New_York', '30 1 * * *', '2026-11-01', '2026-11-01T05:30:00Z', 'the first 01:30 of two'],
    ['Australia/Lord_Howe', '15 2 * * *', '2026-10-04', '2026-10-03T15:30:00Z', 'a gap of half an hour'],
    ['Australia/Lord_Howe', '45 1 * * *', '2026-04-05', '2026-04-04T14:45:00Z', 'half an hour twice'],
    ['America/Santiago', '30 0 * * *', '2026-09-06', '2026-09-06T04:00:00Z', 'the day begins at 01:00'],
    [
      'America/Santiago',
      '30 23 * * *',
      '2026-04-04',
      '2026-04-05T02:30:00Z',
      'the last hour of the day twice',
    ],
    ['Africa/Cairo', '30 0 * * *', '2026-04-24', '2026-04-23T22:00:00Z', 'the day begins at 01:00'],
    ['Africa/Cairo', '30 23 * * *', '2026-10-29', '2026-10-29T20:30:00Z', 'the last hour of the day twice'],
    ['America/Scoresbysund', '30 23 * * *', '2026-03-28', '2026-03-29T01:00:00Z', 'the day ends at 23:00'],
    ['Etc/UTC', '30 2 * * *', '2026-03-29', '2026-03-29T02:30:00Z', 'no change'],
  ])('in %s "%s" on %s is at %s: %s', (zone, schedule, date, expected) => {
    const around = slotsOf(
      schedule,
      zone,
      at(`${date}T00:00:00Z`) - 2 * dayMs,
      at(`${date}T00:00:00Z`) + 3 * dayMs,
    );
    const ofDay = around.filter((slot) => slot.date === date);
    expect(ofDay.map(readable)).toEqual([`${date} at ${expected}`]);
  });
});

describe('a day that a zone leaves out', () => {
  it('has no slot, and the days around it have theirs', () => {
    const around = slotsOf(
      '0 7 * * *',
      'Pacific/Apia',
      at('2011-12-28T00:00:00Z'),
      at('2012-01-01T00:00:00Z'),
    );
    expect(around.map(readable)).toEqual([
      '2011-12-28 at 2011-12-28T17:00:00Z',
      '2011-12-29 at 2011-12-29T17:00:00Z',
      '2011-12-31 at 2011-12-30T17:00:00Z',
      '2012-01-01 at 2011-12-31T17:00:00Z',
    ]);
  });
});

const zones = [
  'Etc/UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'Pacific/Chatham',
  'America/St_Johns',
  'Pacific/Kiritimati',
];

describe('the slots of any year', () => {
  const anySchedule = fc.record({
    zone: fc.constantFrom(...zones, 'America/Scoresbysund'),
    year: fc.integer({ min: 2024, max: 2037 }),
    minute: fc.integer({ min: 0, max: 59 }),
    hour: fc.integer({ min: 0, max: 23 }),
    days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }),
  });

  it('are exactly one for each matching local day, in order', () => {
    fc.assert(
      fc.property(anySchedule, ({ zone, year, minute, hour, days }) => {
        const schedule = `${minute} ${hour} * * ${days.join(',')}`;
        const fromAt = at(`${year}-01-01T00:00:00Z`) - 2 * dayMs;
        const slots = slotsOf(schedule, zone, fromAt, at(`${year + 1}-01-01T00:00:00Z`) + 2 * dayMs);
        const inYear = slots.filter(({ date }) => date.startsWith(`${year}-`)).map(({ date }) => date);
        expect(inYear).toEqual(matchingDays(year, days));
        expect(slots.every((slot, index) => index === 0 || slot.at > (slots[index - 1]?.at ?? 0))).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('are those of croner asked in the zone, wherever no gap ends at midnight', () => {
    fc.assert(
      fc.property(anySchedule, fc.constantFrom(...zones), ({ year, minute, hour }, zone) => {
        const schedule = `${minute} ${hour} * * *`;
        const fromAt = at(`${year}-01-01T00:00:00Z`);
        const expected = new Cron(schedule, { timezone: zone, mode: '5-part', paused: true })
          .nextRuns(365, new Date(fromAt))
          .map((date) => formatInstant(date.getTime()));
        const slots = slotsOf(schedule, zone, fromAt, fromAt + 400 * dayMs).slice(0, 365);
        expect(slots.map((slot) => formatInstant(slot.at))).toEqual(expected);
      }),
      { numRuns: 12 },
    );
  });
});

function matchingDays(year: number, days: readonly number[]): CalendarDate[] {
  const matching: CalendarDate[] = [];
  for (let date = `${year}-01-01`; date.startsWith(`${year}-`); date = addDays(date, 1)) {
    if (days.includes(weekday(date))) matching.push(date);
  }
  return matching;
}

describe('what is due', () => {
  const query = { schedule: '30 2 * * 2-6', zone: 'Etc/UTC', maxLatenessMs: 6 * hourMs };

  it.each([
    // now, the last slot, due, missed
    ['2026-11-24T02:29:59.999Z', '2026-11-21', undefined, []],
    ['2026-11-24T02:30:00Z', '2026-11-21', '2026-11-24', []],
    ['2026-11-24T08:30:00Z', '2026-11-21', '2026-11-24', []],
    ['2026-11-24T08:30:00.001Z', '2026-11-21', undefined, ['2026-11-24']],
    ['2026-11-24T03:00:00Z', '2026-11-24', undefined, []],
    ['2026-11-24T03:00:00Z', '2026-11-19', '2026-11-24', ['2026-11-20', '2026-11-21']],
    ['2026-11-24T12:00:00Z', '2026-11-19', undefined, ['2026-11-20', '2026-11-21', '2026-11-24']],
    ['2026-11-22T12:00:00Z', '2026-11-21', undefined, []],
    // the first start
    ['2026-11-24T03:00:00Z', undefined, '2026-11-24', []],
    ['2026-11-24T12:00:00Z', undefined, undefined, []],
    // the clock set back: by an hour, by a day, by a week
    ['2026-11-24T02:00:00Z', '2026-11-24', undefined, []],
    ['2026-11-23T02:30:00Z', '2026-11-24', undefined, []],
    ['2026-11-17T02:45:00Z', '2026-11-24', undefined, []],
  ])('at %s after %s is %s, and missed are %j', (now, last, due, missed) => {
    const result = dueSlots({
      ...query,
      now: at(now),
      lastSlot: last === undefined ? undefined : slot(last),
    });
    expect(readable(result.due)).toBe(due && readable(slot(due)));
    expect(result.missed.map(({ date }) => date)).toEqual(missed);
  });

  it('is the latest slot only, when the window is wider than a day', () => {
    const now = at('2026-11-26T03:00:00Z');
    const result = dueSlots({ ...query, maxLatenessMs: 3 * dayMs, now, lastSlot: slot('2026-11-21') });
    expect(result.due?.date).toBe('2026-11-26');
    expect(result.missed.map(({ date }) => date)).toEqual(['2026-11-24', '2026-11-25']);
  });

  it('is nothing on a day that has its edition, after the schedule was moved to a later hour', () => {
    const now = at('2026-11-24T09:00:00Z');
    const moved = { ...query, schedule: '0 9 * * 2-6', now };
    expect(dueSlots({ ...moved, lastSlot: slot('2026-11-24') })).toEqual({ missed: [] });
    expect(dueSlots({ ...moved, lastSlot: slot('2026-11-21') }).due?.date).toBe('2026-11-24');
  });

  it('lists at most the last year, however long nobody looked', () => {
    const result = dueSlots({ ...query, now: at('2026-11-24T03:00:00Z'), lastSlot: slot('2001-01-02') });
    expect(result.due?.date).toBe('2026-11-24');
    expect(result.missed.length).toBeGreaterThan(250);
    expect(result.missed[0]?.date).toBe('2025-11-25');
  });

  it('comes once for each slot, at whatever times one looks, also when the clock jumps', () => {
    const from = at('2026-10-20T00:00:00Z');
    const looks = fc.array(fc.integer({ min: 0, max: 14 * 24 * 60 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(looks, fc.constantFrom(...zones), (minutes, zone) => {
        const taken: Slot[] = [];
        for (const minute of minutes) {
          const { due } = dueSlots({ ...query, zone, now: from + minute * minuteMs, lastSlot: taken.at(-1) });
          if (due) taken.push(due);
        }
        expect(new Set(taken.map(({ date }) => date)).size).toBe(taken.length);
        expect(new Set(taken.map((slot) => slot.at)).size).toBe(taken.length);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the next slot', () => {
  it.each([
    ['0 7 29 2 *', 'Etc/UTC', '2026-11-24T00:00:00Z', '2028-02-29 at 2028-02-29T07:00:00Z'],
    ['0 7 L * *', 'Etc/UTC', '2026-11-24T00:00:00Z', '2026-11-30 at 2026-11-30T07:00:00Z'],
    ['0 7 * * MON-FRI', 'Europe/Berlin', '2026-11-27T06:00:00Z', '2026-11-30 at 2026-11-30T06:00:00Z'],
    ['0 0 * * *', 'Pacific/Kiritimati', '2026-11-24T09:59:00Z', '2026-11-25 at 2026-11-24T10:00:00Z'],
    ['59 23 * * *', 'Pacific/Pago_Pago', '2026-11-24T10:58:00Z', '2026-11-23 at 2026-11-24T10:59:00Z'],
    ['0 7 30 2 *', 'Etc/UTC', '2026-11-24T00:00:00Z', undefined],
  ])('of "%s" in %s after %s is %s', (schedule, zone, now, expected) => {
    expect(readable(nextSlot(schedule, zone, at(now)))).toBe(expected);
  });
});
