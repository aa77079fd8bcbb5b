import { asError, SourceError } from '../errors.ts';
import { storeListing, type ListingReport } from '../ingest/store-listing.ts';
import { readPaperFile } from '../sources/file.ts';
import { streamedPapers } from '../sources/paper-stream.ts';
import type { Context } from './context.ts';
import { withAppOrCopy } from './dry-run.ts';
import type { ExitCode } from './exit-code.ts';
import { droppedLines } from './summary.ts';

interface FileReport {
  readonly file: string;
  readonly listings: readonly ListingReport[];
  readonly failure?: string;
}

/** Stores the papers of files as if a source had announced them now; a file that cannot be read does not stop the others. */
export async function importFiles(context: Context, files: readonly string[]): Promise<ExitCode> {
  const reports = await withAppOrCopy(context, async ({ db }) => {
    const done: FileReport[] = [];
    for (const file of files) {
      context.signal.throwIfAborted();
      try {
        const listings: ListingReport[] = [];
        const streamed = await streamedPapers(file, context.now(), 'import');
        const found = streamed ? [streamed] : await readPaperFile(file, context.now());
        for (const listing of found) {
          listings.push(await storeListing(db, { requestKey: `file=${file}`, listing, validators: {} }));
        }
        done.push({ file, listings });
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        done.push({ file, listings: [], failure: asError(error).message });
      }
    }
    return done;
  });
  if (context.options.json) context.print(JSON.stringify(reports, undefined, 2));
  else for (const line of reports.flatMap(fileLines)) context.print(line);
  const failed = reports.filter((report) => report.failure !== undefined).length;
  if (failed === reports.length) return 1;
  return failed > 0 || reports.some((report) => report.listings.some((one) => one.dropped.length > 0))
    ? 3
    : 0;
}

function fileLines({ file, listings, failure }: FileReport): readonly string[] {
  if (failure !== undefined) return [failure.includes(file) ? failure : `${file}: ${failure}`];
  const sum = (count: (listing: ListingReport) => number): number =>
    listings.reduce((total, listing) => total + count(listing), 0);
  const dropped = listings.flatMap((listing) => listing.dropped);
  return [
    `${file}: ${sum((one) => one.announced)} papers, ${sum((one) => one.added)} new, ` +
      `${sum((one) => one.revised)} revised, ${sum((one) => one.unchanged)} known, ` +
      `${dropped.length} dropped`,
    ...droppedLines(dropped),
  ];
}
