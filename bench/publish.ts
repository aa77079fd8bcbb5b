/**
 * The whole site as files: 10,000 papers in editions of 25 under 20 topics. The full output, again with nothing new,
 * and with one edition more, as shares of the full output; medians; as the folder that is served, and as a static
 * site with every text in brotli and gzip too. `node bench/publish.ts [papers] [rounds]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApp } from '../src/app.ts';
import { publishStatic } from '../src/cli/static-site.ts';
import { parseConfig } from '../src/config/config.ts';
import { dayMs } from '../src/domain/time.ts';
import { publishSite } from '../src/pipeline.ts';
import { addEdition, madeConfig, madeFrom, picksPerEdition, topicCount } from './made-site.ts';
import { median, timed } from './timing.ts';

const papers = Number(process.argv[2] ?? 10_000);
const rounds = Math.max(5, Number(process.argv[3] ?? 5));

const folder = mkdtempSync(join(tmpdir(), 'broadsheet-bench-'));
const out = join(folder, 'out');
const config = {
  ...parseConfig(await madeConfig('papers.jsonl'), join(folder, 'broadsheet.yaml'), {}),
  logLevel: 'silent' as const,
};
try {
  await using app = await openApp(config, { now: madeFrom, clock: Date.now });
  const editions = Math.ceil(papers / picksPerEdition);
  for (let number = 1; number <= editions; number += 1) await addEdition(app.db, number);
  const day = { now: () => madeFrom + papers * dayMs, signal: new AbortController().signal };
  const ways = [
    { name: 'served', dir: app.publishedDir, publish: () => publishSite(app, day) },
    { name: 'static', dir: out, publish: () => publishStatic(app, day, out) },
  ].map((way) => ({ ...way, full: [] as number[], nothing: [] as number[], one: [] as number[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const way of ways) {
      rmSync(way.dir, { recursive: true, force: true });
      way.full.push(await timed(way.publish));
      way.nothing.push(await timed(way.publish));
    }
    await addEdition(app.db, editions + round + 1);
    for (const way of ways) way.one.push(await timed(way.publish));
  }
  console.log(`${papers} papers, ${editions} editions, ${topicCount} topics, ${rounds} rounds`);
  for (const { name, full, nothing, one } of ways) {
    const share = (values: readonly number[]): string =>
      `${median(values).toFixed(0)} ms, ${(median(values) / median(full)).toFixed(3)} of it`;
    console.log(`${name}, full output:      ${(median(full) / 1000).toFixed(1)} s`);
    console.log(`${name}, nothing new:      ${share(nothing)}`);
    console.log(`${name}, one edition more: ${share(one)}`);
  }
  console.log(`peak memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
} finally {
  rmSync(folder, { recursive: true });
}
