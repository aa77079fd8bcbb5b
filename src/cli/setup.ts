import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exampleConfig, loadShownConfig } from '../config/config.ts';
import { asError, UsageError } from '../errors.ts';
import { packageFolder } from '../program-files.ts';
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

/**
 * Writes the commented configuration of a first start, and makes the folder of subscribers with a word on what goes in;
 * never over what is there.
 */
export async function writeExample(path: string): Promise<void> {
  try {
    await writeFile(path, await exampleConfig(), { flag: 'wx' });
  } catch (error) {
    throw new UsageError(
      `${path} could not be written: ${asError(error).message}; create its folder, or name another file`,
    );
  }
  await makeSubscribersFolder(join(dirname(path), 'subscribers'));
}

/** Where `subscribers` of the commented configuration leads. */
async function makeSubscribersFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  try {
    await mkdir(folder);
    await writeFile(
      join(folder, 'README.md'),
      await readFile(new URL('subscribers/README.md', packageFolder)),
    );
  } catch (error) {
    throw new UsageError(
      `${folder} could not be made: ${asError(error).message}; make it, or name another as "subscribers"`,
    );
  }
}

export async function checkConfig(context: Context): Promise<ExitCode> {
  const config = readConfig(context);
  if (config.templatesDir !== undefined) {
    const { openTemplates } = await import('../templates.ts');
    await openTemplates(config);
  }
  if (context.options.json) {
    const shown = loadShownConfig(context.options.config, process.env);
    context.print(JSON.stringify({ ...shown, dataDir: config.dataDir }, undefined, 2));
  } else {
    context.print(
      `${context.options.config} is in order: ${config.sources.length} sources, ` +
        `${config.topics.length} topics, ${config.digests.length} ${config.digests.length === 1 ? 'digest' : 'digests'}, mail by ${config.mail.transport}`,
    );
  }
  return 0;
}

export async function migrate(context: Context): Promise<ExitCode> {
  refuseDryRun(context);
  const path = databasePath(readConfig(context).dataDir);
  await (await openDatabase(path)).destroy();
  context.print(context.options.json ? JSON.stringify({ database: path }) : `${path} is up to date`);
  return 0;
}
