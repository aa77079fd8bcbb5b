/**
 * Mutated documents against the parsers of `src/sources`:
 * `node test/fuzz/parser-fuzz.ts [--cases N] [--seed N] [--parser NAME]`, 100,000 cases for each parser where no number is
 * named. Starts from the recordings beside the repository, where they are, and from small documents of its own. Ends
 * with exit code 1 when a case crashes or hangs a parser, and prints how to repeat it.
 */
import { parseArgs } from 'node:util';
import { fuzz } from './cases.ts';
import { hasRecordings } from './documents.ts';
import { parsers } from './parsers.ts';

const { values } = parseArgs({
  options: { cases: { type: 'string' }, seed: { type: 'string' }, parser: { type: 'string' } },
});
const cases = Number(values.cases ?? 100_000);
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const chosen = parsers.filter(({ name }) => values.parser === undefined || values.parser === name);
if (chosen.length === 0 || !Number.isInteger(cases) || !Number.isInteger(seed)) {
  console.error(`expected whole numbers and one of ${parsers.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

console.log(`seed ${seed}, ${hasRecordings ? 'recordings and own documents' : 'own documents only'}`);
for (const parser of chosen) {
  const start = performance.now();
  const { counts, failure } = await fuzz(parser, { cases, seed });
  const { read, refused, slowestMs } = counts;
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(
    `${parser.name}: ${read + refused} cases from ${parser.documents().length} documents in ${seconds} s: ${read} read, ${refused} refused, slowest ${Math.ceil(slowestMs)} ms`,
  );
  if (failure !== undefined) {
    console.log(`${parser.name}: --seed ${seed} --parser ${parser.name} --cases ${cases} fails\n${failure}`);
    process.exitCode = 1;
  }
}
