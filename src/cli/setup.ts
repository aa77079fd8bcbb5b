import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { exampleConfig } from '../config/config.ts';
import { asError, UsageError } from '../errors.ts';
import { databasePath } from '../store/data-folder.ts';
import { openDatabase } from '../store/database.ts';
import { readConfig, refuseDryRun, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';

export async function init(context: Context): Promise<ExitCode> {
  const { config } = context.options;
  if (existsSync(config)) {
    throw new UsageError(`${config} is there already: edit it, or name another file with --config`);
  }
  refuseDryRun(context);
  await writeExample(config);
  context.print(context.options.json ? JSON.stringify({ wrote: config }) : `wrote ${config}`);
  return 0;
}

/** Writes the commented configuration of a first start; never over a file that is there. */
export async function writeExample(path: string): Promise<void> {
  try {
    await writeFile(path, await exampleConfig(), { flag: 'wx' });
  } catch (error) {
    throw new UsageError(
      `${path} could not be written: ${asError(error).message}; create its folder, or name another file`,
    );
  }
}

export async function checkConfig(context: Context): Promise<ExitCode> {
  const config = readConfig(context);
  if (context.options.json) context.print(JSON.stringify(config, hideSecrets, 2));
  else {
    context.print(
      `${context.options.config} is in order: ${config.sources.length} sources, ` +
        `${config.topics.length} topics, ${config.digests.length} ${config.digests.length === 1 ? 'digest' : 'digests'}, mail by ${config.mail.transport}`,
    );
  }
  return 0;
}

function hideSecrets(key: string, value: unknown): unknown {
  return key === 'password' || key === 'secret' ? '(set)' : value;
}

export async function migrate(context: Context): Promise<ExitCode> {
  refuseDryRun(context);
  const path = databasePath(readConfig(context).dataDir);
  await (await openDatabase(path)).destroy();
  context.print(context.options.json ? JSON.stringify({ database: path }) : `${path} is up to date`);
  return 0;
}
