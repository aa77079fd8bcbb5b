import { Command, CommanderError, Option } from 'commander';
import { count, date, instant, list } from './cli/arguments.ts';
import type { BacktestOptions } from './cli/backtest.ts';
import type { GlobalOptions } from './cli/context.ts';
import type { ExitCode } from './cli/exit-code.ts';
import { listenAddress, type Listen } from './cli/listen.ts';
import { addMailVerbs } from './cli/mail-verbs.ts';
import { addSubscriberVerbs } from './cli/subscribers-verbs.ts';
import { addTopicVerbs } from './cli/topic-verbs.ts';
import type { Action } from './cli/verbs.ts';
import type { CalendarDate } from './domain/time.ts';
import { asError, ConfigError, UsageError } from './errors.ts';
import { programVersion } from './program-files.ts';

const program = new Command('broadsheet')
  .description(
    'A daily paper for research: reads new listings, picks what is trending by topic,\npublishes feeds and pages, and mails digests.',
  )
  .usage('<command> [options]')
  .version(programVersion, '--version', 'print the version')
  .helpOption('-h, --help', 'show this help, or that of a command')
  .helpCommand(false)
  .option('--config <file>', 'the configuration', 'broadsheet.yaml')
  .option('--data <dir>', 'the data folder, instead of the configured one')
  .addOption(
    new Option('--now <instant>', 'work as if it were this time, e.g. 2026-11-24T02:30:00Z').argParser(
      instant,
    ),
  )
  .option('--json', 'print one JSON document instead of text')
  .option('--dry-run', 'work on a copy of the data; no mail leaves')
  .option('--quiet', 'results only: no progress, no notes')
  .configureHelp({ showGlobalOptions: true })
  .addHelpText(
    'after',
    `
Exit codes: 0 done, also when nothing was new; 1 failed; 2 wrong usage or
configuration; 3 done, but some sources or deliveries failed.

On a first start "broadsheet start" writes broadsheet.yaml and makes a first edition.`,
  )
  .showHelpAfterError('See "broadsheet --help".')
  .exitOverride();

verb('start', 'serve the site, keep the schedule and send until stopped')
  .option('--listen <host:port>', 'where, instead of where the configuration says', listenAddress)
  .action(
    run(async (context, _, { listen }: { listen?: Listen }) =>
      (await import('./cli/start.ts')).start(context, listen),
    ),
  );
verb('health', 'ask the running site how it is: 0 when it answers, 1 when it does not')
  .option('--url <address>', 'the root of the site, instead of where the configuration listens')
  .action(
    run(async (context, _, { url }: { url?: string }) =>
      (await import('./cli/health.ts')).health(context, url),
    ),
  );
verb('run', 'do one whole day once: ingest, edition, publish, send').action(
  run(async (context) => (await import('./cli/day.ts')).run(context)),
);
verb('ingest', 'read the sources and store what is new').action(
  run(async (context) => (await import('./cli/day.ts')).ingest(context)),
);
verb('edition', 'make and freeze the edition of the day').action(
  run(async (context) => (await import('./cli/day.ts')).edition(context)),
);
verb('publish', 'write feeds and pages from the editions')
  .option('--out <dir>', 'also as a static site, for a web server of files')
  .action(
    run(async (context, _, { out }: { out?: string }) =>
      (await import('./cli/day.ts')).publish(context, out),
    ),
  );
verb('send', 'send the mails that are due').action(
  run(async (context) => (await import('./cli/day.ts')).send(context)),
);
verb('preview', 'write the next edition as readers would get it: mail, text, page')
  .option('--topics <keys>', 'as a reader of these topics gets it, e.g. agents,llm', list)
  .option('--cadence <word>', 'as a reader of every edition, weekdays, weekly or monthly gets it', 'every')
  .option('--open', 'open the mail in the browser')
  .action(
    run(async (context, _, options: { topics?: readonly string[]; cadence?: string; open?: boolean }) =>
      (await import('./cli/preview.ts')).preview(context, options),
    ),
  );
verb('why', 'say why a paper is, or is not, in an edition')
  .argument('<paper>', 'its arXiv id, DOI or address')
  .option('--date <date>', 'the date of the edition; the next one when left out', date)
  .option('--digest <key>', 'the digest, when there are several')
  .action(
    run(async (context, [paper = ''], options: { date?: CalendarDate; digest?: string }) =>
      (await import('./cli/why.ts')).why(context, paper, options),
    ),
  );
verb('import', 'store papers from files: saved answers, JSON lines, BibTeX, a saved Daily Papers page')
  .argument('<file...>')
  .action(run(async (context, files) => (await import('./cli/import.ts')).importFiles(context, files)));
verb('backfill', 'read past days of sources with votes, for ranking to learn from')
  .option('--days <count>', 'how many days back', count, 90)
  .action(
    run(async (context, _, options: { days: number }) =>
      (await import('./cli/backfill.ts')).backfill(context, options),
    ),
  );
verb('learn', 'learn anew of the stored past how many votes papers usually get').action(
  run(async (context) => (await import('./cli/learn.ts')).learn(context)),
);
verb('backtest', 'say how well the ranking would have done on the stored past')
  .addOption(
    new Option(
      '--task <task>',
      'early: lists with votes; coldstart: fresh papers without; week, trending: several days',
    )
      .choices(['early', 'coldstart', 'week', 'trending'])
      .default('early'),
  )
  .option('--send <hours>', 'the hour of the edition, e.g. 8h; or from and to, e.g. 0h-5h', '8h')
  .option('--truth <hours>', 'the hour from which a reading tells the end', '24h')
  .option('--from <date>', 'the first list day', date)
  .option('--to <date>', 'the last list day', date)
  .option('--least-papers <count>', 'skip days with fewer papers at the hour of the edition', count, 4)
  .option('--fit', 'fit the constants anew on the stored past and compare; changes nothing')
  .option('--plot <file>', 'write the levels with their intervals as SVG')
  .action(
    run(async (context, _, options: BacktestOptions) =>
      (await import('./cli/backtest.ts')).backtest(context, options),
    ),
  );
addTopicVerbs({ group, run });
addSubscriberVerbs({ group, run });
verb('status', 'show sources, editions and deliveries at a glance, or who got an edition')
  .argument('[edition]', 'who got this one, e.g. daily/2026-11-24')
  .option('--csv', 'of an edition: a row for each recipient')
  .action(
    run(async (context, [edition], options: { csv?: boolean }) =>
      edition === undefined
        ? (await import('./cli/status.ts')).status(context)
        : (await import('./cli/delivery-status.ts')).deliveryStatus(context, edition, options),
    ),
  );
addMailVerbs({ group, run });
verb('init', 'write a commented broadsheet.yaml').action(
  run(async (context) => (await import('./cli/setup.ts')).init(context)),
);
group('config', '"config check": name every fault of the configuration')
  .command('check')
  .description('Check the configuration and name every fault with its line.')
  .action(run(async (context) => (await import('./cli/setup.ts')).checkConfig(context)));
verb('migrate', 'bring the database up to date').action(
  run(async (context) => (await import('./cli/setup.ts')).migrate(context)),
);
verb('backup', 'write a checked copy of the database while everything goes on')
  .argument('[file]', 'a new file; in the data folder, by its time, when left out')
  .action(run(async (context, [file]) => (await import('./cli/backup.ts')).backup(context, file)));
verb('restore', 'put a backup in the place of the database, which is kept beside it')
  .argument('<file>', 'what "broadsheet backup" wrote')
  .action(run(async (context, [file = '']) => (await import('./cli/backup.ts')).restore(context, file)));

function verb(name: string, summary: string): Command {
  const sentence = summary.replace(/^./, (letter) => letter.toUpperCase());
  return program.command(name).description(`${sentence}.`).summary(summary).exitOverride();
}

/** A command that has commands of its own. */
function group(name: string, summary: string): Command {
  return verb(name, summary).helpCommand(false);
}

/** Runs a verb with its context; its answer is the exit code. */
function run<Options extends object>(action: Action<Options>) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1);
    if (!(command instanceof Command)) throw new Error('commander gave no command');
    const { createContext } = await import('./cli/process-context.ts');
    const context = createContext(program.opts<GlobalOptions>());
    try {
      process.exitCode = await action(context, command.args, command.opts<Options>());
    } catch (thrown) {
      const { machineError } = await import('./cli/machine-error.ts');
      const { dataFolder } = await import('./cli/context.ts');
      throw machineError(thrown, dataFolder(context));
    }
  };
}

/** What a failure is for the shell, after a message that says what to do. */
function reportFailure(thrown: unknown): ExitCode {
  if (thrown instanceof CommanderError) {
    return thrown.code === 'commander.helpDisplayed' || thrown.code === 'commander.version' ? 0 : 2;
  }
  const error = asError(thrown);
  process.stderr.write(`broadsheet: ${error.message}\n`);
  if (program.opts<GlobalOptions>().json) {
    const faults = error instanceof ConfigError ? { faults: error.faults } : {};
    process.stdout.write(`${JSON.stringify({ error: error.message, ...faults }, undefined, 2)}\n`);
  }
  if (error instanceof ConfigError || error instanceof UsageError) return 2;
  if (process.env['BROADSHEET_TRACE'] !== undefined) process.stderr.write(`${error.stack ?? ''}\n`);
  return 1;
}

// Whoever reads us may have seen enough: `broadsheet why X | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
try {
  if (process.argv.length <= 2) {
    program.outputHelp();
  } else {
    await program.parseAsync();
  }
} catch (thrown) {
  process.exitCode = reportFailure(thrown);
}
