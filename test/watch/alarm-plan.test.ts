import { array, assert, integer, property, subarray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayMs, hourMs, minuteMs } from '../../src/domain/time.ts';
import type { KnownTrouble } from '../../src/store/alarms.ts';
import { alarmPlan } from '../../src/watch/alarm-plan.ts';
import { alarmWords } from '../../src/watch/alarm-words.ts';
import { now, trouble } from './watch-sample.ts';

describe('what the operator is told', () => {
  it('is nothing while all is well', () => {
    expect(alarmPlan([], [], 10, now)).toEqual({ ended: [], seen: [], told: [] });
  });

  it('is nothing at the first sight of a trouble, and the trouble when it has lasted', () => {
    expect(alarmPlan([trouble('a')], [], 10, now)).toEqual({ ended: [], seen: ['a'], told: [] });
    const known = [{ id: 'a', seenAt: now - 10 * minuteMs }];
    expect(alarmPlan([trouble('a')], known, 10, now)).toMatchObject({
      seen: [],
      told: ['a'],
      body: { begun: [{ id: 'a' }], lasting: [], ended: [] },
    });
  });

  it('is the trouble at its first sight where none has to last', () => {
    expect(alarmPlan([trouble('a')], [], 0, now)).toMatchObject({ seen: ['a'], told: ['a'] });
  });

  it('is a reminder a day later and no sooner', () => {
    const toldBefore = (ms: number) => [{ id: 'a', seenAt: 0, toldAt: now - ms }];
    expect(alarmPlan([trouble('a')], toldBefore(23 * hourMs), 10, now).body).toBeUndefined();
    expect(alarmPlan([trouble('a')], toldBefore(dayMs), 10, now)).toMatchObject({
      told: ['a'],
      body: { lasting: [{ id: 'a' }], begun: [] },
    });
  });

  it('is the end of what was told, and nothing of what passed before', () => {
    const known = [
      { id: 'a', seenAt: 0, toldAt: now - hourMs },
      { id: 'b', seenAt: now - minuteMs },
    ];
    expect(alarmPlan([], known, 10, now)).toEqual({
      ended: ['a', 'b'],
      seen: [],
      told: [],
      body: { begun: [], lasting: [], ended: ['a'] },
    });
  });

  it('holds, for every course of troubles: told once, reminded at most once a day, its end told once', () => {
    const course = array(subarray(['a', 'b', 'c']), { minLength: 1, maxLength: 60 });
    assert(
      property(course, integer({ min: 0, max: 90 }), (rounds, lastingMinutes) => {
        let known: readonly KnownTrouble[] = [];
        const open = new Map<string, number>();
        for (const [round, ids] of rounds.entries()) {
          const at = now + round * hourMs;
          const plan = alarmPlan(
            ids.map((id) => trouble(id)),
            known,
            lastingMinutes,
            at,
          );
          for (const { id } of plan.body?.begun ?? []) {
            expect(open.has(id)).toBe(false);
            open.set(id, at);
          }
          for (const { id } of plan.body?.lasting ?? []) {
            expect(at - (open.get(id) ?? at)).toBeGreaterThan(23 * hourMs);
            open.set(id, at);
          }
          for (const id of plan.body?.ended ?? []) expect(open.delete(id)).toBe(true);
          expect([...open.keys()].every((id) => ids.includes(id))).toBe(true);
          known = [...known, ...plan.seen.map((id) => ({ id, seenAt: at }))]
            .filter(({ id }) => !plan.ended.includes(id))
            .map((one) => (plan.told.includes(one.id) ? { ...one, toldAt: at } : one));
        }
      }),
    );
  });
});

describe('the words of an alarm', () => {
  it('name the first trouble in the subject and each in a sentence', () => {
    const body = {
      begun: [trouble('arxiv', 'critical'), trouble('hf')],
      lasting: [trouble('x')],
      ended: ['y'],
    };
    expect(alarmWords('The Paper', body)).toEqual({
      subject: 'The Paper: source stale: arxiv and 2 more',
      heading: 'Something needs a look',
      paragraphs: [
        'Since now (critical): source stale: arxiv. Expected a reading; got none. What to do: look.',
        'Since now: source stale: hf. Expected a reading; got none. What to do: look.',
        'Still: source stale: x. Expected a reading; got none. What to do: look.',
        'Over: y.',
      ],
    });
    expect(alarmWords('The Paper', { begun: [], lasting: [], ended: ['y'] }).subject).toBe(
      'The Paper: over: y',
    );
  });
});
