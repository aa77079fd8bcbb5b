import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupCommit } from '../../src/deliver/group-commit.ts';

const never = { isFull: () => false, waitMs: 2 };

describe('a group commit', () => {
  it('commits what comes together at once, in its order, and gives each step its own result', async () => {
    const commits: (readonly number[])[] = [];
    const group = groupCommit(async (steps: readonly number[]) => {
      commits.push(steps);
      return steps.map((step) => step * 2);
    }, never);
    expect(await Promise.all([1, 2, 3].map((step) => group.add(step)))).toEqual([2, 4, 6]);
    expect(commits).toEqual([[1, 2, 3]]);
  });

  it('does not wait when it is full', async () => {
    const sizes: number[] = [];
    const group = groupCommit(
      async (steps: readonly number[]) => {
        sizes.push(steps.length);
        return steps;
      },
      { isFull: (steps) => steps.length >= 2, waitMs: 60_000 },
    );
    await Promise.all([group.add(1), group.add(2), group.add(3), group.add(4)]);
    expect(sizes).toEqual([2, 2]);
  });

  it('rejects the steps of a commit that failed, and goes on', async () => {
    let isBroken = true;
    const group = groupCommit(async (steps: readonly number[]) => {
      if (isBroken) throw new Error('disk full');
      return steps;
    }, never);
    await expect(Promise.all([group.add(1), group.add(2)])).rejects.toThrow('disk full');
    isBroken = false;
    expect(await group.add(3)).toBe(3);
  });

  it('is settled when the last step is committed, also one without a listener', async () => {
    let committed = 0;
    const group = groupCommit(
      async (steps: readonly number[]) => {
        committed += steps.length;
        return steps;
      },
      { isFull: () => false, waitMs: 60_000 },
    );
    for (const step of [1, 2, 3]) void group.add(step);
    await group.settled();
    expect(committed).toBe(3);
  });

  it('takes one commit at a time, whatever comes when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 30 }), async (schedule, count) => {
        const done: number[] = [];
        let open = 0;
        const group = groupCommit(
          async (steps: readonly number[]) => {
            open += 1;
            expect(open).toBe(1);
            await schedule.schedule(Promise.resolve());
            open -= 1;
            done.push(...steps);
            return steps;
          },
          { isFull: (steps) => steps.length >= 4, waitMs: 0 },
        );
        const steps = Array.from({ length: count }, (_, step) => step);
        const added = Promise.all(steps.map((step) => group.add(step)));
        await schedule.waitFor(added);
        expect(done).toEqual(steps);
      }),
      { numRuns: 20 },
    );
  });
});
