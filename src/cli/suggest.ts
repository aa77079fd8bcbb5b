import type { App } from '../app.ts';
import type { Paper, PaperRecord } from '../domain/paper.ts';
import type { Instant } from '../domain/time.ts';
import { seedPaper, type Topic } from '../domain/topic.ts';
import { SourceError, UsageError } from '../errors.ts';
import { suggestFromSeeds } from '../rank/seeds.ts';
import { compileTopics, matchTopics } from '../rank/topics.ts';
import { readPaperFile } from '../sources/file.ts';
import { findPaper } from '../store/papers.ts';
import { withApp, refuseDryRun, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';
import { grouped, paperLine, poolOf } from './topics.ts';

const phrasesShown = 20;

/**
 * The stored papers of the last days that are nearest to the seeds, and the phrases typical of the seeds. Each of
 * `seeds` is an id, a file of papers, or the key of a topic: then its own seeds, or without them the papers of
 * those days that have the topic in their title. It suggests and changes nothing.
 */
export async function suggestForTopic(
  context: Context,
  seeds: readonly string[],
  options: { readonly days: number; readonly papers: number },
): Promise<ExitCode> {
  refuseDryRun(context);
  const now = context.now();
  const { days } = options;
  const answer = await withApp(context, async (app) => {
    const pool = await poolOf(app, days, now);
    const { papers: found, missing } = await seedPapers(app, seeds, pool, now);
    if (found.length === 0) {
      throw new UsageError(
        `expected seeds that can be read, got none: ${missing.join(', ')}; name stored papers, files of papers or a topic`,
      );
    }
    const suggestions = suggestFromSeeds({
      seeds: found,
      pool,
      paperCount: options.papers,
      phraseCount: phrasesShown,
    });
    const topics = compileTopics(app.site.topics);
    const byId = new Map(pool.map((paper) => [paper.id, paper]));
    const papers = suggestions.papers.flatMap(({ id, nearness }) => {
      const paper = byId.get(id);
      return paper ? [{ paper, nearness, topics: matchTopics(paper, topics).map(({ topic }) => topic) }] : [];
    });
    return { seeds: found.length, missing, pool: pool.length, papers, phrases: suggestions.phrases };
  });

  if (context.options.json) {
    const papers = answer.papers.map(({ paper: { id, title }, nearness, topics }) => ({
      id,
      title,
      nearness,
      topics,
    }));
    context.print(JSON.stringify({ ...answer, papers }, undefined, 2));
    return answer.missing.length > 0 ? 3 : 0;
  }
  for (const seed of answer.missing) context.note(`not found: ${seed}`);
  context.print('nearest papers');
  for (const { paper, nearness, topics } of answer.papers) {
    context.print(`  ${nearness.toFixed(2)} ${paperLine(paper, topics)}`);
  }
  context.print('typical phrases: in so many seeds, in so many of the papers');
  for (const { phrase, seeds: own, pool } of answer.phrases) {
    context.print(`  ${String(own).padStart(4)} ${grouped(pool).padStart(6)}  ${phrase}`);
  }
  const of = `${answer.seeds} ${answer.seeds === 1 ? 'seed' : 'seeds'}`;
  context.print(
    `${answer.papers.length} of ${grouped(answer.pool)} papers of ${days} days, nearest to ${of}`,
  );
  return answer.missing.length > 0 ? 3 : 0;
}

interface Seeds {
  readonly papers: readonly PaperRecord[];
  /** What could not be found, and why. */
  readonly missing: readonly string[];
}

async function seedPapers(
  app: App,
  seeds: readonly string[],
  pool: readonly Paper[],
  now: Instant,
): Promise<Seeds> {
  const found: Seeds[] = [];
  for (const seed of seeds) {
    const topic = app.site.topics.find(({ key }) => key === seed);
    if (!topic) found.push(await papersOfSeed(app, seed, now));
    else if (topic.seeds) found.push(await seedPapers(app, topic.seeds, pool, now));
    else found.push({ papers: titledPapers(topic, pool), missing: [] });
  }
  const papers = new Map(found.flatMap((one) => one.papers).map((paper) => [paper.id, paper]));
  return { papers: [...papers.values()], missing: found.flatMap(({ missing }) => missing) };
}

async function papersOfSeed(app: App, seed: string, now: Instant): Promise<Seeds> {
  const id = seedPaper(seed);
  if (id !== undefined) {
    const paper = await findPaper(app.db, id);
    return paper
      ? { papers: [paper], missing: [] }
      : { papers: [], missing: [`${seed} (no source has named it)`] };
  }
  try {
    const listings = await readPaperFile(seed, now, 'seeds');
    const papers = listings.flatMap((listing) => listing.entries.map((entry) => entry.paper));
    return papers.length > 0
      ? { papers, missing: [] }
      : { papers, missing: [`${seed} (a file without papers)`] };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { papers: [], missing: [`${seed} (${error.message})`] };
  }
}

/** Those that have the topic in their title. */
function titledPapers(topic: Topic, pool: readonly Paper[]): readonly Paper[] {
  const compiled = compileTopics([{ ...topic, categories: [], keywords: [] }]);
  return pool.filter((paper) => matchTopics({ ...paper, abstract: '' }, compiled).length > 0);
}
