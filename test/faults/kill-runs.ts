/* `npm run crash:day -- --runs 100 --seed N`: days killed dead at random moments, each then run again to its end. */
import { parseArgs } from 'node:util';
import { seeded } from '../deliver/crash-faults.ts';
import { killRun, launch, newHouse, openScene, readers } from './kill-run.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed)) {
  throw new Error('expected --runs N and --seed N, whole numbers');
}
const random = seeded(seed);
await using scene = await openScene();
const whole = await launch(await newHouse(scene), ['run', '--now', '2026-11-10T02:30:00Z']).ended;
console.log(`seed ${seed}; a whole run takes ${Math.round(whole.ms)} ms and ends with ${whole.code}`);

const left: Record<string, number> = {};
const sums = { killed: 0, failed: 0, accepted: 0, inDoubt: 0 };
for (let run = 0; run < runs; run += 1) {
  const report = await killRun(
    scene,
    run % 4 === 3 ? { mail: 1 + Math.floor(random() * readers.length) } : { ms: random() * whole.ms },
  );
  sums.killed += Number(report.wasKilled);
  sums.accepted += report.accepted;
  sums.inDoubt += report.inDoubt;
  left[report.left] = (left[report.left] ?? 0) + 1;
  if (report.failures.length > 0) {
    sums.failed += 1;
    console.log(`run ${run}, killed with ${report.left} there:\n  ${report.failures.join('\n  ')}`);
  }
  if ((run + 1) % 10 === 0) console.log(`${run + 1} runs, ${sums.failed} failed`);
}
const kinds = Object.entries(left).map(([what, times]) => `${what} ${times} times`);
console.log(
  `${sums.killed} of ${runs} were killed in time; there was left: ${kinds.join(', ')}\n` +
    `of ${runs * readers.length} mails ${sums.accepted} accepted, ${sums.inDoubt} in doubt\n` +
    `${sums.failed} of ${runs} runs failed`,
);
if (sums.failed > 0) process.exitCode = 1;
