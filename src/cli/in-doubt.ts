import { staleAfterMs } from '../deliver/back-off.ts';
import { graceMs } from '../deliver/resolve.ts';
import { formatInstant, type Instant } from '../domain/time.ts';
import type { Database, Queryable } from '../store/database.ts';
import { doubtfulRows, listInDoubt, sendAgain, settleAsAccepted, type InDoubt } from '../store/in-doubt.ts';
import { refuseDryRun, withApp, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';
import { namedEdition } from './named-edition.ts';

const shown = 100;

/** Names the mails that were handed over and never answered, oldest first; of one edition or of all. */
export async function listDoubtful(context: Context, edition: string | undefined): Promise<ExitCode> {
  const now = context.now();
  const report = await withApp(context, async ({ db }) => {
    const only = await onlyOf(db, edition);
    const rows = await listInDoubt(db, { handedOverBy: now, now, limit: shown + 1, ...only });
    return {
      mails: rows.slice(0, shown).map(({ address, edition: name, messageId, handedOverAt, resentAt }) => ({
        address,
        edition: name,
        messageId,
        handedOverAt,
        ...(resentAt !== undefined && { resentAt }),
        mayBeAnsweredUntil: handedOverAt + graceMs,
      })),
      hasMore: rows.length > shown,
    };
  });
  if (context.options.json) context.print(JSON.stringify(report, undefined, 2));
  else {
    for (const {
      address,
      edition: name,
      messageId,
      handedOverAt,
      resentAt,
      mayBeAnsweredUntil,
    } of report.mails) {
      const notes = [
        ...(resentAt === undefined ? [] : [`sent again at ${formatInstant(resentAt)}`]),
        ...(mayBeAnsweredUntil > now ? ['may still be answered'] : []),
      ];
      const more = notes.length === 0 ? '' : `; ${notes.join('; ')}`;
      context.print(`${name} ${address}: handed over at ${formatInstant(handedOverAt)}, ${messageId}${more}`);
    }
    const count = report.hasMore ? `more than ${shown}` : String(report.mails.length);
    context.print(`${count} mails in doubt`);
  }
  return 0;
}

/**
 * Ends the doubt of all mails that can be answered no more, of one edition or of all: `resend` makes them due once more
 * with the same bytes, `accept` counts them as accepted. Mails of editions that are too old to send stay as they are.
 */
export async function settleDoubtful(
  context: Context,
  way: 'resend' | 'accept',
  edition: string | undefined,
): Promise<ExitCode> {
  refuseDryRun(context);
  const now = context.now();
  const counts = await withApp(context, async ({ db }) => {
    const only = await onlyOf(db, edition);
    const done = { settled: 0, tooOld: 0 };
    for await (const row of doubtfulRows(db, { handedOverBy: now - graceMs, now, ...only })) {
      if (context.signal.aborted) break;
      if (way === 'resend' && row.newsAt < now - staleAfterMs) done.tooOld += 1;
      else if (await settle(db, row, way, now)) done.settled += 1;
    }
    const waiting = await listInDoubt(db, { handedOverBy: now, now, limit: shown, ...only });
    const young = waiting.filter(({ handedOverAt }) => handedOverAt > now - graceMs).length;
    return { ...done, mayBeAnswered: young };
  });
  if (context.options.json) context.print(JSON.stringify(counts, undefined, 2));
  else {
    const { settled, tooOld, mayBeAnswered } = counts;
    const what = way === 'resend' ? 'are due again' : 'count as accepted';
    const old = tooOld === 0 ? '' : `; ${tooOld} of editions too old to send stay in doubt`;
    const young = mayBeAnswered === 0 ? '' : `; ${mayBeAnswered} may still be answered`;
    context.print(`${settled} mails ${what}${old}${young}`);
  }
  return 0;
}

function settle(db: Database, row: InDoubt, way: 'resend' | 'accept', now: Instant): Promise<boolean> {
  return way === 'resend'
    ? sendAgain(db, row.deliveryId, now)
    : settleAsAccepted(db, row.deliveryId, 'accepted by the operator: no answer came', now);
}

async function onlyOf(db: Queryable, edition: string | undefined): Promise<{ readonly editionId?: number }> {
  return edition === undefined ? {} : { editionId: (await namedEdition(db, edition)).id };
}
