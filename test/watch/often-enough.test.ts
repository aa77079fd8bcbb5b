import { expect, it } from 'vitest';
import { oftenEnough } from '../../src/watch/often-enough.ts';

function counted(takesMs: number) {
  let at = 0;
  let reads = 0;
  const read = oftenEnough(
    async () => {
      at += takesMs;
      reads += 1;
      if (reads === 3) throw new Error('the third fails');
      return reads;
    },
    1000,
    () => at,
  );
  return { read, wait: (ms: number) => (at += ms) };
}

it('what is kept is given until it is old, and those who ask at once cause one reading', async () => {
  const { read, wait } = counted(1);
  expect(await Promise.all([read(), read(), read()])).toEqual([1, 1, 1]);
  wait(999);
  expect(await read()).toBe(1);
  wait(1);
  expect(await read()).toBe(2);
});

it('what takes long is read less often: at most a fiftieth of the time', async () => {
  const { read, wait } = counted(100);
  expect(await read()).toBe(1);
  wait(4999);
  expect(await read()).toBe(1);
  wait(1);
  expect(await read()).toBe(2);
});

it('a failure is told to who asked, and the next one reads anew', async () => {
  const { read, wait } = counted(1);
  await read();
  wait(1000);
  await read();
  wait(1000);
  await expect(read()).rejects.toThrow('the third fails');
  expect(await read()).toBe(4);
});
