import { readFile } from 'node:fs/promises';
import type { App } from '../app.ts';
import { dayMs, formatInstant } from '../domain/time.ts';
import { asError, UsageError } from '../errors.ts';
import type { InboundHouse } from '../inbound/handle.ts';
import { messagesIn } from '../inbound/mbox.ts';
import { handleWaiting, type InboundCounts } from '../inbound/work.ts';
import { countBounceEvents, policyRefusals } from '../store/inbound-events.ts';
import {
  countInboundMessages,
  keepInboundMessage,
  keptInboundMessages,
  rawInboundMessage,
} from '../store/inbound-messages.ts';
import { refuseDryRun, withApp, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';

/** What the inbound stage needs of the app. */
export function inboundHouse(app: App, context: Pick<Context, 'now'>): InboundHouse {
  const { inbound, mail } = app.config;
  return {
    db: app.db,
    tokens: app.tokens,
    addresses: {
      ...(mail.bounces !== undefined && { bounces: mail.bounces }),
      ...(inbound?.unsubscribe !== undefined && { unsubscribe: inbound.unsubscribe }),
      others: inbound?.addresses ?? [],
    },
    now: context.now,
  };
}

/** Keeps the mails of files (one mail, or an mbox) and handles all that wait; a file that cannot be read does not stop the others. */
export async function importInbound(context: Context, files: readonly string[]): Promise<ExitCode> {
  refuseDryRun(context);
  const report = await withApp(context, async (app) => {
    const failures: string[] = [];
    const read = { messages: 0, new: 0 };
    for (const file of files) {
      try {
        for (const raw of messagesIn(await readFile(file))) {
          context.signal.throwIfAborted();
          read.messages += 1;
          const message = { via: 'file', receivedAt: context.now(), envelopeTo: [], raw };
          if (await keepInboundMessage(app.db, message)) read.new += 1;
        }
      } catch (thrown) {
        if (context.signal.aborted) throw thrown;
        failures.push(`${file}: ${asError(thrown).message}`);
      }
    }
    const house = { ...inboundHouse(app, context), log: app.log };
    return { ...read, failures, ...(await handleWaiting(house, context.signal)) };
  });
  if (context.options.json) context.print(JSON.stringify(report, undefined, 2));
  else {
    for (const failure of report.failures) context.print(failure);
    context.print(`${report.messages} mails, ${report.new} new; ${handledWords(report)}`);
  }
  if (report.failures.length === files.length && files.length > 0) return 1;
  return report.failures.length > 0 || report.failed > 0 ? 3 : 0;
}

/** What was done, in one line. */
export function handledWords({ done, unmatched, unread, failed, suppressed, alarms }: InboundCounts): string {
  const kept = unmatched + unread;
  return (
    `${done} handled, ${suppressed} addresses or subscriptions ended, ${alarms} refusals about us` +
    `${kept > 0 ? `, ${kept} kept without effect` : ''}${failed > 0 ? `, ${failed} failed and wait` : ''}`
  );
}

const statusDays = 7;
const refusalsShown = 10;
const keptShown = 10;

/** What came in and what it said in the last week, and the refusals that are about us. */
export async function inboundStatus(context: Context): Promise<ExitCode> {
  const report = await withApp(context, async ({ db }) => {
    const since = context.now() - statusDays * dayMs;
    return {
      messages: await countInboundMessages(db),
      events: await countBounceEvents(db, since),
      refusals: await policyRefusals(db, since, refusalsShown),
      kept: await keptInboundMessages(db, keptShown),
    };
  });
  if (context.options.json) {
    context.print(JSON.stringify(report, undefined, 2));
    return 0;
  }
  context.print(`mails that came in: ${countWords(report.messages)}`);
  context.print(`last ${statusDays} days: ${countWords(report.events)}`);
  for (const { reason, diagnostic } of report.refusals) context.print(`refused (${reason}): ${diagnostic}`);
  for (const { id, receivedAt, state, reason } of report.kept) {
    context.print(
      `${state} ${id} of ${formatInstant(receivedAt)}: ${reason}; "broadsheet inbound show ${id}" prints it`,
    );
  }
  return 0;
}

/** Prints a message as it came, byte for byte but for its characters beyond ASCII, which are read as UTF-8. */
export async function showInbound(context: Context, given: string): Promise<ExitCode> {
  const id = Number(given);
  const raw = Number.isSafeInteger(id)
    ? await withApp(context, ({ db }) => rawInboundMessage(db, id))
    : undefined;
  if (!raw)
    throw new UsageError(
      `expected the number of a message that came in, got ${given}; "broadsheet inbound status" names some`,
    );
  const text = Buffer.from(raw).toString('utf8');
  context.print(context.options.json ? JSON.stringify({ id, text }, undefined, 2) : text);
  return 0;
}

function countWords(counts: Readonly<Record<string, number>>): string {
  const words = Object.entries(counts)
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([name, count]) => `${count} ${name}`);
  return words.join(', ') || 'nothing';
}
