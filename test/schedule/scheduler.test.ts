import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Digest } from '../../src/domain/digest.ts';
import { startScheduler, type SchedulerOptions } from '../../src/schedule/scheduler.ts';
import type { Slot } from '../../src/schedule/slots.ts';

function digest(key: string, schedule: string): Digest {
  return {
    key,
    name: key,
    description: key,
    schedule,
    zone: 'Etc/UTC',
    topics: [],
    picksPerTopic: 3,
    picksOutside: 2,
    alsoNew: 12,
    windowDays: 7,
    mode: 'final',
    waitMinutes: 60,
    maxLatenessHours: 6,
  };
}

/** The claims of several schedulers, as a store keeps them: one for each digest and date. */
function claims(first: Readonly<Record<string, Slot>> = {}) {
  const slots = new Map<string, Slot[]>(Object.entries(first).map(([key, slot]) => [key, [slot]]));
  return {
    lastSlot: async ({ key }: Digest) => slots.get(key)?.at(-1),
    claim: async ({ key }: Digest, slot: Slot) => {
      const taken = slots.get(key) ?? [];
      if (taken.some(({ date }) => date === slot.date)) return false;
      slots.set(key, [...taken, slot]);
      return true;
    },
  };
}

function logTo(lines: string[]) {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return pino({ base: null, timestamp: false }, sink);
}

function scheduler(options: Partial<SchedulerOptions> & Pick<SchedulerOptions, 'digests' | 'run'>) {
  const lines: string[] = [];
  const stop = new AbortController();
  const stopped = startScheduler({
    ...claims(),
    tend: async () => {},
    now: () => Date.now(),
    log: logTo(lines),
    signal: stop.signal,
    ...options,
  });
  return { lines, stopped, stop: () => stop.abort() };
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-24T02:28:30Z') });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the scheduler', () => {
  it('does a slot in the minute it comes, once, and then waits for the next', async () => {
    const runs: string[] = [];
    const { stopped, stop } = scheduler({
      digests: [digest('daily', '30 2 * * *')],
      run: async ({ key }, slot) => void runs.push(`${key} ${slot.date}`),
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(runs).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(runs).toEqual(['daily 2026-11-24']);
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    expect(runs).toEqual(['daily 2026-11-24', 'daily 2026-11-25']);
    stop();
    await stopped;
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    expect(runs).toHaveLength(2);
  });

  it('catches up at once with the latest slot inside the window, and reports the older ones once', async () => {
    const runs: string[] = [];
    const { lines, stopped, stop } = scheduler({
      ...claims({ daily: { at: Date.parse('2026-11-20T01:00:00Z'), date: '2026-11-20' } }),
      digests: [digest('daily', '0 1 * * *')],
      run: async (_digest, slot) => void runs.push(slot.date),
    });
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(runs).toEqual(['2026-11-24']);
    const missed = lines.filter((line) => line.includes('slot missed'));
    expect(missed.map((line) => JSON.parse(line).date)).toEqual(['2026-11-21', '2026-11-22', '2026-11-23']);
    stop();
    await stopped;
  });

  it('goes on with the other digests and the next slot when a run fails', async () => {
    const runs: string[] = [];
    const { lines, stopped, stop } = scheduler({
      digests: [digest('broken', '30 2 * * *'), digest('daily', '30 2 * * *')],
      run: async ({ key }, slot) => {
        if (key === 'broken') throw new Error('the disk is full');
        runs.push(slot.date);
      },
    });
    await vi.advanceTimersByTimeAsync(25 * 3_600_000);
    expect(runs).toEqual(['2026-11-24', '2026-11-25']);
    const failed = lines.filter((line) => line.includes('slot failed'));
    expect(failed).toHaveLength(2);
    expect(failed[0]).toContain('the disk is full');
    stop();
    await stopped;
  });

  it('runs a slot in one of several processes only', async () => {
    const runs: string[] = [];
    const shared = { ...claims(), digests: [digest('daily', '30 2 * * *')] };
    const both = ['a', 'b'].map((process) =>
      scheduler({ ...shared, run: async (_digest, slot) => void runs.push(`${process} ${slot.date}`) }),
    );
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(runs).toHaveLength(1);
    for (const { stop, stopped } of both) {
      stop();
      await stopped;
    }
  });

  it('does one thing at a time, and when stopped waits for the run in flight but begins no other', async () => {
    const events: string[] = [];
    const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
    const { stopped, stop } = scheduler({
      digests: [digest('first', '30 2 * * *'), digest('second', '30 2 * * *')],
      run: async ({ key }) => {
        events.push(`${key} begins`);
        await released;
        events.push(`${key} ends`);
      },
    });
    await vi.advanceTimersByTimeAsync(30 * 60_000);
    expect(events).toEqual(['first begins']);
    stop();
    const settled = stopped.then(() => events.push('stopped'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(events).toEqual(['first begins']);
    release(undefined);
    await settled;
    expect(events).toEqual(['first begins', 'first ends', 'stopped']);
  });

  it('does nothing after the clock was set back over a slot it did', async () => {
    const runs: string[] = [];
    const { stopped, stop } = scheduler({
      digests: [digest('daily', '30 2 * * *')],
      run: async (_digest, slot) => void runs.push(slot.date),
    });
    await vi.advanceTimersByTimeAsync(2 * 60_000);
    vi.setSystemTime(Date.parse('2026-11-24T01:30:00Z'));
    await vi.advanceTimersByTimeAsync(3 * 3_600_000);
    expect(runs).toEqual(['2026-11-24']);
    stop();
    await stopped;
  });

  it('says once that nothing is due after the clock ran ahead', async () => {
    const { lines, stopped, stop } = scheduler({
      ...claims({ daily: { at: Date.parse('2031-01-01T02:30:00Z'), date: '2031-01-01' } }),
      digests: [digest('daily', '30 2 * * *')],
      run: () => Promise.reject(new Error('it ran')),
    });
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    stop();
    await stopped;
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('the last slot lies ahead');
  });

  it('goes on after the store could not be asked', async () => {
    const runs: string[] = [];
    let isDown = true;
    const { lines, stopped, stop } = scheduler({
      digests: [digest('daily', '30 2 * * *')],
      lastSlot: async () => {
        if (isDown) throw new Error('the database is locked');
        return undefined;
      },
      run: async (_digest, slot) => void runs.push(slot.date),
    });
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(lines.some((line) => line.includes('the database is locked'))).toBe(true);
    isDown = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(runs).toEqual(['2026-11-24']);
    stop();
    await stopped;
  });

  it('looks after what waits at every wake-up, also when that fails', async () => {
    let looks = 0;
    const { lines, stopped, stop } = scheduler({
      digests: [],
      run: async () => {},
      tend: async () => {
        looks += 1;
        throw new Error('the server is away');
      },
    });
    await vi.advanceTimersByTimeAsync(3 * 60_000);
    expect(looks).toBe(4);
    expect(lines.filter((line) => line.includes('the server is away'))).toHaveLength(4);
    stop();
    await stopped;
  });

  it('does not begin when it is stopped already', async () => {
    const runs: string[] = [];
    await startScheduler({
      ...claims(),
      digests: [digest('daily', '0 2 * * *')],
      run: async (_digest, slot) => void runs.push(slot.date),
      tend: async () => {},
      now: () => Date.now(),
      log: logTo([]),
      signal: AbortSignal.abort(),
    });
    expect(runs).toEqual([]);
  });
});
