import { assert, array, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientLimit } from '../../src/serve/client-limit.ts';

/** A limit whose clock is moved by hand. */
function limitAt(perMinute: number) {
  let now = 0;
  const limit = clientLimit(perMinute, () => now);
  return { ...limit, wait: (ms: number) => void (now += ms) };
}

describe('the limit of a client', () => {
  it('allows a minute’s worth at once, and then one each time it has earned one', () => {
    const limit = limitAt(60);
    for (let count = 0; count < 60; count += 1) expect(limit.take('a')).toBe(0);
    expect(limit.take('a')).toBe(1);
    limit.wait(999);
    expect(limit.take('a')).toBe(1);
    limit.wait(1);
    expect(limit.take('a')).toBe(0);
    expect(limit.take('a')).toBe(1);
  });

  it('tells the seconds to wait, after which it answers', () => {
    const limit = limitAt(12);
    for (let count = 0; count < 12; count += 1) limit.take('a');
    const seconds = limit.take('a');
    expect(seconds).toBe(5);
    limit.wait(seconds * 1000);
    expect(limit.take('a')).toBe(0);
  });

  it('is each client’s own', () => {
    const limit = limitAt(10);
    for (let count = 0; count < 20; count += 1) limit.take('a');
    expect(limit.take('a')).toBeGreaterThan(0);
    expect(limit.take('b')).toBe(0);
  });

  it('gives back what cost nothing, and no more than a bucket holds', () => {
    const limit = limitAt(10);
    for (let count = 0; count < 10; count += 1) limit.take('a');
    limit.giveBack('a');
    expect(limit.take('a')).toBe(0);
    for (let count = 0; count < 100; count += 1) limit.giveBack('a');
    for (let count = 0; count < 10; count += 1) expect(limit.take('a')).toBe(0);
    expect(limit.take('a')).toBeGreaterThan(0);
  });

  it('is none when it is 0', () => {
    const limit = limitAt(0);
    for (let count = 0; count < 10_000; count += 1) expect(limit.take('a')).toBe(0);
  });

  it('forgets the client longest unseen when there are very many', () => {
    const limit = limitAt(10);
    for (let count = 0; count < 11; count += 1) limit.take('first');
    expect(limit.take('first')).toBeGreaterThan(0);
    for (let client = 0; client < 50_000; client += 1) limit.take(String(client));
    expect(limit.take('first')).toBe(0);
  });

  it('never allows more than a bucket and what was earned since', () => {
    assert(
      property(array(integer({ min: 0, max: 5_000 }), { maxLength: 200 }), (waits) => {
        const limit = limitAt(30);
        let allowed = 0;
        let elapsed = 0;
        for (const ms of waits) {
          limit.wait(ms);
          elapsed += ms;
          if (limit.take('a') === 0) allowed += 1;
        }
        expect(allowed).toBeLessThanOrEqual(30 + (elapsed * 30) / 60_000);
      }),
    );
  });
});
