import type { Listing } from '../domain/listing.ts';
import type { Instant } from '../domain/time.ts';
import { asError, SourceError } from '../errors.ts';
import { storeListing, type ListingReport } from '../ingest/store-listing.ts';
import { indexForSearch } from '../pipeline.ts';
import { readPaperFile } from '../sources/file.ts';
import { isPaperLines, paperPieces } from '../sources/paper-stream.ts';
import type { Context } from './context.ts';
import { withAppOrCopy } from './dry-run.ts';
import type { ExitCode } from './exit-code.ts';
import { droppedLines } from './summary.ts';

interface FileReport {
  readonly file: string;
  readonly listings: readonly ListingReport[];
  readonly failure?: string;
}

/** So many papers are stored in less than a second, and meanwhile nobody else can write. */
const pieceSize = 5_000;

/** Stores the papers of files as if a source had announced them now; a file that cannot be read does not stop the others. */
export async function importFiles(context: Context, files: readonly string[]): Promise<ExitCode> {
  const reports = await withAppOrCopy(context, async (app) => {
    const done: FileReport[] = [];
    for (const file of files) {
      context.signal.throwIfAborted();
      const listings: ListingReport[] = [];
      try {
        for await (const listing of listingsIn(file, context.now())) {
          const requestKey = `file=${file}${listings.length === 0 ? '' : `#${listings.length + 1}`}`;
          listings.push(await storeListing(app.db, { requestKey, listing, validators: {} }));
        }
        done.push({ file, listings });
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        done.push({ file, listings, failure: asError(error).message });
      }
    }
    await indexForSearch(app, context);
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

async function* listingsIn(file: string, now: Instant): AsyncGenerator<Listing> {
  if (await isPaperLines(file)) yield* paperPieces(file, now, 'import', pieceSize);
  else yield* await readPaperFile(file, now);
}

function fileLines({ file, listings, failure }: FileReport): readonly string[] {
  const failed = failure === undefined || failure.includes(file) ? failure : `${file}: ${failure}`;
  if (failed !== undefined && listings.length === 0) return [failed];
  const sum = (count: (listing: ListingReport) => number): number =>
    listings.reduce((total, listing) => total + count(listing), 0);
  const dropped = listings.flatMap((listing) => listing.dropped);
  return [
    `${file}: ${sum((one) => one.announced)} papers, ${sum((one) => one.added)} new, ` +
      `${sum((one) => one.revised)} revised, ${sum((one) => one.unchanged)} known, ` +
      `${dropped.length} dropped`,
    ...droppedLines(dropped),
    ...(failed === undefined ? [] : [failed]),
  ];
}
