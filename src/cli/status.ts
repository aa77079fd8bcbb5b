import { coverageCounts } from '../domain/edition.ts';
import { formatInstant } from '../domain/time.ts';
import { nextSlot } from '../schedule/slots.ts';
import { countDeliveries } from '../store/deliveries.ts';
import { newestEditions } from '../store/editions.ts';
import { countPapers } from '../store/papers.ts';
import { sourceStates } from '../store/source-states.ts';
import { withApp, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';

const editionsShown = 7;

/** Sources, the latest editions with where their mails stand, and the next slot of each digest. */
export async function status(context: Context): Promise<ExitCode> {
  const report = await withApp(context, async (app) => {
    const states = await sourceStates(app.db);
    const { count, newest } = await newestEditions(app.db, editionsShown);
    const latest = newest.map(async ({ id, edition }) => ({
      digest: edition.digest,
      editionDate: edition.editionDate,
      number: edition.number,
      ...coverageCounts(edition),
      deliveries: await countDeliveries(app.db, id),
    }));
    return {
      papers: await countPapers(app.db),
      sources: [...app.sources, ...app.signals.map(({ source }) => source)].map((source) => ({
        name: source.name,
        address: source.address,
        ...states.get(source.name),
      })),
      editionCount: count,
      editions: await Promise.all(latest),
      digests: app.digests.map((digest) => {
        const next = nextSlot(digest.schedule, digest.zone, context.now());
        return { digest: digest.key, ...(next && { nextAt: next.at }) };
      }),
    };
  });
  if (context.options.json) context.print(JSON.stringify(report, undefined, 2));
  else {
    for (const { name, address, state, reason, lastOkAt } of report.sources) {
      const read = lastOkAt === undefined ? 'never read' : `last read ${formatInstant(lastOkAt)}`;
      const stands = reason === undefined ? (state ?? '') : `${state?.toUpperCase() ?? ''}: ${reason}`;
      context.print(`${name} (${address}): ${[read, stands].filter(Boolean).join(', ')}`);
    }
    for (const { digest, editionDate, number, newInTopics, shown, deliveries } of report.editions) {
      const mails = Object.entries(deliveries)
        .filter(([, count]) => count > 0)
        .map(([state, count]) => `${count} ${state.replace('_', ' ')}`);
      context.print(
        `${digest} ${editionDate}: edition ${number}, ${newInTopics} new in its topics, ${shown} shown; ` +
          `mails: ${mails.join(', ') || 'none'}`,
      );
    }
    for (const { digest, nextAt } of report.digests) {
      context.print(`${digest}: next edition ${nextAt === undefined ? 'never' : formatInstant(nextAt)}`);
    }
    context.print(`${report.papers} papers, ${report.editionCount} editions`);
  }
  return 0;
}
