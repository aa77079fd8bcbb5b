import { describe, expect, it } from 'vitest';
import { lookAhead } from '../../src/deliver/look-ahead.ts';

function fetches(batches: readonly (readonly number[])[]) {
  const left = [...batches];
  return async () => left.shift() ?? [];
}

describe('looking ahead', () => {
  it('gives each item to one taker, in order', async () => {
    const take = lookAhead(
      fetches([
        [1, 2, 3],
        [4, 5],
      ]),
      (item) => item,
      2,
    );
    const taken: number[] = [];
    const taker = async (): Promise<void> => {
      for (let item = await take(); item !== undefined; item = await take()) taken.push(item);
    };
    await Promise.all([taker(), taker(), taker()]);
    expect(taken.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
    expect(await take()).toBeUndefined();
  });

  it('begins with so many items more than were taken', async () => {
    const begun: number[] = [];
    const take = lookAhead(fetches([[1, 2, 3, 4, 5, 6]]), (item) => begun.push(item), 2);
    await take();
    expect(begun).toEqual([1, 2, 3]);
    await take();
    expect(begun).toEqual([1, 2, 3, 4]);
  });

  it('tells every taker that the fetching failed', async () => {
    const take = lookAhead(
      () => Promise.reject(new Error('disk full')),
      (item) => item,
      2,
    );
    await expect(take()).rejects.toThrow('disk full');
    await expect(Promise.all([take(), take()])).rejects.toThrow('disk full');
  });
});
