import type { Command } from 'commander';
import type { Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';

export type Action<Options> = (
  context: Context,
  args: readonly string[],
  options: Options,
) => Promise<ExitCode>;

/** How verbs are made: a command that has commands of its own, and the running of one. */
export interface Verbs {
  readonly group: (name: string, summary: string) => Command;
  readonly run: <Options extends object>(action: Action<Options>) => (...given: unknown[]) => Promise<void>;
}
