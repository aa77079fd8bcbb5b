import type { Command } from 'commander';
import type { Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';

/** How verbs are made: a command that has commands of its own, and the running of one. */
interface Verbs {
  readonly group: (name: string, summary: string) => Command;
  readonly run: (
    action: (context: Context, args: readonly string[]) => Promise<ExitCode>,
  ) => (...given: unknown[]) => Promise<void>;
}

const editionWords = 'of this one, e.g. daily/2026-11-24';

/** The verbs for who looks after the mail: `doctor mail` and `in-doubt`. */
export function addMailVerbs({ group, run }: Verbs): void {
  group('doctor', '"doctor mail": what would keep mail from arriving, and what to do about it')
    .command('mail')
    .description('Check the newest mails, the records of the sender in DNS and the way out; sends nothing.')
    .action(run(async (context) => (await import('./doctor-mail.ts')).doctorMail(context)));
  const doubts = group(
    'in-doubt',
    '"in-doubt list|resend|accept": mails that were handed over and never answered',
  );
  doubts
    .command('list')
    .description('Name the mails that were handed over and never answered.')
    .argument('[edition]', editionWords)
    .action(
      run(async (context, [edition]) => (await import('./in-doubt.ts')).listDoubtful(context, edition)),
    );
  doubts
    .command('resend')
    .description('Send them once more; a reader may get one twice.')
    .argument('[edition]', editionWords)
    .action(
      run(async (context, [edition]) =>
        (await import('./in-doubt.ts')).settleDoubtful(context, 'resend', edition),
      ),
    );
  doubts
    .command('accept')
    .description('Count them as accepted.')
    .argument('[edition]', editionWords)
    .action(
      run(async (context, [edition]) =>
        (await import('./in-doubt.ts')).settleDoubtful(context, 'accept', edition),
      ),
    );
}
