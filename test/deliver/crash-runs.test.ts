import { afterAll, beforeAll, expect, it } from 'vitest';
import { crashRun, openStage, type Stage } from './crash-run.ts';
import { whole } from './crash-faults.ts';

/* Twenty of the runs that `npm run crash:mail` does, with fewer readers. */
const runs = 20;
const first = whole(Math.random, 1_000_000_000);

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(100);
});
afterAll(() => stage.close());

it(`${runs} editions, their senders killed dead, lose nobody and mail nobody twice without need`, async () => {
  const sums = { kills: 0, messages: 0 };
  for (let run = 0; run < runs; run += 1) {
    const seed = first + run;
    const policy = run % 2 === 0 ? 'hold' : 'resend';
    const report = await crashRun(stage, seed, policy);
    const again = `npm run crash:mail -- --runs 1 --readers 100 --seed ${seed} --policy ${policy}`;
    expect(report.failures, again).toEqual([]);
    sums.kills += report.kills;
    sums.messages += report.messages;
  }
  expect(sums.kills).toBeGreaterThanOrEqual(runs / 2);
  expect(sums.messages).toBeGreaterThan(runs * 80);
}, 240_000);
