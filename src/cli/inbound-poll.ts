import { UsageError } from '../errors.ts';
import { pollMailbox } from '../inbound/mailbox.ts';
import { handleWaiting } from '../inbound/work.ts';
import { refuseDryRun, withApp, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';
import { handledWords, inboundHouse } from './inbound.ts';

/** Reads the mailbox once and handles all that wait. Rejects with a MailboxError when it cannot be read to its end. */
export async function pollInbound(context: Context): Promise<ExitCode> {
  refuseDryRun(context);
  const report = await withApp(context, async (app) => {
    const config = app.config.inbound?.imap;
    if (!config) {
      throw new UsageError(
        'expected inbound.imap in the configuration, got none; name the mailbox to read there',
      );
    }
    const house = { ...inboundHouse(app, context), log: app.log };
    const [read] = await Promise.allSettled([
      pollMailbox({ ...house, config, onStored: () => {} }, context.signal),
    ]);
    // Also what was kept before a failure.
    const handled = await handleWaiting(house, context.signal);
    if (read.status === 'rejected') throw read.reason;
    return { ...read.value, ...handled };
  });
  if (context.options.json) context.print(JSON.stringify(report, undefined, 2));
  else {
    const left = report.left > 0 ? `, ${report.left} left for the next time` : '';
    context.print(`${report.read} mails, ${report.new} new${left}; ${handledWords(report)}`);
  }
  return report.failed > 0 ? 3 : 0;
}
