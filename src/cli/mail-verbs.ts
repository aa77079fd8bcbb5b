import type { Verbs } from './verbs.ts';

const editionWords = 'of this one, e.g. daily/2026-11-24';

/** The verbs for who looks after the mail: `doctor mail`, `in-doubt` and `inbound`. */
export function addMailVerbs({ group, run }: Verbs): void {
  const doctors = group(
    'doctor',
    'look at all that this lives by, and say what to do; "doctor mail": at mail alone',
  )
    .option('--offline', 'leave out what is reached over the network')
    .action(
      run(async (context, _, options: { offline?: boolean }) =>
        (await import('./doctor.ts')).doctor(context, options),
      ),
    );
  doctors
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
  const inboundVerbs = group(
    'inbound',
    '"inbound import", "inbound status": bounces, complaints and other mail that came back',
  );
  inboundVerbs
    .command('import')
    .description('Keep saved mails (one a file, or mbox) and act on what they say.')
    .argument('<file...>')
    .action(run(async (context, files) => (await import('./inbound.ts')).importInbound(context, files)));
  inboundVerbs
    .command('poll')
    .description('Read the mailbox once and act on what is there.')
    .action(run(async (context) => (await import('./inbound-poll.ts')).pollInbound(context)));
  inboundVerbs
    .command('show')
    .description('Print a mail that came in, as it came.')
    .argument('<id>', 'its number, as "inbound status" names it')
    .action(run(async (context, [id = '']) => (await import('./inbound.ts')).showInbound(context, id)));
  inboundVerbs
    .command('status')
    .description('Say what came in, what it said in the last week, and which refusals are about us.')
    .action(run(async (context) => (await import('./inbound.ts')).inboundStatus(context)));
}
