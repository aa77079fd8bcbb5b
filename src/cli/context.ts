import { resolve } from 'node:path';
import type { App } from '../app.ts';
import { loadConfig, type Config } from '../config/config.ts';
import type { Instant } from '../domain/time.ts';
import type { Day, Stage } from '../pipeline.ts';
import { UsageError } from '../errors.ts';

export interface GlobalOptions {
  readonly config: string;
  readonly data?: string;
  /** Replaces the clock for the whole process. */
  readonly now?: Instant;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
}

/** What every verb is given: the options, a clock, the stop signal and the two outputs. */
export interface Context {
  readonly options: GlobalOptions;
  /** In whole seconds, as every format writes it. */
  readonly now: () => Instant;
  readonly signal: AbortSignal;
  /** From here on SIGHUP calls this instead of stopping. */
  onHangUp(listener: () => void): void;
  /** A line of the result, on standard output. */
  print(text: string): void;
  /** A line for the person at the terminal, on standard error; silent with `--quiet`. */
  note(text: string): void;
}

/** For the verbs that cannot work on a copy: better to refuse than to do it for real. */
export function refuseDryRun({ options }: Context): void {
  if (options.dryRun) {
    throw new UsageError('--dry-run is for run, ingest, edition, publish, send, preview and import');
  }
}

/** The configuration file with what the command line changes in it. */
export function readConfig({ options }: Context): Config {
  const config = loadConfig(options.config, process.env);
  return options.data === undefined ? config : { ...config, dataDir: resolve(options.data) };
}

/** The folder of the data as far as it is known: undefined where the configuration has faults. */
export function dataFolder(context: Context): string | undefined {
  try {
    return readConfig(context).dataDir;
  } catch {
    return undefined;
  }
}

/** Runs `work` with the configured parts and closes them whatever happens. */
export async function withApp<T>(context: Context, work: (app: App) => Promise<T>): Promise<T> {
  const config = readConfig(context);
  const { openApp } = await import('../app.ts');
  await using app = await openApp(config, { now: context.now(), clock: Date.now });
  return await work(app);
}

/** The day of this command, with progress bars on a terminal. Close it to take the bar off the screen. */
export async function openDay(context: Context): Promise<Day & Disposable> {
  const { openProgress } = await import('./progress.ts');
  const progress = await openProgress(context.options.quiet !== true);
  return {
    now: context.now,
    signal: context.signal,
    watch: (stage: Stage, done: number, total: number) => progress.show(stageNames[stage], done, total),
    [Symbol.dispose]: () => progress.stop(),
  };
}

const stageNames: Readonly<Record<Stage, string>> = {
  sources: 'Reading sources',
  editions: 'Ranking',
  site: 'Writing feeds and pages',
  mails: 'Sending mails',
};
