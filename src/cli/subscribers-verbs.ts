import { InvalidArgumentError, Option, type Command } from 'commander';
import { origins } from '../domain/subscriber.ts';
import { isCalendarDate, type CalendarDate } from '../domain/time.ts';
import type { FilterOptions, ImportOptions } from './subscribers-options.ts';
import type { Verbs } from './verbs.ts';

/** The verbs for who looks after the readers. */
export function addSubscriberVerbs({ group, run }: Verbs): void {
  const verbs = group(
    'subscribers',
    'look after the readers: list, stats, add, remove, import, export, sync, erase, rotate-keys',
  );
  withFilters(verbs.command('list'))
    .description(
      'List the readers, and what is wrong in the files; with a filter, those of the database only.',
    )
    .action(
      run(async (context, _, options: FilterOptions) =>
        (await import('./subscribers-list.ts')).listSubscribers(context, options),
      ),
    );
  verbs
    .command('stats')
    .description('Count the readers by digest, state, topic, origin and domain, and how many came by week.')
    .option('--weeks <count>', 'so many weeks', weeks, 12)
    .action(
      run(async (context, _, options: { weeks: number }) =>
        (await import('./subscribers-stats.ts')).subscriberStats(context, options.weeks),
      ),
    );
  verbs
    .command('add')
    .description('Subscribe an address whose owner asked for it; not one that left, bounced or was erased.')
    .argument('<address>')
    .option('--digest <key>', 'of this digest; again for several', many)
    .action(
      run(async (context, [address = ''], options: { digest?: readonly string[] }) =>
        (await import('./subscribers-word.ts')).addSubscriber(context, address, options.digest),
      ),
    );
  verbs
    .command('remove')
    .description('Unsubscribe an address as its owner could; it comes back by its own sign-up only.')
    .argument('<address>')
    .option('--digest <key>', 'of this digest only', many)
    .action(
      run(async (context, [address = ''], options: { digest?: readonly string[] }) =>
        (await import('./subscribers-word.ts')).removeSubscriber(context, address, options.digest),
      ),
    );
  verbs
    .command('import')
    .description(
      'Take in CSV files: of a spreadsheet, of listmonk, Mailchimp, Buttondown, Substack, or an own export. ' +
        'With --dry-run show how they are understood.',
    )
    .argument('<file...>')
    .option(
      '--map <pairs>',
      'what columns are, e.g. "E-Mail=address,Phone=-"; "*=-" leaves out all others',
      many,
    )
    .option('--digest <key>', 'for rows that name none; again for several', many)
    .action(
      run(async (context, files, options: ImportOptions) =>
        (await import('./subscribers-import.ts')).importSubscriberFiles(context, files, options),
      ),
    );
  withFilters(verbs.command('export'))
    .description('Write the readers to standard output, as "subscribers import" takes them in again.')
    .addOption(new Option('--format <format>', 'of the output').choices(['csv', 'json']).default('csv'))
    .action(
      run(async (context, _, options: FilterOptions & { format: 'csv' | 'json' }) =>
        (await import('./subscribers-export.ts')).exportSubscribers(context, options),
      ),
    );
  verbs
    .command('sync')
    .description(
      'Take the files into the database, as each sending does; with --dry-run say what would change.',
    )
    .action(run(async (context) => (await import('./subscribers-sync.ts')).syncFiles(context)));
  verbs
    .command('erase')
    .description('Forget a reader for good; no file and no import brings them back.')
    .argument('<address>')
    .action(
      run(async (context, [address = '']) =>
        (await import('./subscribers-word.ts')).eraseSubscriber(context, address),
      ),
    );
  verbs
    .command('rotate-keys')
    .description('Sign the links in mails with a new key; older links go on working.')
    .action(run(async (context) => (await import('./rotate-keys.ts')).rotateKeys(context)));
}

function withFilters(command: Command): Command {
  return command
    .option('--digest <key>', 'subscribed to this digest')
    .addOption(
      new Option('--state <state>', 'left: in the list of addresses without mail').choices([
        'confirmed',
        'pending',
        'unsubscribed',
        'left',
      ]),
    )
    .option('--topic <key>', 'who get this topic')
    .addOption(new Option('--origin <origin>', 'where they came from').choices(origins))
    .option('--domain <domain>', 'of the address, e.g. example.org')
    .option('--since <date>', 'stored on that day (UTC) or later', date);
}

/** The parts of a comma-separated value, behind those given before. */
function many(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').flatMap((part) => part.trim() || [])];
}

function date(text: string): CalendarDate {
  if (!isCalendarDate(text)) throw new InvalidArgumentError('expected a date, e.g. 2026-11-24.');
  return text;
}

function weeks(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('expected a whole number from 1 to 999.');
  return Number(text);
}
