import { afterAll, beforeAll, expect, it } from 'vitest';
import { killRun, launch, newHouse, openScene, type Scene } from './kill-run.ts';

/* Some of the days that `npm run crash:day` does. */
let scene: Scene;
let wholeMs: number;
beforeAll(async () => {
  scene = await openScene();
  wholeMs = (await launch(await newHouse(scene), ['run', '--now', '2026-11-10T02:30:00Z']).ended).ms;
}, 60_000);
afterAll(() => scene[Symbol.asyncDispose]());

it('a day killed dead at any moment and run again is whole, and mails nobody twice', async () => {
  const moments = [0.45, 0.6, 0.75, 0.9].map((least) => ({ ms: (least + Math.random() * 0.15) * wholeMs }));
  for (const when of [...moments, { mail: 1 }, { mail: 6 }]) {
    const report = await killRun(scene, when);
    expect(report.failures, JSON.stringify(when)).toEqual([]);
  }
}, 180_000);
