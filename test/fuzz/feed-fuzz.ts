/**
 * Mutated feeds against the feed reader: `node test/fuzz/feed-fuzz.ts [cases] [seed]`, 100,000 cases where none are named.
 * Starts from the recordings beside the repository, where they are, and from small feeds of its own. Ends with
 * exit code 1 at the first case that crashes or hangs the reader, and prints how to repeat it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { checkFeed, contentTypes, mutated, mutations, seeds } from './feed-cases.ts';

const cases = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000_000);
const feeds = new URL('../../../shared/data/feeds/', import.meta.url).pathname;
/** Larger recordings are slow to read a hundred thousand times and say nothing more. */
const maxSeedBytes = 20_000;

interface Recording {
  readonly path: string;
  readonly role: string;
  readonly bytes: number;
}

function recorded(): Uint8Array[] {
  const index = join(feeds, 'index.jsonl');
  if (!existsSync(index)) return [];
  const lines = readFileSync(index, 'utf8').trim().split('\n');
  return lines
    .map((line): Recording => JSON.parse(line))
    .filter(({ role, bytes }) => role === 'feed' && bytes <= maxSeedBytes)
    .map(({ path }) => readFileSync(join(feeds, path)));
}

const documents = [...seeds, ...recorded()];
const counts = { read: 0, refused: 0 };
const start = performance.now();
const run = await fc.check(
  fc.asyncProperty(
    fc.nat(documents.length - 1),
    mutations,
    contentTypes,
    async (at, changes, contentType) => {
      counts[await checkFeed(mutated(documents[at] ?? new Uint8Array(), changes), contentType)] += 1;
    },
  ),
  { numRuns: cases, seed },
);
const seconds = ((performance.now() - start) / 1000).toFixed(0);
if (run.failed) {
  console.log(fc.defaultReportMessage(run));
  console.log(run.errorInstance);
  process.exitCode = 1;
} else {
  console.log(
    `${cases} mutated feeds from ${documents.length} documents in ${seconds} s, seed ${seed}: ${counts.read} read, ${counts.refused} refused, none crashed`,
  );
}
