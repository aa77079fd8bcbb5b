import { coverageCounts } from '../domain/edition.ts';
import { formatInstant } from '../domain/time.ts';
import { nextSlot } from '../schedule/slots.ts';
import { countDeliveries } from '../store/deliveries.ts';
import { databasePath } from '../store/data-folder.ts';
import { openDatabase } from '../store/database.ts';
import { newestEditions } from '../store/editions.ts';
import { countPapers } from '../store/papers.ts';
import { sourceStates } from '../store/source-states.ts';
import { configOutline } from './config-outline.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';

const editionsShown = 7;

/**
 * Sources, the latest editions with where their mails stand, and the next slot of each digest. It opens no more than
 * the database: people ask often, and programs oftener.
 */
export async function status(context: Context): Promise<ExitCode> {
  const report = await standing(context);
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

async function standing(context: Context) {
  const config = await configOutline(context);
  await using db = await openDatabase(databasePath(config.dataDir));
  const states = await sourceStates(db);
  const { count, newest } = await newestEditions(db, editionsShown);
  const latest = newest.map(async ({ id, edition }) => ({
    digest: edition.digest,
    editionDate: edition.editionDate,
    number: edition.number,
    ...coverageCounts(edition),
    deliveries: await countDeliveries(db, id),
  }));
  return {
    papers: await countPapers(db),
    sources: config.sources.map(({ name, address }) => ({
      name,
      address,
      ...states.get(name),
    })),
    editionCount: count,
    editions: await Promise.all(latest),
    digests: config.digests.map((digest) => {
      const next = nextSlot(digest.schedule, digest.zone, context.now());
      return { digest: digest.key, ...(next && { nextAt: next.at }) };
    }),
  };
}
