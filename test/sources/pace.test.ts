import { describe, expect, test } from 'vitest';
import { createPacer } from '../../src/sources/pace.ts';

const never = new AbortController().signal;

describe('a group of hosts', () => {
  test('is asked by one request at a time, in order, with the interval between two starts', async () => {
    const pacer = createPacer();
    const pace = { group: 'example.org', minIntervalMs: 30 };
    const starts: number[] = [];
    let running = 0;
    const runs = [1, 2, 3].map((value) =>
      pacer(pace, never, async () => {
        starts.push(performance.now());
        running += 1;
        expect(running).toBe(1);
        await Promise.resolve();
        running -= 1;
        return value;
      }),
    );
    expect(await Promise.all(runs)).toEqual([1, 2, 3]);
    const [first = 0, second = 0, third = 0] = starts;
    // A timer may fire a millisecond early, at either end.
    expect(second - first).toBeGreaterThanOrEqual(28);
    expect(third - second).toBeGreaterThanOrEqual(28);
  });

  test('does not wait for another group', async () => {
    const pacer = createPacer();
    const held = Promise.withResolvers<string>();
    const first = pacer({ group: 'a', minIntervalMs: 60_000 }, never, () => held.promise);
    expect(await pacer({ group: 'b', minIntervalMs: 60_000 }, never, async () => 'b')).toBe('b');
    held.resolve('a');
    expect(await first).toBe('a');
  });

  test('goes on after a failure and after an aborted wait', async () => {
    const pacer = createPacer();
    const slow = { group: 'a', minIntervalMs: 60_000 };
    const controller = new AbortController();
    await expect(
      pacer({ ...slow, minIntervalMs: 0 }, never, () => Promise.reject(new Error('lost'))),
    ).rejects.toThrow('lost');
    expect(await pacer(slow, never, async () => 'first')).toBe('first');
    const waiting = pacer(slow, controller.signal, async () => 'never');
    controller.abort(new Error('stopping'));
    await expect(waiting).rejects.toThrow('stopping');
  });
});
