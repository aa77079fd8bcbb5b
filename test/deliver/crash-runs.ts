/**
 * The crash test of mail: `npm run crash:mail -- [--runs 200] [--readers 2000] [--seed N] [--policy hold|resend]`, both
 * policies in turn where none is named. A seed gives the same faults and the same moments to kill at, but not the same
 * order of what happens at once. Ends with exit code 1 when a promise was broken, and prints the seed.
 */
import { parseArgs } from 'node:util';
import { crashRun, openStage } from './crash-run.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    readers: { type: 'string' },
    seed: { type: 'string' },
    policy: { type: 'string' },
  },
});
const runs = Number(values.runs ?? 200);
const audience = Number(values.readers ?? 2000);
const first = Number(values.seed ?? Date.now() % 1_000_000_000);
const { policy } = values;
const isKnown = policy === undefined || policy === 'hold' || policy === 'resend';
if (![runs, audience, first].every((count) => Number.isSafeInteger(count) && count >= 0) || !isKnown) {
  console.error('expected whole numbers for --runs, --readers and --seed, and hold or resend for --policy');
  process.exit(2);
}

const stage = await openStage(audience);
const sums = { kills: 0, openAtKills: 0, messages: 0, unclear: 0 };
const doubles = { hold: 0, resend: 0 };
const states: Record<string, number> = {};
let failed = 0;
const startedAt = performance.now();
console.log(`${runs} runs of ${audience} readers, seed ${first}`);
for (let run = 0; run < runs; run += 1) {
  const seed = first + run;
  const chosen = policy ?? (run % 2 === 0 ? 'hold' : 'resend');
  const report = await crashRun(stage, seed, chosen);
  for (const sum of ['kills', 'openAtKills', 'messages', 'unclear'] as const) sums[sum] += report[sum];
  doubles[chosen] += report.doubles;
  for (const [state, rows] of Object.entries(report.states)) states[state] = (states[state] ?? 0) + rows;
  if (report.failures.length > 0) {
    failed += 1;
    console.log(`--runs 1 --readers ${audience} --seed ${seed} --policy ${chosen} fails:`);
    console.log(report.failures.slice(0, 20).join('\n'));
  }
  if ((run + 1) % 10 === 0) {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    console.log(`${run + 1} runs in ${seconds} s: ${failed} failed, ${sums.kills} kills`);
  }
}
const told = Object.entries(states).map(([state, rows]) => `${rows} ${state}`);
console.log(
  `${runs * audience} readers: ${told.join(', ')}\n` +
    `${sums.messages} messages begun, ${sums.kills} kills that left ${sums.openAtKills} in doubt; ` +
    `taken by the server but unknown to us: ${sums.unclear}; ` +
    `mailed twice: ${doubles.resend} with resend, ${doubles.hold} with hold\n` +
    `${failed} of ${runs} runs failed`,
);
if (failed > 0) {
  console.log(`their ledgers are in ${stage.folder}`);
  process.exitCode = 1;
} else stage.close();
