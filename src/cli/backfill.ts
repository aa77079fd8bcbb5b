import { UsageError } from '../errors.ts';
import { backfill as readPast, type BackfillReport } from '../ingest/backfill.ts';
import { indexForSearch } from '../pipeline.ts';
import { openDay, type Context } from './context.ts';
import { withAppOrCopy } from './dry-run.ts';
import type { ExitCode } from './exit-code.ts';

/** Reads past days of the sources that count votes, so that ranking has a past to learn from. */
export async function backfill(context: Context, options: { readonly days: number }): Promise<ExitCode> {
  const reports = await withAppOrCopy(context, async (app) => {
    const sources = app.sources.filter((source) => source.growsByDay);
    if (sources.length === 0) {
      throw new UsageError(
        'expected a source with votes by day, such as hf-daily-papers; none is configured',
      );
    }
    using day = await openDay(context);
    const done: BackfillReport[] = [];
    for (const source of sources) {
      done.push(
        await readPast(source, options.days, {
          db: app.db,
          http: app.http,
          now: day.now(),
          signal: day.signal,
          onProgress: (count, total) => day.watch?.('sources', count, total),
        }),
      );
    }
    await indexForSearch(app, day);
    return done;
  });
  if (context.options.json) context.print(JSON.stringify(reports, undefined, 2));
  else {
    for (const { source, listDays, papers, added, failures } of reports) {
      context.print(`${source}: ${papers} papers on ${listDays} past list days, ${added} not known before`);
      for (const failure of failures.slice(0, 5)) {
        context.print(`    ${failure.requestKey}: ${failure.message}`);
      }
      if (failures.length > 5) context.print(`    and ${failures.length - 5} more failures`);
    }
    if (reports.some((report) => report.papers > 0)) {
      context.print('"broadsheet learn" learns of them; no edition picks them');
    }
  }
  return reports.some((report) => report.failures.length > 0) ? 3 : 0;
}
