/**
 * The whole site as files: 10,000 papers in editions of 25 under 20 topics. The full output, again with nothing new,
 * and with one edition more, as shares of the full output; medians. `node bench/publish.ts [papers] [rounds]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApp } from '../src/app.ts';
import { exampleConfig, parseConfig } from '../src/config/config.ts';
import type { Edition, Pick } from '../src/domain/edition.ts';
import { addDays, dayMs } from '../src/domain/time.ts';
import { publishSite } from '../src/pipeline.ts';
import { insertEdition } from '../src/store/edition-insert.ts';
import { insertPapers } from '../src/store/papers.ts';
import { median, timed } from './timing.ts';

const papers = Number(process.argv[2] ?? 10_000);
const rounds = Math.max(5, Number(process.argv[3] ?? 5));
const picksPerEdition = 25;
const topicCount = 20;
const start = Date.parse('2025-01-01T02:30:00Z');
const abstract = 'We teach teapots to whistle $x^2$ in a low-resource setting and gain 3 points. '.repeat(14);

function pick(at: number, rank: number, publishedAt: number): Pick {
  const id = `${2501 + Math.floor(at / 10_000)}.${String(at % 10_000).padStart(5, '0')}`;
  return {
    paper: {
      id: `arxiv:${id}`,
      title: `Paper ${at} about teapots and kettles`,
      abstract,
      authors: [{ name: 'Ada Invented' }, { name: 'Bo Made-Up' }],
      authorCount: 2,
      categories: ['cs.CL'],
      links: { abstract: `https://arxiv.org/abs/${id}`, pdf: `https://arxiv.org/pdf/${id}` },
      firstSeenAt: publishedAt - dayMs,
      source: 'arxiv',
      counts: { upvotes: 50 - rank },
    },
    topic: `t${rank % topicCount}`,
    alsoIn: [`t${(rank + 1) % topicCount}`],
    score: {
      value: 60 - rank,
      parts: [{ name: 'votes now', value: 60 - rank }],
      ageHours: 24,
      shareIn: 0.89,
      missing: [],
    },
    why: '"teapots" in title',
    rank,
  };
}

function edition(number: number): Edition {
  const publishedAt = start + number * dayMs;
  const picks = Array.from({ length: picksPerEdition }, (_, at) =>
    pick((number - 1) * picksPerEdition + at, at + 1, publishedAt),
  );
  const topics = Array.from({ length: topicCount }, (_, at) => ({ key: `t${at}`, name: `Topic ${at}` }));
  return {
    digest: 'daily',
    digestName: 'Daily',
    topics,
    editionDate: addDays('2025-01-01', number),
    number,
    publishedAt,
    zone: 'Etc/UTC',
    sections: topics.map(({ key, name }) => ({
      topic: key,
      name,
      picks: picks.filter((one) => one.topic === key),
    })),
    outside: [],
    updated: [],
    alsoNew: [],
    coverage: { toAt: publishedAt, newPapers: 100, newByTopics: [], revisedPapers: 0, sources: [] },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'broadsheet-bench-'));
const example = await exampleConfig();
const topics = Array.from(
  { length: topicCount },
  (_, at) => `  t${at}: { name: Topic ${at}, include: [w${at}] }`,
);
const text = example.replace(/^topics:\n[\s\S]*?(?=^digests:)/m, `topics:\n${topics.join('\n')}\n`);
const file = join(folder, 'broadsheet.yaml');
const config = { ...parseConfig(text, file, {}), logLevel: 'silent' as const };
try {
  await using app = await openApp(config, { now: start, clock: Date.now });
  const add = async (number: number): Promise<void> => {
    const made = edition(number);
    await insertPapers(
      app.db,
      made.sections
        .flatMap((section) => section.picks)
        .map(({ paper }) => ({
          paper: { ...paper, keywords: [], firstSource: 'arxiv', origins: {} },
          textSource: 'arxiv',
        })),
    );
    const { state } = await insertEdition(app.db, made);
    if (state !== 'stored') throw new Error(state);
  };
  const editions = Math.ceil(papers / picksPerEdition);
  for (let number = 1; number <= editions; number += 1) await add(number);
  const day = { now: () => start + papers * dayMs, signal: new AbortController().signal };
  const publish = () => publishSite(app, day);
  const [full, nothing, one]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round += 1) {
    rmSync(app.publishedDir, { recursive: true, force: true });
    full.push(await timed(publish));
    nothing.push(await timed(publish));
    await add(editions + round + 1);
    one.push(await timed(publish));
  }
  const share = (values: readonly number[]): string =>
    `${median(values).toFixed(0)} ms, ${(median(values) / median(full)).toFixed(3)} of it`;
  console.log(`${papers} papers, ${editions} editions, ${topicCount} topics, ${rounds} rounds`);
  console.log(`full output:      ${(median(full) / 1000).toFixed(1)} s`);
  console.log(`nothing new:      ${share(nothing)}`);
  console.log(`one edition more: ${share(one)}`);
  console.log(`peak memory:      ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
} finally {
  rmSync(folder, { recursive: true });
}
