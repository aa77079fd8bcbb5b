import type { Listing, StreamedListing } from '../domain/listing.ts';
import type { Instant } from '../domain/time.ts';
import { asError, SourceError } from '../errors.ts';
import { storeListing, type ListingReport } from '../ingest/store-listing.ts';
import { readPaperFile } from '../sources/file.ts';
import { inPieces, streamedPapers } from '../sources/paper-stream.ts';
import type { Context } from './context.ts';
import { withAppOrCopy } from './dry-run.ts';
import type { ExitCode } from './exit-code.ts';
import { droppedLines } from './summary.ts';

interface FileReport {
  readonly file: string;
  readonly listings: readonly ListingReport[];
  readonly failure?: string;
}

/** So many papers are stored in a second or two, and meanwhile nobody else can write. */
const pieceSize = 20_000;

/** Stores the papers of files as if a source had announced them now; a file that cannot be read does not stop the others. */
export async function importFiles(context: Context, files: readonly string[]): Promise<ExitCode> {
  const reports = await withAppOrCopy(context, async ({ db }) => {
    const done: FileReport[] = [];
    for (const file of files) {
      context.signal.throwIfAborted();
      try {
        const listings: ListingReport[] = [];
        let piece = 0;
        for await (const listing of listingsIn(file, context.now())) {
          piece += 1;
          const requestKey = piece === 1 ? `file=${file}` : `file=${file}#${piece}`;
          listings.push(await storeListing(db, { requestKey, listing, validators: {} }));
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

async function* listingsIn(file: string, now: Instant): AsyncGenerator<Listing | StreamedListing> {
  const streamed = await streamedPapers(file, now, 'import');
  if (streamed) yield* inPieces(streamed, pieceSize);
  else yield* await readPaperFile(file, now);
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
