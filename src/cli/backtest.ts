import { writeFile } from 'node:fs/promises';
import type { CalendarDate } from '../domain/time.ts';
import { asError, UsageError } from '../errors.ts';
import { coldDocument, coldLines } from '../rank/backtest/cold-report.ts';
import { coldStart, foldsAfter } from '../rank/backtest/cold-start.ts';
import { daysDocument, daysLines } from '../rank/backtest/days-report.ts';
import { earlyTrending } from '../rank/backtest/early-trending.ts';
import { refit } from '../rank/backtest/fit.ts';
import { refitDocument, refitLines } from '../rank/backtest/fit-report.ts';
import { plot } from '../rank/backtest/plot.ts';
import { replayDays, type ReplayTimes } from '../rank/backtest/replay.ts';
import { reportDocument, reportLines } from '../rank/backtest/report.ts';
import { severalDays, type DaysTask } from '../rank/backtest/several-days.ts';
import { freshPast } from '../store/fresh-past.ts';
import { storedPast, type PastRange } from '../store/past.ts';
import { withApp, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';
import { openProgress } from './progress.ts';

export interface BacktestOptions {
  readonly task: 'early' | 'coldstart' | 'week' | 'trending';
  /** `8h`, which is 7 to 9 h, or `0h-5h`. */
  readonly send: string;
  readonly truth: string;
  readonly leastPapers: number;
  readonly from?: CalendarDate;
  readonly to?: CalendarDate;
  readonly fit?: boolean;
  readonly plot?: string;
}

/** How far from the send hour a reading may lie. */
const sendHoursAround = 1;
/** Forty list days teach nearly all that there is to learn; later ones are tested in folds of as many. */
const coldLessonDays = 40;
const coldFoldDays = 40;

/** How well the order of the editions would have done on the stored past, or with `fit`, which constants would fit it. */
export async function backtest(context: Context, options: BacktestOptions): Promise<ExitCode> {
  const range = {
    ...(options.from !== undefined && { fromDate: options.from }),
    ...(options.to !== undefined && { toDate: options.to }),
  };
  if (options.task === 'coldstart') return coldStartTask(context, options, range);
  if (options.task !== 'early') return severalDaysTask(context, options, options.task, range);
  const times = timesOf(options);
  const past = await withApp(context, ({ db }) => storedPast(db, range));
  const replayed = replayDays(past, times);
  if (options.fit) {
    const result = refit(replayed.days);
    if (context.options.json) context.print(refitDocument(result));
    else for (const line of refitLines(result)) context.print(line);
    return 0;
  }
  const progress = await openProgress(context.options.quiet !== true);
  const result = earlyTrending(replayed, (done, total) => progress.show('Replaying', done, total));
  progress.stop();
  if (options.plot !== undefined) await writePlot(options.plot, plot(result));
  if (context.options.json) context.print(reportDocument(result, times));
  else for (const line of reportLines(result, times)) context.print(line);
  return 0;
}

/** How well papers of lists without votes could be ordered, learned of the list days before. */
async function coldStartTask(
  context: Context,
  options: BacktestOptions,
  range: PastRange,
): Promise<ExitCode> {
  refuseFitAndPlot(options);
  const { papers, untold } = await withApp(context, ({ db }) => freshPast(db, range));
  const folds = foldsAfter(
    papers.map(({ listDate }) => listDate),
    coldLessonDays,
    coldFoldDays,
  );
  const progress = await openProgress(context.options.quiet !== true);
  const result = coldStart(papers, folds, (done, total) => progress.show('Testing', done, total));
  progress.stop();
  if (context.options.json) context.print(coldDocument(result, untold));
  else for (const line of coldLines(result, untold)) context.print(line);
  return 0;
}

/** How well the orders of views over several days agree with what came later. */
async function severalDaysTask(
  context: Context,
  options: BacktestOptions,
  task: DaysTask,
  range: PastRange,
): Promise<ExitCode> {
  refuseFitAndPlot(options);
  const times = timesOf(options);
  const past = await withApp(context, ({ db }) => storedPast(db, range));
  const result = severalDays(past, task, times);
  if (context.options.json) context.print(daysDocument(result, times));
  else for (const line of daysLines(result, times)) context.print(line);
  return 0;
}

function refuseFitAndPlot({ task, fit, plot: file }: BacktestOptions): void {
  if (fit || file !== undefined) throw new UsageError(`--fit and --plot are not for --task ${task}`);
}

function timesOf({ send, truth, leastPapers }: BacktestOptions): ReplayTimes {
  const [from = '', to] = send.split('-');
  const [sendFromHours, sendToHours] =
    to === undefined
      ? [hoursOf(from, '--send') - sendHoursAround, hoursOf(from, '--send') + sendHoursAround]
      : [hoursOf(from, '--send'), hoursOf(to, '--send')];
  const truthHours = hoursOf(truth, '--truth');
  if (sendFromHours > sendToHours || sendToHours >= truthHours) {
    throw new UsageError(
      `expected --send before --truth, e.g. --send 8h --truth 24h; got ${send} and ${truth}`,
    );
  }
  return { sendFromHours, sendToHours, truthHours, leastPapers };
}

function hoursOf(text: string, option: string): number {
  const [, hours] = /^(\d+(?:\.\d+)?)h$/.exec(text.trim()) ?? [];
  if (hours === undefined) throw new UsageError(`expected hours as 8h for ${option}; got ${text}`);
  return Number(hours);
}

async function writePlot(file: string, svg: string | undefined): Promise<void> {
  if (svg === undefined) throw new UsageError(`no day could be replayed: nothing to draw in ${file}`);
  try {
    await writeFile(file, svg);
  } catch (thrown) {
    throw new UsageError(`expected to write ${file}: ${asError(thrown).message}`, { cause: thrown });
  }
}
