import { isTopicSetName, topicSetNames, topicsOfSets } from '../config/topic-sets.ts';
import { bareId, type Paper } from '../domain/paper.ts';
import { dayMs, type Instant } from '../domain/time.ts';
import type { Topic } from '../domain/topic.ts';
import { UsageError } from '../errors.ts';
import { checkTopics, type CheckedTopic, type TopicCheck } from '../rank/topic-check.ts';
import { compileTopics, matchTopics } from '../rank/topics.ts';
import { percent, ruleName, topicFindings } from '../rank/topic-findings.ts';
import { papersFirstSeen } from '../store/paper-pool.ts';
import type { App } from '../app.ts';
import { refuseDryRun, withApp, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';

export interface TopicCheckOptions {
  /** Ready-made sets, as if the configuration took them in too. */
  readonly with?: readonly string[];
  /** Papers first seen in the last so many days; all when left out. */
  readonly days?: number;
  /** Print every rule. */
  readonly rules?: boolean;
}

/** What the rules of the topics do with the stored papers, and what is worth a look in them. */
export async function checkTopicRules(context: Context, options: TopicCheckOptions): Promise<ExitCode> {
  refuseDryRun(context);
  const report = await withApp(context, async (app) => {
    const topics = topicsWith(app.site.topics, options.with ?? []);
    const papers = await poolOf(app, options.days, context.now());
    const check = checkTopics(topics, papers);
    return { ...check, findings: topicFindings(check), setsWouldTake: readySetCounts(topics, check, papers) };
  });
  if (context.options.json) context.print(JSON.stringify(report, undefined, 2));
  else for (const line of reportLines(report, options.rules === true)) context.print(line);
  return 0;
}

/** The papers of the last days; throws a UsageError when there are none. */
export async function poolOf(app: App, days: number | undefined, now: Instant): Promise<readonly Paper[]> {
  const papers = await papersFirstSeen(app.db, days === undefined ? 0 : now - days * dayMs, now);
  if (papers.length > 0) return papers;
  const when = days === undefined ? '' : ` of the last ${days} days`;
  throw new UsageError(
    `expected stored papers${when}, got none: read some with "broadsheet ingest" or "broadsheet import"`,
  );
}

function topicsWith(configured: readonly Topic[], names: readonly string[]): readonly Topic[] {
  const unknown = names.find((name) => !isTopicSetName(name));
  if (unknown !== undefined) {
    throw new UsageError(`there is no set ${unknown}: expected some of ${topicSetNames.join(', ')}`);
  }
  const keys = new Set(configured.map(({ key }) => key));
  const ready = topicsOfSets(names.filter(isTopicSetName));
  return [...configured, ...ready.filter(({ key }) => !keys.has(key))];
}

interface Report extends TopicCheck {
  readonly findings: readonly string[];
  /** How many papers that are in no topic each ready-made set would take, most first. */
  readonly setsWouldTake: readonly { readonly set: string; readonly papers: number }[];
}

function readySetCounts(
  topics: readonly Topic[],
  { uncovered }: TopicCheck,
  papers: readonly Paper[],
): Report['setsWouldTake'] {
  const keys = new Set(topics.map(({ key }) => key));
  const ids = new Set(uncovered);
  const open = papers.filter(({ id }) => ids.has(id));
  return topicSetNames
    .map((set) => {
      const compiled = compileTopics(topicsOfSets([set]).filter(({ key }) => !keys.has(key)));
      return { set, papers: open.filter((paper) => matchTopics(paper, compiled).length > 0).length };
    })
    .filter((count) => count.papers > 0)
    .toSorted((a, b) => b.papers - a.papers);
}

function reportLines(report: Report, withRules: boolean): readonly string[] {
  const { papers, uncovered, topicsPerPaper, keywords, topics, findings, setsWouldTake } = report;
  const width = Math.max(...topics.map(({ key }) => key.length));
  const head = `${'topic'.padEnd(width)}  papers   share  precision  recall    F1  most in common with`;
  const lines = [head, ...topics.flatMap((topic) => topicLines(topic, width, withRules))];
  if (keywords) {
    const { precision, recall, f1 } = keywords;
    lines.push(`${'macro'.padEnd(width)}${' '.repeat(16)}${figures(precision, recall, f1)}`);
    lines.push(
      '',
      `Precision, recall and F1 are against the keywords that sources gave ${grouped(keywords.papers)} of the papers, of which`,
      `${grouped(keywords.uncovered)} (${percent(keywords.uncovered / keywords.papers)}) are in no topic.`,
    );
  }
  const share = percent(uncovered.length / papers);
  if (findings.length > 0) lines.push('', ...findings);
  if (setsWouldTake.length > 0) {
    const sets = setsWouldTake.map(({ set, papers: taken }) => `${set} ${grouped(taken)}`);
    lines.push('', `Of the papers in no topic, ready-made sets would take: ${sets.join(', ')}`);
  }
  lines.push(
    '',
    `${grouped(papers)} papers, ${grouped(uncovered.length)} (${share}) in no topic, ${topicsPerPaper.toFixed(1)} topics a paper; ` +
      `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`,
  );
  return lines;
}

function topicLines(topic: CheckedTopic, width: number, withRules: boolean): readonly string[] {
  const { key, papers, share, agreement, overlaps, rules } = topic;
  const [nearest] = overlaps;
  const judged = agreement ? figures(agreement.precision, agreement.recall, agreement.f1) : ' '.repeat(25);
  const common = nearest ? `  ${nearest.topic} ${percent(nearest.jaccard)}` : '';
  const line = `${key.padEnd(width)}${grouped(papers).padStart(8)}${percent(share).padStart(8)}${judged}${common}`;
  if (!withRules) return [line];
  return [
    line,
    ...rules.map(
      (rule) =>
        `${' '.repeat(width)}${grouped(rule.papers).padStart(8)}${percent(rule.share).padStart(8)}  ${ruleName(rule)}`,
    ),
  ];
}

function figures(precision: number, recall: number, f1: number): string {
  return `${precision.toFixed(3).padStart(11)}${recall.toFixed(3).padStart(8)}${f1.toFixed(3).padStart(6)}`;
}

/** `12,345`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `2511.07416 A title (robotics, agents)`. */
export function paperLine(paper: Paper, topics: readonly string[]): string {
  return `${bareId(paper.id)} ${paper.title} (${topics.join(', ') || 'in no topic'})`;
}
